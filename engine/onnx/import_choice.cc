// Operators that keep some elements and replace the others, by comparisons and Where.
#include <cmath>
#include <numeric>
#include <utility>

#include "engine/base/text.h"
#include "engine/onnx/import_operators.h"
#include "engine/ops/evaluate.h"

namespace vigil::onnx {
namespace {

// 0 to count - 1, of the element type, along dimension `axis` of `rank`.
Tensor RangeAlong(std::int64_t count, std::int64_t axis, int rank, DType dtype,
                  std::int64_t first = 0) {
  RequireModest(count, "the range to compare with");
  std::vector<std::int64_t> dims(static_cast<std::size_t>(rank), 1);
  dims[static_cast<std::size_t>(axis)] = count;
  Tensor range({DType::kInt64, Shape(std::span<const std::int64_t>(dims))});
  const auto values = range.as<std::int64_t>();
  std::iota(values.begin(), values.end(), first);
  const ConstTensorView view = std::as_const(range).view();
  return std::move(EvaluateOp(CastAttrs{dtype}, std::span(&view, 1)).front());
}

// One number of input `i`, an integer.
std::int64_t ConstantInt(ImportNode& node, int i, std::string_view role) {
  const float number = node.ConstantNumber(i, role);
  if (number != std::floor(number) || std::abs(number) > 0x1p24f) {
    ThrowMalformed(Text(role, " is ", number, ": expected a whole number of up to 2^24"));
  }
  return static_cast<std::int64_t>(number);
}

}  // namespace

std::optional<MappedNode> MapTrilu(ImportNode& node) {
  node.RequireInputs(1, 2);
  const Shape& x = node.InputShape(0);
  const DType dtype = node.InputDesc(0).dtype;
  if (x.rank() < 2) ThrowMalformed(Text("x is ", x, ": expected rank 2 or more"));
  const std::int64_t k = node.HasInput(1) ? ConstantInt(node, 1, "k") : 0;
  const bool upper = node.attributes().Int("upper", 1) != 0;
  const std::int64_t rows = x[x.rank() - 2], columns = x[x.rank() - 1];
  RequireModest(rows * columns, "the triangle");
  Tensor kept({DType::kBool, Shape{rows, columns}});
  const auto values = kept.as<bool>();
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = 0; c < columns; ++c) {
      values[static_cast<std::size_t>(r * columns + c)] = upper ? c - r >= k : c - r <= k;
    }
  }
  const ValueId mask = node.AddConstant(node.InputName(0) + ".triangle", std::move(kept));
  const ValueId zero = node.AddConstant(node.InputName(0) + ".zero", Tensor({dtype, Shape{}}));
  return MappedNode{WhereAttrs{}, {mask, node.Input(0), zero}};
}

std::optional<MappedNode> MapOneHot(ImportNode& node) {
  node.RequireInputs(3, 3);
  const DType dtype = node.InputDesc(0).dtype;
  const int rank = node.InputRank(0) + 1;
  const std::int64_t axis = ResolveAxis(node.attributes().Int("axis", -1), rank);
  const std::int64_t depth = ConstantInt(node, 1, "depth");
  if (depth < 1) ThrowMalformed(Text("depth is ", depth, ": expected 1 or more"));
  const BinaryAttrs equal{BinaryKind::kEqual};
  const ValueId indices = node.AddNode(UnsqueezeAttrs{{axis}}, {node.Input(0)});
  const auto range = [&](std::int64_t first) {
    return node.AddConstant(node.InputName(1) + ".range",
                            RangeAlong(depth, axis, rank, dtype, first));
  };
  ValueId hot = node.AddNode(equal, {indices, range(0)});
  if (node.opset() >= 11) {  // negative indices count from the end
    const ValueId from_end = node.AddNode(equal, {indices, range(-depth)});
    hot = node.AddNode(BinaryAttrs{BinaryKind::kOr}, {hot, from_end});
  }
  const auto value = [&](std::int64_t at) {
    return node.AddNode(SliceAttrs{{at}, {at + 1}, {0}, {1}}, {node.Input(2)});
  };
  return MappedNode{WhereAttrs{}, {hot, value(1), value(0)}};
}

std::optional<MappedNode> MapHardmax(ImportNode& node) {
  node.RequireInputs(1, 1);
  const Shape& x = node.InputShape(0);
  const bool along_axis = node.opset() >= 13;
  const std::int64_t axis =
      ResolveAxis(node.attributes().Int("axis", along_axis ? -1 : 1), x.rank());
  if (!along_axis && axis + 1 < x.rank()) {
    ThrowUnsupported("several dimensions count as one before opset 13: expected the last alone");
  }
  const ValueId largest = node.AddNode(ArgMaxAttrs{axis}, {node.Input(0)});
  const ValueId range =
      node.AddConstant(node.InputName(0) + ".range",
                       RangeAlong(x[static_cast<int>(axis)], axis, x.rank(), DType::kInt64));
  const ValueId hot = node.AddNode(BinaryAttrs{BinaryKind::kEqual}, {largest, range});
  return MappedNode{CastAttrs{node.InputDesc(0).dtype}, {hot}};
}

}  // namespace vigil::onnx
