// Element types, and choices between elements.
#include "engine/base/text.h"
#include "engine/onnx/import_operators.h"
#include "engine/onnx/tensor_proto.h"

namespace vigil::onnx {
namespace {

// All types of floating point are float32 here, so that a cast among them does nothing.
std::optional<MappedNode> CastTo(ImportNode& node, DType to) {
  if (node.InputDesc(0).dtype != to) return MappedNode{CastAttrs{to}, {node.Input(0)}};
  if (!node.Constant(0)) return MappedNode{UnaryAttrs{UnaryKind::kIdentity}, {node.Input(0)}};
  node.DefineAlias(0);
  return std::nullopt;
}

}  // namespace

std::optional<MappedNode> MapCast(ImportNode& node) {
  node.RequireInputs(1, 1);
  const auto to = static_cast<std::int32_t>(node.attributes().Int("to", 0));
  const std::optional<DType> kept = KeptType(to);
  if (!kept) {
    ThrowUnsupported(Text("cast to ", DataTypeName(to), ": expected float, float16, double, int8, ",
                          "uint8, int32, int64 or bool"));
  }
  return CastTo(node, *kept);
}

std::optional<MappedNode> MapCastLike(ImportNode& node) {
  node.RequireInputs(2, 2);
  return CastTo(node, node.InputDesc(1).dtype);
}

std::optional<MappedNode> MapWhere(ImportNode& node) {
  node.RequireInputs(3, 3);
  return MappedNode{WhereAttrs{}, node.Inputs()};
}

}  // namespace vigil::onnx
