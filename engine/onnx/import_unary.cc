// Functions of one input that have attributes.
#include <limits>

#include "engine/base/text.h"
#include "engine/onnx/import_operators.h"
#include "engine/ops/element_type.h"

namespace vigil::onnx {
namespace {

std::optional<MappedNode> MapWith(ImportNode& node, UnaryKind kind, float alpha,
                                  float beta = 0.0f) {
  node.RequireInputs(1, 1);
  const Attributes attributes = node.attributes();
  return MappedNode{UnaryAttrs{kind, attributes.Float("alpha", alpha), beta}, {node.Input(0)}};
}

}  // namespace

std::optional<MappedNode> MapLeakyRelu(ImportNode& node) {
  return MapWith(node, UnaryKind::kLeakyRelu, 0.01f);
}

std::optional<MappedNode> MapElu(ImportNode& node) { return MapWith(node, UnaryKind::kElu, 1.0f); }

std::optional<MappedNode> MapSelu(ImportNode& node) {
  // Version 1 rounded its defaults.
  const bool exact = node.opset() >= 6;
  const float gamma =
      node.attributes().Float("gamma", exact ? 1.05070102214813232421875f : 1.0507f);
  return MapWith(node, UnaryKind::kSelu, exact ? 1.67326319217681884765625f : 1.6732f, gamma);
}

std::optional<MappedNode> MapHardSigmoid(ImportNode& node) {
  return MapWith(node, UnaryKind::kHardSigmoid, 0.2f, node.attributes().Float("beta", 0.5f));
}

std::optional<MappedNode> MapRelu(ImportNode& node) {
  node.RequireInputs(1, 1);
  const DType dtype = node.InputDesc(0).dtype;
  if (!IsInteger(dtype)) return MappedNode{UnaryAttrs{UnaryKind::kRelu}, {node.Input(0)}};
  const ValueId zero = node.AddConstant(node.InputName(0) + ".zero", Tensor({dtype, Shape{}}));
  return MappedNode{BinaryAttrs{BinaryKind::kMax}, {node.Input(0), zero}};
}

std::optional<MappedNode> MapCelu(ImportNode& node) {
  return MapWith(node, UnaryKind::kCelu, 1.0f);
}

std::optional<MappedNode> MapThresholdedRelu(ImportNode& node) {
  return MapWith(node, UnaryKind::kThresholdedRelu, 1.0f);
}

std::optional<MappedNode> MapShrink(ImportNode& node) {
  node.RequireInputs(1, 1);
  const Attributes attributes = node.attributes();
  return MappedNode{UnaryAttrs{UnaryKind::kShrink, attributes.Float("lambd", 0.5f),
                               attributes.Float("bias", 0.0f)},
                    {node.Input(0)}};
}

// Nothing but NaN differs from itself.
std::optional<MappedNode> MapIsNan(ImportNode& node) {
  node.RequireInputs(1, 1);
  const ValueId x = node.Input(0);
  const ValueId equal = node.AddNode(BinaryAttrs{BinaryKind::kEqual}, {x, x});
  return MappedNode{UnaryAttrs{UnaryKind::kNot}, {equal}};
}

std::optional<MappedNode> MapIsInf(ImportNode& node) {
  node.RequireInputs(1, 1);
  const Attributes attributes = node.attributes();
  const bool negative = attributes.Int("detect_negative", 1) != 0;
  const bool positive = attributes.Int("detect_positive", 1) != 0;
  // Where neither counts, what nothing equals.
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const float sought = positive   ? kInfinity
                       : negative ? -kInfinity
                                  : std::numeric_limits<float>::quiet_NaN();
  const ValueId constant =
      node.AddConstant(node.InputName(0) + ".infinity", Tensor(Shape{}, std::span(&sought, 1)));
  ValueId x = node.Input(0);
  if (negative && positive) x = node.AddNode(UnaryAttrs{UnaryKind::kAbs}, {x});
  return MappedNode{BinaryAttrs{BinaryKind::kEqual}, {x, constant}};
}

std::optional<MappedNode> MapGelu(ImportNode& node) {
  node.RequireInputs(1, 1);
  const std::string approximate = node.attributes().String("approximate", "none");
  if (approximate != "none" && approximate != "tanh") {
    ThrowMalformed(Text("approximate is '", approximate, "': expected none or tanh"));
  }
  return MappedNode{UnaryAttrs{approximate == "none" ? UnaryKind::kGelu : UnaryKind::kGeluTanh},
                    {node.Input(0)}};
}

}  // namespace vigil::onnx
