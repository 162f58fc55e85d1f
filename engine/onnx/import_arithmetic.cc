// Arithmetic of two inputs or more, broadcast.
#include <limits>

#include "engine/base/text.h"
#include "engine/onnx/import_operators.h"

namespace vigil::onnx {
namespace {

// Input `i` as float: Pow takes whole exponents too.
ValueId FloatInput(ImportNode& node, int i) {
  const auto constant = node.Constant(i);
  if (!constant || constant->desc().dtype == DType::kFloat32) return node.Input(i);
  const std::vector<std::int64_t> whole = node.ConstantInts(i, "input");
  Tensor tensor(TensorDesc{DType::kFloat32, constant->shape()});
  std::ranges::transform(whole, tensor.as<float>().begin(),
                         [](std::int64_t value) { return static_cast<float>(value); });
  return node.AddConstant(node.InputName(i) + ".float", std::move(tensor));
}

// Input `i` with `ones` dimensions of 1 at its end.
ValueId WithOnesBehind(ImportNode& node, int i, std::int64_t ones) {
  if (ones == 0) return node.Input(i);
  const auto constant = node.Constant(i);
  if (!constant) {
    std::vector<std::int64_t> dims(static_cast<std::size_t>(node.InputRank(i)), 0);  // copied
    dims.insert(dims.end(), static_cast<std::size_t>(ones), 1);
    return node.AddNode(ReshapeAttrs{std::move(dims)}, {node.Input(i)});
  }
  if (constant->desc().dtype != DType::kFloat32) {
    ThrowUnsupported(Text("'", node.InputName(i), "' is ", DTypeName(constant->desc().dtype),
                          ": expected float"));
  }
  std::vector<std::int64_t> dims(constant->shape().dims().begin(), constant->shape().dims().end());
  dims.insert(dims.end(), static_cast<std::size_t>(ones), 1);
  return node.AddConstant(
      node.InputName(i) + ".aligned",
      Tensor(Shape(std::span<const std::int64_t>(dims)), constant->as<float>()));
}

// Before opset 7 the second input is laid along the first from dimension `axis` on, and only where
// `broadcast` says so; ones at its end say the same in today's rules.
ValueId LegacyBroadcast(ImportNode& node) {
  const Attributes attributes = node.attributes();
  const int rank = node.InputRank(0), small_rank = node.InputRank(1);
  if (attributes.Int("broadcast", 0) == 0 || !attributes.Has("axis")) return FloatInput(node, 1);
  const std::int64_t axis = ResolveAxis(attributes.Int("axis", 0), rank);
  const std::int64_t ones = rank - axis - small_rank;
  if (ones < 0) {
    ThrowMalformed(Text("axis is ", axis, ": ", node.InputShape(1), " does not fit into ",
                        node.InputShape(0), " from there on"));
  }
  return WithOnesBehind(node, 1, ones);
}

std::optional<MappedNode> MapBinary(ImportNode& node, BinaryKind kind) {
  node.RequireInputs(2, 2);
  const ValueId second = node.opset() < 7 ? LegacyBroadcast(node) : FloatInput(node, 1);
  return MappedNode{BinaryAttrs{kind}, {node.Input(0), second}};
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

std::optional<MappedNode> MapAdd(ImportNode& node) { return MapBinary(node, BinaryKind::kAdd); }
std::optional<MappedNode> MapMul(ImportNode& node) { return MapBinary(node, BinaryKind::kMul); }
std::optional<MappedNode> MapSub(ImportNode& node) { return MapBinary(node, BinaryKind::kSub); }
std::optional<MappedNode> MapDiv(ImportNode& node) { return MapBinary(node, BinaryKind::kDiv); }
std::optional<MappedNode> MapPow(ImportNode& node) { return MapBinary(node, BinaryKind::kPow); }
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
                    {node.Input(0), WithOnesBehind(node, 1, ones)}};
}

}  // namespace vigil::onnx
