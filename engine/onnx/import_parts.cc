// Operators that take parts of a tensor, repeat it, or rearrange it in blocks.
#include <algorithm>
#include <limits>
#include <numeric>

#include "engine/base/text.h"
#include "engine/onnx/import_operators.h"

namespace vigil::onnx {
namespace {

constexpr std::int64_t kEnd = std::numeric_limits<std::int64_t>::max();

std::vector<std::int64_t> FirstAxes(std::size_t count) {
  std::vector<std::int64_t> axes(count);
  std::iota(axes.begin(), axes.end(), 0);
  return axes;
}

// Sizes of equal parts; since opset 18 the last may be smaller.
std::vector<std::int64_t> EqualParts(std::int64_t size, std::int64_t count, bool uneven) {
  if (count < 1 || count > size || (!uneven && size % count)) {
    ThrowMalformed(
        Text("a dimension of ", size, " in ", count, " parts: expected parts of one size"));
  }
  const std::int64_t part = (size + count - 1) / count;
  std::vector<std::int64_t> sizes(static_cast<std::size_t>(count), part);
  sizes.back() = size - part * (count - 1);
  if (sizes.back() < 1) {
    ThrowMalformed(Text("a dimension of ", size, " in ", count, " parts of ", part,
                        " leaves nothing for the last"));
  }
  return sizes;
}

std::int64_t ReadBlock(ImportNode& node) {
  node.RequireInputs(1, 1);
  if (!node.attributes().Has("blocksize")) ThrowMalformed("attribute 'blocksize' is missing");
  return node.attributes().Int("blocksize", 0);
}

}  // namespace

std::optional<MappedNode> MapSlice(ImportNode& node) {
  SliceAttrs attrs;
  std::optional<std::vector<std::int64_t>> axes, steps;
  if (node.opset() < 10) {
    node.RequireInputs(1, 1);
    const auto starts = node.attributes().Ints("starts"), ends = node.attributes().Ints("ends");
    if (!starts || !ends) ThrowMalformed("attribute 'starts' or 'ends' is missing");
    attrs.starts = *starts;
    attrs.ends = *ends;
    axes = node.attributes().Ints("axes");
  } else {
    node.RequireInputs(3, 5);
    attrs.starts = node.ConstantInts(1, "starts");
    attrs.ends = node.ConstantInts(2, "ends");
    axes = node.IntsOfEither("axes", 3, 10);
    steps = node.IntsOfEither("steps", 4, 10);
  }
  const Shape& x = node.InputShape(0);
  attrs.axes = ResolveAxes(axes.value_or(FirstAxes(attrs.starts.size())), x.rank());
  attrs.steps = steps.value_or(std::vector<std::int64_t>(attrs.starts.size(), 1));
  // An end that the file computed from the batch is the end of the batch.
  const auto probed = node.opset() >= 10 ? node.ProbedInts(2) : std::nullopt;
  const ProbedShape probed_x = node.ProbedInputShape(0);
  for (std::size_t i = 0; probed && probed_x && i < std::min(probed->size(), attrs.axes.size());
       ++i) {
    const int axis = static_cast<int>(attrs.axes[i]);
    const bool whole = i < attrs.ends.size() && attrs.ends[i] == x[axis] &&
                       (*probed)[i] == (*probed_x)[axis] && (*probed)[i] != attrs.ends[i];
    if (whole) attrs.ends[i] = kEnd;
  }
  return MappedNode{std::move(attrs), {node.Input(0)}};
}

std::optional<MappedNode> MapSplit(ImportNode& node) {
  node.RequireInputs(1, 2);
  const Shape& x = node.InputShape(0);
  SplitAttrs attrs{.axis = ResolveAxis(node.attributes().Int("axis", 0), x.rank())};
  const std::int64_t size = x[static_cast<int>(attrs.axis)];
  const std::int64_t outputs = node.output_count();
  // Opset 1 had the sizes in either place.
  std::optional<std::vector<std::int64_t>> sizes = node.IntsOfEither("split", 1, 13);
  if (node.opset() < 13 && node.HasInput(1)) sizes = node.ConstantInts(1, "split");
  if (sizes) {
    attrs.sizes = *sizes;
  } else {
    const bool uneven = node.opset() >= 18 && node.attributes().Has("num_outputs");
    attrs.sizes =
        EqualParts(size, uneven ? node.attributes().Int("num_outputs", 0) : outputs, uneven);
  }
  if (static_cast<std::int64_t>(attrs.sizes.size()) != outputs) {
    ThrowMalformed(Text(outputs, " outputs for ", attrs.sizes.size(), " parts"));
  }
  return MappedNode{std::move(attrs), {node.Input(0)}};
}

std::optional<MappedNode> MapGather(ImportNode& node) {
  node.RequireInputs(2, 2);
  const Shape& data = node.InputShape(0);
  const std::int64_t axis = ResolveAxis(node.attributes().Int("axis", 0), data.rank());
  const std::int64_t size = data[static_cast<int>(axis)];
  if (node.Constant(1)) {
    for (const std::int64_t at : node.ConstantInts(1, "indices")) {
      if (at >= -size && at < size) continue;
      throw Error(Fault::kModel, ErrorCode::kInvalidValue,
                  Text("index ", at, " into dimension ", axis, " of ", data, ": expected ", -size,
                       " to ", size - 1));
    }
  }
  return MappedNode{GatherAttrs{axis}, node.Inputs()};
}

std::optional<MappedNode> MapSqueeze(ImportNode& node) {
  node.RequireInputs(1, node.opset() < 13 ? 1 : 2);
  const Shape& x = node.InputShape(0);
  SqueezeAttrs attrs;
  if (const auto axes = node.IntsOfEither("axes", 1, 13)) {
    attrs.axes = ResolveAxes(*axes, x.rank());
  } else {
    for (int i = 0; i < x.rank(); ++i) {
      if (x[i] == 1) attrs.axes.push_back(i);
    }
  }
  return MappedNode{std::move(attrs), {node.Input(0)}};
}

std::optional<MappedNode> MapUnsqueeze(ImportNode& node) {
  node.RequireInputs(1, node.opset() < 13 ? 1 : 2);
  const auto axes = node.IntsOfEither("axes", 1, 13);
  if (!axes) ThrowMalformed("axes are missing");
  const int rank = node.InputRank(0) + static_cast<int>(std::min<std::size_t>(axes->size(), 64));
  return MappedNode{UnsqueezeAttrs{ResolveAxes(*axes, rank)}, {node.Input(0)}};
}

std::optional<MappedNode> MapExpand(ImportNode& node) {
  node.RequireInputs(2, 2);
  ExpandAttrs attrs{node.ConstantInts(1, "shape")};
  const Shape& x = node.InputShape(0);
  // What x has already is kept, whatever the batch.
  const int missing = static_cast<int>(std::min<std::size_t>(attrs.shape.size(), 64)) - x.rank();
  for (int i = std::max(0, -missing); i < x.rank(); ++i) {
    std::int64_t& size = attrs.shape[static_cast<std::size_t>(i + missing)];
    if (size == x[i]) size = 1;
  }
  return MappedNode{std::move(attrs), {node.Input(0)}};
}

std::optional<MappedNode> MapTile(ImportNode& node) {
  const Shape& x = node.InputShape(0);
  if (node.opset() >= 6) {
    node.RequireInputs(2, 2);
    return MappedNode{TileAttrs{node.ConstantInts(1, "repeats")}, {node.Input(0)}};
  }
  ThrowUnsupported(Text("Tile of ", x, " before opset 6: expected opset 6 or later"));
}

std::optional<MappedNode> MapDepthToSpace(ImportNode& node) {
  DepthToSpaceAttrs attrs{.block = ReadBlock(node)};
  const std::string mode = node.attributes().String("mode", "DCR");
  if (mode != "DCR" && (mode != "CRD" || node.opset() < 11)) {
    ThrowMalformed(Text("mode is '", mode, "': expected DCR, or from opset 11 on CRD"));
  }
  attrs.column_row_depth = mode == "CRD";
  return MappedNode{attrs, {node.Input(0)}};
}

std::optional<MappedNode> MapSpaceToDepth(ImportNode& node) {
  return MappedNode{SpaceToDepthAttrs{ReadBlock(node)}, {node.Input(0)}};
}

}  // namespace vigil::onnx
