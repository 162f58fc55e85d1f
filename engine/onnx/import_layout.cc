// Operators that move or rename elements.
#include <algorithm>
#include <limits>
#include <numeric>

#include "engine/base/text.h"
#include "engine/onnx/import_operators.h"

namespace vigil::onnx {
namespace {

// `shape` (input 1 of the node, or its attribute) so that it serves every batch size. What the file
// computed from the batch is copied from the input or left open; in a shape that was written down,
// dimension 0 is the batch where it comes to the batch that goes in.
std::vector<std::int64_t> ServingEveryBatch(ImportNode& node, std::vector<std::int64_t> shape,
                                            const Shape& in, const Shape& out) {
  const ProbedShape probed_in = node.ProbedInputShape(0);
  const auto probed = node.HasInput(1) ? node.ProbedInts(1) : std::nullopt;
  if (probed && probed->size() == shape.size()) {
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < shape.size(); ++i) {
      if (shape[i] == (*probed)[i]) continue;
      const int d = static_cast<int>(i);
      const bool copies = d < in.rank() && probed_in && d < probed_in->rank() &&
                          in[d] == shape[i] && (*probed_in)[d] == (*probed)[i];
      if (copies) {
        shape[i] = 0;
      } else {
        open.push_back(i);
      }
    }
    if (open.size() == 1 && !std::ranges::count(shape, -1)) shape[open.front()] = -1;
    return shape;
  }
  if (in.rank() == 0 || out.rank() == 0 || in[0] != out[0]) return shape;
  const bool is_batch = !probed_in || probed_in->rank() == 0 || (*probed_in)[0] != in[0];
  if (is_batch) shape[0] = 0;
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

PadMode ReadPadMode(ImportNode& node) {
  const std::string mode = node.attributes().String("mode", "constant");
  if (mode == "constant") return PadMode::kConstant;
  if (mode == "reflect") return PadMode::kReflect;
  if (mode == "edge") return PadMode::kEdge;
  if (mode == "wrap" && node.opset() >= 19) return PadMode::kWrap;
  ThrowMalformed(
      Text("mode is '", mode, "': expected constant, reflect, edge, or from opset 19 on wrap"));
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
  const ReshapeAttrs attrs{shape};
  const TensorDesc in = node.InputDesc(0);
  const Shape out = OpOf(attrs).infer(attrs, std::span(&in, 1)).front().shape;
  return MappedNode{ReshapeAttrs{ServingEveryBatch(node, std::move(shape), in.shape, out)},
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
  PadAttrs attrs{.pads = ReadPads(node)};
  attrs.mode = ReadPadMode(node);
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
  attrs.value = node.opset() < 11  ? attributes.Float("value", 0.0f)
                : node.HasInput(2) ? node.ConstantNumber(2, "value")
                                   : 0.0f;
  return MappedNode{std::move(attrs), {node.Input(0)}};
}

}  // namespace vigil::onnx
