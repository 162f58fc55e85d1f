// Arithmetic of two inputs or more, broadcast.
#include <algorithm>
#include <limits>

#include "engine/base/text.h"
#include "engine/onnx/import_operators.h"
#include "engine/ops/element_type.h"
#include "engine/ops/evaluate.h"

namespace vigil::onnx {
namespace {

// The exponent of a float base as float, which is what devices compute with.
ValueId Exponent(ImportNode& node) {
  const bool whole =
      node.InputDesc(0).dtype == DType::kFloat32 && IsInteger(node.InputDesc(1).dtype);
  const auto constant = node.Constant(1);
  if (!whole || !constant) return node.Input(1);
  const ConstTensorView view = constant->view();
  return node.AddConstant(
      node.InputName(1) + ".float",
      std::move(EvaluateOp(CastAttrs{DType::kFloat32}, std::span(&view, 1)).front()));
}

// Before opset 7 the second input is laid along the first from dimension `axis` on, and only where
// `broadcast` says so; ones at its end say the same in today's rules.
ValueId LegacyBroadcast(ImportNode& node) {
  const Attributes attributes = node.attributes();
  const int rank = node.InputRank(0), small_rank = node.InputRank(1);
  if (attributes.Int("broadcast", 0) == 0 || !attributes.Has("axis")) return node.Input(1);
  const std::int64_t axis = ResolveAxis(attributes.Int("axis", 0), rank);
  const std::int64_t ones = rank - axis - small_rank;
  if (ones < 0) {
    ThrowMalformed(Text("axis is ", axis, ": ", node.InputShape(1), " does not fit into ",
                        node.InputShape(0), " from there on"));
  }
  return node.InputWithOnesBehind(1, ones);
}

// All inputs but the last, combined from the left.
ValueId CombineAllButLast(ImportNode& node, BinaryKind kind) {
  ValueId left = node.Input(0);
  for (int i = 1; i + 1 < node.input_count(); ++i) {
    left = node.AddNode(BinaryAttrs{kind}, {left, node.Input(i)});
  }
  return left;
}

std::optional<MappedNode> MapVariadic(ImportNode& node, BinaryKind kind) {
  node.RequireInputs(std::max(1, node.input_count()), std::numeric_limits<int>::max());
  const int count = node.input_count();
  if (count == 1) return MapIdentity(node);
  const ValueId left = CombineAllButLast(node, kind);
  return MappedNode{BinaryAttrs{kind}, {left, node.Input(count - 1)}};
}

}  // namespace

std::optional<MappedNode> MapBinaryTo(ImportNode& node, BinaryKind kind) {
  node.RequireInputs(2, 2);
  const ValueId second = node.opset() < 7           ? LegacyBroadcast(node)
                         : kind == BinaryKind::kPow ? Exponent(node)
                                                    : node.Input(1);
  return MappedNode{BinaryAttrs{kind}, {node.Input(0), second}};
}

std::optional<MappedNode> MapMod(ImportNode& node) {
  const bool as_in_c = node.attributes().Int("fmod", 0) != 0;
  return MapBinaryTo(node, as_in_c ? BinaryKind::kRemainder : BinaryKind::kMod);
}

std::optional<MappedNode> MapMin(ImportNode& node) { return MapVariadic(node, BinaryKind::kMin); }
std::optional<MappedNode> MapMax(ImportNode& node) { return MapVariadic(node, BinaryKind::kMax); }
std::optional<MappedNode> MapSum(ImportNode& node) { return MapVariadic(node, BinaryKind::kAdd); }

std::optional<MappedNode> MapMean(ImportNode& node) {
  node.RequireInputs(std::max(1, node.input_count()), std::numeric_limits<int>::max());
  const int count = node.input_count();
  if (count == 1) return MapIdentity(node);
  const ValueId sum =
      node.AddNode(BinaryAttrs{BinaryKind::kAdd},
                   {CombineAllButLast(node, BinaryKind::kAdd), node.Input(count - 1)});
  const float divisor = static_cast<float>(count);
  const ValueId constant =
      node.AddConstant(node.InputName(0) + ".count", Tensor(Shape{}, std::span(&divisor, 1)));
  return MappedNode{BinaryAttrs{BinaryKind::kDiv}, {sum, constant}};
}

std::optional<MappedNode> MapPRelu(ImportNode& node) {
  node.RequireInputs(2, 2);
  // Before opset 7 a slope of more than one element belongs to the channels, dimension 1.
  const bool by_channel =
      node.opset() < 7 && node.InputRank(1) == 1 && node.InputShape(1).elements() > 1;
  const std::int64_t ones = by_channel ? std::max(0, node.InputRank(0) - 2) : 0;
  return MappedNode{BinaryAttrs{BinaryKind::kPRelu},
                    {node.Input(0), node.InputWithOnesBehind(1, ones)}};
}

}  // namespace vigil::onnx
