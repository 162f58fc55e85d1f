// Clip, and nodes that only name a value.
#include <limits>

#include "engine/base/text.h"
#include "engine/onnx/import_operators.h"
#include "engine/onnx/tensor_proto.h"

namespace vigil::onnx {
namespace {

template <typename T>
std::shared_ptr<const Tensor> MakeConstant(const std::vector<T>& values, const Shape& shape) {
  Tensor tensor({DTypeOf<T>(), shape});
  std::copy(values.begin(), values.end(), tensor.as<T>().begin());
  return std::make_shared<const Tensor>(std::move(tensor));
}

}  // namespace

namespace {

// Bounds that are attributes of one node: of floats, and known now.
bool HasFixedBounds(ImportNode& node) {
  if (node.InputDesc(0).dtype != DType::kFloat32) return false;
  for (const int i : {1, 2}) {
    if (node.HasInput(i) && !node.Constant(i)) return false;
  }
  return true;
}

// min(max(x, low), high), as ONNX defines it, bounds that cross included.
MappedNode ClipByInputs(ImportNode& node) {
  if (!node.HasInput(1) && !node.HasInput(2)) {
    return {UnaryAttrs{UnaryKind::kIdentity}, {node.Input(0)}};
  }
  const BinaryAttrs low{BinaryKind::kMax}, high{BinaryKind::kMin};
  if (!node.HasInput(2)) return {low, {node.Input(0), node.Input(1)}};
  if (!node.HasInput(1)) return {high, {node.Input(0), node.Input(2)}};
  return {high, {node.AddNode(low, {node.Input(0), node.Input(1)}), node.Input(2)}};
}

}  // namespace

std::optional<MappedNode> MapClip(ImportNode& node) {
  float low = std::numeric_limits<float>::lowest(), high = std::numeric_limits<float>::max();
  if (node.opset() < 11) {
    node.RequireInputs(1, 1);
    low = node.attributes().Float("min", low);
    high = node.attributes().Float("max", high);
  } else {
    node.RequireInputs(1, 3);
    for (const int i : {1, 2}) {
      if (!node.HasInput(i) || node.InputShape(i).elements() == 1) continue;
      throw Error(Fault::kModel, ErrorCode::kInvalidShape,
                  Text(i == 1 ? "min" : "max", " ('", node.InputName(i), "') is ",
                       node.InputShape(i), ": expected one number"));
    }
    if (!HasFixedBounds(node)) return ClipByInputs(node);
    if (node.HasInput(1)) low = node.ConstantScalar(1, "min");
    if (node.HasInput(2)) high = node.ConstantScalar(2, "max");
  }
  // Bounds that cross: everything becomes the upper one.
  return MappedNode{UnaryAttrs{UnaryKind::kClip, low > high ? high : low, high}, {node.Input(0)}};
}

std::optional<MappedNode> MapIdentity(ImportNode& node) {
  node.RequireInputs(1, 1);
  const auto constant = node.Constant(0);
  if (constant) {
    node.DefineAlias(0);
    return std::nullopt;
  }
  return MappedNode{UnaryAttrs{UnaryKind::kIdentity}, {node.Input(0)}};
}

std::optional<MappedNode> MapDropout(ImportNode& node) {
  node.RequireInputs(1, 3);
  float ratio = 0.5f;
  if (node.opset() < 12) {
    ratio = node.attributes().Float("ratio", ratio);
  } else if (node.HasInput(1)) {
    ratio = node.ConstantScalar(1, "ratio");
  }
  if (node.HasInput(2)) {
    const auto training = node.Constant(2);
    const bool off = training && training->desc().dtype == DType::kBool &&
                     training->shape().elements() == 1 && !training->as<bool>()[0];
    if (!off) ThrowUnsupported("training_mode is not constantly false");
  }
  return MappedNode{UnaryAttrs{UnaryKind::kDropout, ratio}, {node.Input(0)}};
}

std::optional<MappedNode> MapConstant(ImportNode& node) {
  const Attributes attributes = node.attributes();
  if (const auto* tensor = attributes.Tensor("value")) {
    node.DefineConstant(std::make_shared<const Tensor>(ReadTensor(*tensor)));
  } else if (const auto floats = attributes.Floats("value_floats")) {
    node.DefineConstant(MakeConstant(*floats, {static_cast<std::int64_t>(floats->size())}));
  } else if (const auto ints = attributes.Ints("value_ints")) {
    node.DefineConstant(MakeConstant(*ints, {static_cast<std::int64_t>(ints->size())}));
  } else if (attributes.Has("value_float")) {
    node.DefineConstant(MakeConstant(std::vector{attributes.Float("value_float", 0.0f)}, {}));
  } else if (attributes.Has("value_int")) {
    node.DefineConstant(MakeConstant(std::vector{attributes.Int("value_int", 0)}, {}));
  } else if (attributes.Has("value_string") || attributes.Has("value_strings")) {
    ThrowUnsupported("value_string is text: expected numbers");
  } else {
    ThrowUnsupported("expected one of the attributes value, value_float(s), value_int(s)");
  }
  return std::nullopt;
}

}  // namespace vigil::onnx
