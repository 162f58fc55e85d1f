// Operators that slide a window: Conv, its transpose and the pools. One-dimensional ones run as
// two-dimensional ones of a height of 1.
#include <algorithm>
#include <array>

#include "engine/base/text.h"
#include "engine/onnx/import_operators.h"

namespace vigil::onnx {
namespace {

struct WindowAttrs {
  std::array<std::int64_t, 2> kernel{1, 1}, strides{1, 1}, dilations{1, 1};
  std::array<std::int64_t, 4> pads{0, 0, 0, 0};
};

// One number for each of `spatial` dimensions; a line's stand in the last place.
void ReadSizes(const Attributes& attributes, std::string_view name, int spatial,
               std::array<std::int64_t, 2>& sizes) {
  const auto given = attributes.Ints(name);
  if (!given) return;
  if (given->size() != static_cast<std::size_t>(spatial)) {
    ThrowUnsupported(Text("attribute '", name, "' has ", given->size(), " entries: expected ",
                          spatial, ", one a spatial dimension"));
  }
  std::ranges::copy(*given, sizes.end() - spatial);
}

// The beginnings, then the ends.
void ReadPads(const Attributes& attributes, int spatial, std::array<std::int64_t, 4>& pads) {
  const auto given = attributes.Ints("pads");
  if (!given) return;
  if (given->size() != 2 * static_cast<std::size_t>(spatial)) {
    ThrowUnsupported(Text("attribute 'pads' has ", given->size(), " entries: expected ",
                          2 * spatial, ", two a spatial dimension"));
  }
  std::copy(given->begin(), given->begin() + spatial, pads.begin() + 2 - spatial);
  std::copy(given->begin() + spatial, given->end(), pads.end() - spatial);
}

// A line [N, C, W] runs as an image [N, C, 1, W].
Shape AsImage(const Shape& shape) {
  return shape.rank() == 3 ? Shape{shape[0], shape[1], 1, shape[2]} : shape;
}

ValueId ImageInput(ImportNode& node, int i) {
  if (node.InputRank(i) != 3) return node.Input(i);
  const auto constant = node.Constant(i);
  if (!constant || constant->desc().dtype != DType::kFloat32) {
    return node.AddNode(ReshapeAttrs{{0, 0, 1, -1}}, {node.Input(i)});
  }
  return node.AddConstant(node.InputName(i) + ".image",
                          Tensor(AsImage(constant->shape()), constant->as<float>()));
}

// The operator on images; where the node's input is a line, its output becomes one again.
MappedNode OnImages(ImportNode& node, OpAttrs attrs, std::vector<ValueId> inputs) {
  if (node.InputRank(0) != 3) return {std::move(attrs), std::move(inputs)};
  const ValueId image = node.AddNode(std::move(attrs), std::move(inputs));
  return {ReshapeAttrs{{0, 0, -1}}, {image}};
}

void RequireLineOrImage(const ImportNode& node) {
  const Shape& x = node.InputShape(0);
  if (x.rank() == 3 || x.rank() == 4) return;
  ThrowUnsupported(Text("input '", node.InputName(0), "' is ", x,
                        ": expected rank 4 (N, C, H, W) or 3 (N, C, W); windows of three spatial "
                        "dimensions are not supported"));
}

void RequireWeightsLikeInput(const ImportNode& node) {
  RequireLineOrImage(node);
  if (node.InputRank(1) == node.InputRank(0)) return;
  ThrowUnsupported(Text("weights '", node.InputName(1), "' are ", node.InputShape(1),
                        ": expected rank ", node.InputRank(0), " as input '", node.InputName(0),
                        "' of ", node.InputShape(0)));
}

// Sizes whose products stay within 64 bits.
constexpr std::int64_t kSizeLimit = std::int64_t{1} << 31;

void RequireSizes(std::initializer_list<std::int64_t> sizes, std::int64_t low) {
  for (const std::int64_t size : sizes) {
    if (size >= low && size < kSizeLimit) continue;
    ThrowMalformed(Text("kernel, stride, dilation or size is ", size, ": expected ", low, " to ",
                        kSizeLimit - 1));
  }
}

// Padding that makes the output ceil(in / stride) long; an odd rest goes where `upper` says.
void PadToSame(WindowAttrs& window, const Shape& x, bool upper) {
  for (std::size_t i = 0; i < 2; ++i) {
    RequireSizes({window.kernel[i], window.strides[i], window.dilations[i]}, 1);
    const std::int64_t in = x[static_cast<int>(i) + 2], stride = window.strides[i];
    const std::int64_t out = (in + stride - 1) / stride;
    const std::int64_t extent = window.dilations[i] * (window.kernel[i] - 1) + 1;
    const std::int64_t total = std::max<std::int64_t>(0, (out - 1) * stride + extent - in);
    const std::int64_t less = total / 2, more = total - less;
    window.pads[i] = upper ? less : more;
    window.pads[i + 2] = upper ? more : less;
  }
}

WindowAttrs ReadWithoutPads(const Attributes& attributes, int spatial,
                            std::array<std::int64_t, 2> default_kernel) {
  WindowAttrs window{.kernel = default_kernel};
  ReadSizes(attributes, "kernel_shape", spatial, window.kernel);
  ReadSizes(attributes, "strides", spatial, window.strides);
  ReadSizes(attributes, "dilations", spatial, window.dilations);
  return window;
}

[[noreturn]] void ThrowAutoPad(const std::string& auto_pad) {
  ThrowMalformed(
      Text("auto_pad is '", auto_pad, "': expected NOTSET, SAME_UPPER, SAME_LOWER or VALID"));
}

WindowAttrs ReadWindow(ImportNode& node, std::array<std::int64_t, 2> default_kernel) {
  RequireLineOrImage(node);
  const Attributes attributes = node.attributes();
  const int spatial = node.InputRank(0) - 2;
  WindowAttrs window = ReadWithoutPads(attributes, spatial, default_kernel);
  const std::string auto_pad = attributes.String("auto_pad", "NOTSET");
  if (auto_pad == "NOTSET") {
    ReadPads(attributes, spatial, window.pads);
  } else if (auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER") {
    PadToSame(window, AsImage(node.InputShape(0)), auto_pad == "SAME_UPPER");
  } else if (auto_pad != "VALID") {
    ThrowAutoPad(auto_pad);
  }
  return window;
}

std::array<std::int64_t, 2> KernelOf(const Shape& weights) {
  const Shape image = AsImage(weights);
  return {image[2], image[3]};
}

// Pads that leave `size` outputs along `axis`: an odd rest is taken where `upper` says, and what is
// missing is added at the end.
void PadToSize(ConvTransposeAttrs& attrs, std::size_t axis, std::int64_t in, std::int64_t size,
               bool upper) {
  RequireSizes({attrs.kernel[axis], attrs.strides[axis], attrs.dilations[axis], size}, 1);
  RequireSizes({attrs.output_pads[axis]}, 0);
  const std::int64_t extent = attrs.dilations[axis] * (attrs.kernel[axis] - 1) + 1;
  const std::int64_t whole = attrs.strides[axis] * (in - 1) + extent + attrs.output_pads[axis];
  const std::int64_t total = std::max<std::int64_t>(whole - size, 0);
  const std::int64_t less = total / 2, more = total - less;
  attrs.pads[axis] = upper ? less : more;
  attrs.pads[axis + 2] = upper ? more : less;
  if (whole < size) attrs.output_pads[axis] += size - whole;
}

void ReadTransposedPads(const ImportNode& node, ConvTransposeAttrs& attrs) {
  const Attributes attributes = node.attributes();
  const Shape x = AsImage(node.InputShape(0));
  const int spatial = node.InputRank(0) - 2;
  const std::string auto_pad = attributes.String("auto_pad", "NOTSET");
  const bool same = auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER";
  if (!same && auto_pad != "NOTSET" && auto_pad != "VALID") ThrowAutoPad(auto_pad);
  std::array<std::int64_t, 2> sizes{1, 1};
  ReadSizes(attributes, "output_shape", spatial, sizes);
  if (!same && !attributes.Has("output_shape")) {
    if (auto_pad == "NOTSET") ReadPads(attributes, spatial, attrs.pads);
    return;
  }
  for (std::size_t axis = 2 - static_cast<std::size_t>(spatial); axis < 2; ++axis) {
    const std::int64_t in = x[static_cast<int>(axis) + 2];
    RequireSizes({attrs.strides[axis]}, 1);
    if (!attributes.Has("output_shape")) sizes[axis] = in * attrs.strides[axis];
    PadToSize(attrs, axis, in, sizes[axis], auto_pad == "SAME_UPPER");
  }
}

PoolAttrs ReadPool(ImportNode& node, PoolKind kind) {
  node.RequireInputs(1, 1);
  const Attributes attributes = node.attributes();
  if (!attributes.Has("kernel_shape")) ThrowMalformed("attribute 'kernel_shape' is missing");
  if (attributes.Int("storage_order", 0) != 0) {
    ThrowUnsupported("storage_order is 1: expected 0; indices by column are not computed here");
  }
  const WindowAttrs window = ReadWindow(node, {1, 1});
  return {.kind = kind,
          .kernel = window.kernel,
          .strides = window.strides,
          .pads = window.pads,
          .dilations = window.dilations,
          .ceil_mode = attributes.Int("ceil_mode", 0) != 0,
          .count_include_pad = attributes.Int("count_include_pad", 0) != 0};
}

}  // namespace

ConvAttrs ReadConv(ImportNode& node, int weights_input) {
  const Shape& weights = node.InputShape(weights_input);
  const WindowAttrs window = ReadWindow(node, KernelOf(weights));
  return {.kernel = window.kernel,
          .strides = window.strides,
          .pads = window.pads,
          .dilations = window.dilations,
          .groups = node.attributes().Int("group", 1)};
}

std::optional<MappedNode> MapConv(ImportNode& node) {
  node.RequireInputs(2, 3);
  RequireWeightsLikeInput(node);
  ConvAttrs attrs = ReadConv(node, 1);
  attrs.has_bias = node.HasInput(2);
  std::vector<ValueId> inputs{ImageInput(node, 0), ImageInput(node, 1)};
  if (attrs.has_bias) inputs.push_back(node.Input(2));
  return OnImages(node, attrs, std::move(inputs));
}

std::optional<MappedNode> MapConvTranspose(ImportNode& node) {
  node.RequireInputs(2, 3);
  RequireWeightsLikeInput(node);
  const Attributes attributes = node.attributes();
  const int spatial = node.InputRank(0) - 2;
  const WindowAttrs window = ReadWithoutPads(attributes, spatial, KernelOf(node.InputShape(1)));
  ConvTransposeAttrs attrs{.kernel = window.kernel,
                           .strides = window.strides,
                           .dilations = window.dilations,
                           .groups = attributes.Int("group", 1),
                           .has_bias = node.HasInput(2)};
  ReadSizes(attributes, "output_padding", spatial, attrs.output_pads);
  ReadTransposedPads(node, attrs);
  std::vector<ValueId> inputs{ImageInput(node, 0), ImageInput(node, 1)};
  if (attrs.has_bias) inputs.push_back(node.Input(2));
  return OnImages(node, attrs, std::move(inputs));
}

std::optional<MappedNode> MapMaxPool(ImportNode& node) {
  const PoolAttrs attrs = ReadPool(node, PoolKind::kMax);
  return OnImages(node, attrs, {ImageInput(node, 0)});
}

std::optional<MappedNode> MapAveragePool(ImportNode& node) {
  const PoolAttrs attrs = ReadPool(node, PoolKind::kAverage);
  return OnImages(node, attrs, {ImageInput(node, 0)});
}

// (sum of |x|^p over the window)^(1/p): the sum is the mean, padding counted, times the window.
std::optional<MappedNode> MapLpPool(ImportNode& node) {
  PoolAttrs mean = ReadPool(node, PoolKind::kAverage);
  mean.count_include_pad = true;
  // What ceil_mode reaches beyond the padding would not count.
  if (mean.ceil_mode) ThrowUnsupported("ceil_mode is 1: expected 0");
  const auto p = static_cast<float>(node.attributes().Int("p", 2));
  if (p < 1.0f) ThrowMalformed(Text("p is ", p, ": expected 1 or more"));
  const float area = static_cast<float>(mean.kernel[0]) * static_cast<float>(mean.kernel[1]);
  const auto number = [&](const char* role, float value) {
    return node.AddConstant(node.InputName(0) + role, Tensor(Shape{}, std::span(&value, 1)));
  };
  const BinaryAttrs power{BinaryKind::kPow}, times{BinaryKind::kMul};
  const ValueId size = node.AddNode(UnaryAttrs{UnaryKind::kAbs}, {ImageInput(node, 0)});
  const ValueId powers = node.AddNode(power, {size, number(".p", p)});
  const ValueId sums = node.AddNode(times, {node.AddNode(mean, {powers}), number(".area", area)});
  return OnImages(node, power, {sums, number(".root", 1.0f / p)});
}

std::optional<MappedNode> MapGlobalAveragePool(ImportNode& node) {
  node.RequireInputs(1, 1);
  RequireLineOrImage(node);
  return OnImages(node, GlobalPoolAttrs{PoolKind::kAverage}, {ImageInput(node, 0)});
}

std::optional<MappedNode> MapGlobalMaxPool(ImportNode& node) {
  node.RequireInputs(1, 1);
  RequireLineOrImage(node);
  return OnImages(node, GlobalPoolAttrs{PoolKind::kMax}, {ImageInput(node, 0)});
}

}  // namespace vigil::onnx
