// Functions of one input that have attributes.
#include "engine/base/text.h"
#include "engine/onnx/import_operators.h"

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
