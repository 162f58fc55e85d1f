// Operators that move or rename elements.
#include <algorithm>
#include <limits>
#include <numeric>

#include "engine/base/text.h"
#include "engine/onnx/import_operators.h"

namespace vigil::onnx {
namespace {

// `shape` with dimension 0 written as "copy the batch" where that is what it comes to, so that the
// graph serves every batch size. `out` is what it comes to at this batch.
std::vector<std::int64_t> WithBatchCopied(std::vector<std::int64_t> shape, const Shape& in,
                                          const Shape& out) {
  if (in.rank() == 0 || out.rank() == 0 || in[0] != out[0]) return shape;
  for (int i = 0; i < out.rank(); ++i) shape[static_cast<std::size_t>(i)] = i == 0 ? 0 : out[i];
  return shape;
}

std::vector<std::int64_t> ReadPads(ImportNode& node) {
  const Attributes attributes = node.attributes();
  if (node.opset() >= 11) {
    node.RequireInputs(2, 4);
    return node.ConstantInts(1, "pads");
  }
  node.RequireInputs(1, 1);
  const auto pads = attributes.Ints(node.opset() >= 2 ? "pads" : "paddings");
  if (!pads) ThrowMalformed("attribute 'pads' is missing");
  return *pads;
}

// Pads of some axes as pads of all.
std::vector<std::int64_t> SpreadPads(const std::vector<std::int64_t>& pads,
                                     const std::vector<std::int64_t>& axes, int rank) {
  std::vector<std::int64_t> all(2 * static_cast<std::size_t>(rank), 0);
  for (std::size_t i = 0; i < axes.size() && 2 * axes.size() == pads.size(); ++i) {
    const auto axis = static_cast<std::size_t>(ResolveAxis(axes[i], rank));
    all[axis] = pads[i];
    all[axis + static_cast<std::size_t>(rank)] = pads[i + axes.size()];
  }
  return all;
}

}  // namespace

std::optional<MappedNode> MapConcat(ImportNode& node) {
  node.RequireInputs(std::max(1, node.input_count()), std::numeric_limits<int>::max());
  const Attributes attributes = node.attributes();
  if (node.opset() >= 4 && !attributes.Has("axis")) ThrowMalformed("attribute 'axis' is missing");
  const std::int64_t axis = ResolveAxis(attributes.Int("axis", 1), node.InputRank(0));
  return MappedNode{ConcatAttrs{axis}, node.Inputs()};
}

std::optional<MappedNode> MapFlatten(ImportNode& node) {
  node.RequireInputs(1, 1);
  const std::int64_t axis = ResolveAxis(node.attributes().Int("axis", 1), node.InputRank(0), true);
  return MappedNode{FlattenAttrs{axis}, {node.Input(0)}};
}

std::optional<MappedNode> MapReshape(ImportNode& node) {
  const Attributes attributes = node.attributes();
  std::vector<std::int64_t> shape;
  if (node.opset() >= 5) {
    node.RequireInputs(2, 2);
    shape = node.ConstantInts(1, "shape");
  } else {
    node.RequireInputs(1, 1);
    shape = attributes.Ints("shape").value_or(std::vector<std::int64_t>{});
  }
  if (attributes.Int("allowzero", 0) != 0 && std::ranges::count(shape, 0)) {
    ThrowUnsupported("allowzero is 1 and the shape has a 0: expected at least one element");
  }
  ReshapeAttrs attrs{shape};
  const TensorDesc in{DType::kFloat32, node.InputShape(0)};
  const Shape out = OpOf(attrs).infer(attrs, std::span(&in, 1)).front().shape;
  return MappedNode{ReshapeAttrs{WithBatchCopied(std::move(shape), in.shape, out)},
                    {node.Input(0)}};
}

std::optional<MappedNode> MapTranspose(ImportNode& node) {
  node.RequireInputs(1, 1);
  std::vector<std::int64_t> reversed(static_cast<std::size_t>(node.InputRank(0)));
  std::iota(reversed.rbegin(), reversed.rend(), 0);
  return MappedNode{TransposeAttrs{node.attributes().Ints("perm").value_or(reversed)},
                    {node.Input(0)}};
}

std::optional<MappedNode> MapPad(ImportNode& node) {
  const Attributes attributes = node.attributes();
  const std::string mode = attributes.String("mode", "constant");
  if (mode != "constant") {
    ThrowUnsupported(Text("mode is '", mode, "': expected constant"));
  }
  PadAttrs attrs{.pads = ReadPads(node)};
  const int rank = node.InputRank(0);
  std::size_t expected = 2 * static_cast<std::size_t>(rank);
  std::vector<std::int64_t> axes;
  if (node.HasInput(3)) {
    axes = node.ConstantInts(3, "axes");
    expected = 2 * axes.size();
  }
  if (attrs.pads.size() != expected) {
    ThrowMalformed(Text(attrs.pads.size(), " pads: expected ", expected));
  }
  if (node.HasInput(3)) attrs.pads = SpreadPads(attrs.pads, axes, rank);
  if (std::ranges::any_of(attrs.pads, [](std::int64_t pad) { return pad < 0; })) {
    ThrowUnsupported(Text("a pad is ", *std::ranges::min_element(attrs.pads),
                          ": expected 0 or more; cropping is not supported"));
  }
  attrs.value = node.opset() < 11  ? attributes.Float("value", 0.0f)
                : node.HasInput(2) ? node.ConstantScalar(2, "value")
                                   : 0.0f;
  return MappedNode{std::move(attrs), {node.Input(0)}};
}

}  // namespace vigil::onnx
