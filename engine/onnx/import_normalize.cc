// Normalisations that are made of other operators here, so that every backend runs them.
#include <numeric>

#include "engine/base/text.h"
#include "engine/onnx/import_operators.h"

namespace vigil::onnx {
namespace {

ValueId AddNumber(ImportNode& node, const std::string& role, float value) {
  return node.AddConstant(node.InputName(0) + role, Tensor(Shape{}, std::span(&value, 1)));
}

ValueId AddMean(ImportNode& node, ValueId x, const std::vector<std::int64_t>& axes) {
  return node.AddNode(ReduceAttrs{ReduceKind::kMean, axes, true}, {x});
}

// What x is less its mean over some axes, and the mean square of that.
struct Centred {
  ValueId mean, distance, variance;
};

Centred AddCentred(ImportNode& node, const std::vector<std::int64_t>& axes) {
  const ValueId x = node.Input(0);
  const ValueId mean = AddMean(node, x, axes);
  const ValueId distance = node.AddNode(BinaryAttrs{BinaryKind::kSub}, {x, mean});
  const ValueId square = node.AddNode(BinaryAttrs{BinaryKind::kMul}, {distance, distance});
  return {mean, distance, AddMean(node, square, axes)};
}

// x * scale + bias, the last as the node that the mapping returns.
MappedNode Scaled(ImportNode& node, ValueId x, ValueId scale, std::optional<ValueId> bias) {
  const BinaryAttrs times{BinaryKind::kMul}, plus{BinaryKind::kAdd};
  if (!bias) return {times, {x, scale}};
  return {plus, {node.AddNode(times, {x, scale}), *bias}};
}

}  // namespace

std::optional<MappedNode> MapLayerNormalization(ImportNode& node) {
  node.RequireInputs(2, 3);
  const Attributes attributes = node.attributes();
  const int rank = node.InputRank(0);
  const std::int64_t first = ResolveAxis(attributes.Int("axis", -1), rank);
  std::vector<std::int64_t> axes(static_cast<std::size_t>(rank - first));
  std::iota(axes.begin(), axes.end(), first);
  const Centred centred = AddCentred(node, axes);
  const ValueId epsilon = AddNumber(node, ".epsilon", attributes.Float("epsilon", 1e-5f));
  const ValueId variance = node.AddNode(BinaryAttrs{BinaryKind::kAdd}, {centred.variance, epsilon});
  const ValueId deviation = node.AddNode(UnaryAttrs{UnaryKind::kSqrt}, {variance});
  node.AddOutput(1, UnaryAttrs{UnaryKind::kIdentity}, {centred.mean});
  node.AddOutput(2, UnaryAttrs{UnaryKind::kReciprocal}, {deviation});
  const ValueId normal = node.AddNode(BinaryAttrs{BinaryKind::kDiv}, {centred.distance, deviation});
  return Scaled(node, normal, node.Input(1),
                node.HasInput(2) ? std::optional(node.Input(2)) : std::nullopt);
}

std::optional<MappedNode> MapGroupNormalization(ImportNode& node) {
  node.RequireInputs(3, 3);
  const Attributes attributes = node.attributes();
  const Shape x = node.InputShape(0);
  const std::int64_t groups = attributes.Int("num_groups", 0);
  if (x.rank() < 3) ThrowUnsupported(Text("x is ", x, ": expected rank 3 or more (N, C, ...)"));
  if (groups < 1 || x[1] % groups != 0) {
    ThrowMalformed(
        Text("num_groups is ", groups, ": expected a divisor of the ", x[1], " channels of x"));
  }
  const bool by_group = node.opset() < 21;  // scale and bias; since then by channel
  const ValueId grouped = node.AddNode(ReshapeAttrs{{0, groups, -1}}, {node.Input(0)});
  ValueId scale = node.Input(1), bias = node.Input(2);
  if (!by_group) {
    RequireModest(groups, "the scale of the groups");
    const std::vector<float> ones(static_cast<std::size_t>(groups), 1.0f);
    scale = node.AddConstant(node.InputName(0) + ".ones", Tensor(Shape{groups}, ones));
    bias = node.AddConstant(node.InputName(0) + ".zeros",
                            Tensor(TensorDesc{DType::kFloat32, Shape{groups}}));
  }
  const InstanceNormAttrs normalize{.epsilon = attributes.Float("epsilon", 1e-5f)};
  const ValueId normal = node.AddNode(normalize, {grouped, scale, bias});
  std::vector<std::int64_t> dims(x.dims().begin(), x.dims().end());
  dims.front() = 0;  // the batch, whatever it is
  if (by_group) return MappedNode{ReshapeAttrs{std::move(dims)}, {normal}};
  const ValueId back = node.AddNode(ReshapeAttrs{std::move(dims)}, {normal});
  return Scaled(node, back, node.InputWithOnesBehind(1, x.rank() - 2),
                node.InputWithOnesBehind(2, x.rank() - 2));
}

std::optional<MappedNode> MapMeanVarianceNormalization(ImportNode& node) {
  node.RequireInputs(1, 1);
  const std::vector<std::int64_t> axes =
      DistinctAxes(node.attributes().Ints("axes").value_or(std::vector<std::int64_t>{0, 2, 3}),
                   node.InputRank(0));
  const Centred centred = AddCentred(node, axes);
  const ValueId deviation = node.AddNode(UnaryAttrs{UnaryKind::kSqrt}, {centred.variance});
  // The number that the specification's function has.
  const ValueId divisor =
      node.AddNode(BinaryAttrs{BinaryKind::kAdd}, {deviation, AddNumber(node, ".epsilon", 1e-9f)});
  return MappedNode{BinaryAttrs{BinaryKind::kDiv}, {centred.distance, divisor}};
}

}  // namespace vigil::onnx
