// Resize and its forerunner Upsample.
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "engine/base/text.h"
#include "engine/onnx/import_operators.h"

namespace vigil::onnx {
namespace {

template <typename Enum>
struct Choice {
  std::string_view name;
  Enum value;
  std::int64_t since = 1, until = 1000;  // opsets
};

// The choice that the attribute names, in this opset.
template <typename Enum, std::size_t count>
Enum Choose(const ImportNode& node, std::string_view attribute, std::string_view otherwise,
            const std::array<Choice<Enum>, count>& choices) {
  const std::string name = node.attributes().String(attribute, otherwise);
  std::string list;
  for (const Choice<Enum>& choice : choices) {
    if (node.opset() < choice.since || node.opset() > choice.until) continue;
    if (choice.name == name) return choice.value;
    list += Text(list.empty() ? "" : ", ", choice.name);
  }
  ThrowMalformed(Text(attribute, " is '", name, "': expected one of ", list));
}

ResizeMode ReadMode(const ImportNode& node) {
  return Choose(node, "mode", "nearest",
                std::to_array<Choice<ResizeMode>>({{"nearest", ResizeMode::kNearest},
                                                   {"linear", ResizeMode::kLinear},
                                                   {"bilinear", ResizeMode::kLinear, 1, 6},
                                                   {"cubic", ResizeMode::kCubic, 11}}));
}

ResizeCoordinates ReadCoordinates(const ImportNode& node) {
  using enum ResizeCoordinates;
  return Choose(node, "coordinate_transformation_mode", "half_pixel",
                std::to_array<Choice<ResizeCoordinates>>(
                    {{"half_pixel", kHalfPixel},
                     {"half_pixel_symmetric", kHalfPixelSymmetric, 19},
                     {"pytorch_half_pixel", kPytorchHalfPixel},
                     {"align_corners", kAlignCorners},
                     {"asymmetric", kAsymmetric},
                     {"tf_crop_and_resize", kTfCropAndResize},
                     {"tf_half_pixel_for_nn", kTfHalfPixelForNn, 11, 12}}));
}

ResizeRounding ReadRounding(const ImportNode& node) {
  using enum ResizeRounding;
  return Choose(node, "nearest_mode", "round_prefer_floor",
                std::to_array<Choice<ResizeRounding>>({{"round_prefer_floor", kRoundPreferFloor},
                                                       {"round_prefer_ceil", kRoundPreferCeil},
                                                       {"floor", kFloor},
                                                       {"ceil", kCeil}}));
}

// Numbers of some axes as numbers of all.
template <typename Number>
std::vector<Number> Spread(const std::vector<Number>& some, std::span<const std::int64_t> axes,
                           int rank, Number otherwise, std::string_view role) {
  if (some.size() != axes.size()) {
    ThrowMalformed(Text(some.size(), " ", role, ": expected ", axes.size()));
  }
  std::vector<Number> all(static_cast<std::size_t>(rank), otherwise);
  for (std::size_t i = 0; i < axes.size(); ++i) all[static_cast<std::size_t>(axes[i])] = some[i];
  return all;
}

// One scale for all axes, so that the output keeps the input's proportions and fits into `sizes`
// (not_larger) or around them (not_smaller).
void KeepProportions(ResizeAttrs& attrs, const std::string& policy, const Shape& x,
                     std::span<const std::int64_t> axes) {
  if (policy == "stretch") return;
  if (policy != "not_larger" && policy != "not_smaller") {
    ThrowMalformed(Text("keep_aspect_ratio_policy is '", policy,
                        "': expected stretch, not_larger or not_smaller"));
  }
  std::vector<double> scales;
  for (const std::int64_t axis : axes) {
    scales.push_back(static_cast<double>(attrs.sizes[static_cast<std::size_t>(axis)]) /
                     static_cast<double>(x[static_cast<int>(axis)]));
  }
  if (scales.empty()) return;
  const double scale = policy == "not_larger" ? *std::ranges::min_element(scales)
                                              : *std::ranges::max_element(scales);
  attrs.scales.assign(static_cast<std::size_t>(x.rank()), 1.0f);
  for (const std::int64_t axis : axes) {
    const auto i = static_cast<std::size_t>(axis);
    attrs.scales[i] = static_cast<float>(scale);
    attrs.sizes[i] = static_cast<std::int64_t>(
        std::floor(scale * static_cast<double>(x[static_cast<int>(axis)]) + 0.5));
  }
}

// An input that is there and holds something: optional ones were empty tensors before opset 13.
bool HasNumbers(const ImportNode& node, int i) {
  return node.HasInput(i) && !(node.Constant(i) && node.Constant(i)->shape().elements() == 0);
}

void ReadSizes(ImportNode& node, ResizeAttrs& attrs) {
  const Shape& x = node.InputShape(0);
  std::vector<std::int64_t> axes;
  if (const auto given = node.attributes().Ints("axes"); given && node.opset() >= 18) {
    axes = ResolveAxes(*given, x.rank());
  } else {
    for (int i = 0; i < x.rank(); ++i) axes.push_back(i);
  }
  if (attrs.coordinates == ResizeCoordinates::kTfCropAndResize) {
    if (!HasNumbers(node, 1)) ThrowMalformed("roi is missing, which tf_crop_and_resize wants");
    const std::vector<float> roi = node.ConstantFloats(1, "roi");
    const auto middle = roi.begin() + static_cast<std::ptrdiff_t>(roi.size() / 2);
    attrs.roi = Spread({roi.begin(), middle}, axes, x.rank(), 0.0f, "begins of roi");
    const std::vector<float> ends =
        Spread({middle, roi.end()}, axes, x.rank(), 1.0f, "ends of roi");
    attrs.roi.insert(attrs.roi.end(), ends.begin(), ends.end());
  }
  const bool has_scales = HasNumbers(node, 2), has_sizes = HasNumbers(node, 3);
  if (has_scales == has_sizes) {
    ThrowMalformed(Text(has_scales ? "scales and sizes are both" : "neither scales nor sizes are",
                        " there: expected one of them"));
  }
  if (has_scales) {
    attrs.scales = Spread(node.ConstantFloats(2, "scales"), axes, x.rank(), 1.0f, "scales");
    return;
  }
  attrs.sizes = Spread(node.ConstantInts(3, "sizes"), axes, x.rank(), std::int64_t{0}, "sizes");
  if (std::ranges::any_of(attrs.sizes, [](std::int64_t size) { return size < 0; })) {
    ThrowMalformed("a size is negative");
  }
  const std::string policy = node.opset() >= 18
                                 ? node.attributes().String("keep_aspect_ratio_policy", "stretch")
                                 : "stretch";
  KeepProportions(attrs, policy, x, axes);
  // What stays as it is follows the batch.
  for (int i = 0; i < x.rank(); ++i) {
    std::int64_t& size = attrs.sizes[static_cast<std::size_t>(i)];
    if (size == x[i]) size = 0;
  }
}

}  // namespace

std::optional<MappedNode> MapResize(ImportNode& node) {
  ResizeAttrs attrs{.mode = ReadMode(node)};
  if (node.opset() < 11) {
    node.RequireInputs(2, 2);
    attrs.coordinates = ResizeCoordinates::kAsymmetric;
    attrs.rounding = ResizeRounding::kFloorOrCeil;
    attrs.scales = node.ConstantFloats(1, "scales");
    return MappedNode{std::move(attrs), {node.Input(0)}};
  }
  node.RequireInputs(1, 4);
  const Attributes attributes = node.attributes();
  attrs.coordinates = ReadCoordinates(node);
  attrs.rounding = ReadRounding(node);
  attrs.cubic_a = attributes.Float("cubic_coeff_a", -0.75f);
  attrs.exclude_outside = attributes.Int("exclude_outside", 0) != 0;
  attrs.extrapolation = attributes.Float("extrapolation_value", 0.0f);
  attrs.antialias = node.opset() >= 18 && attributes.Int("antialias", 0) != 0 &&
                    attrs.mode != ResizeMode::kNearest;
  ReadSizes(node, attrs);
  return MappedNode{std::move(attrs), {node.Input(0)}};
}

std::optional<MappedNode> MapUpsample(ImportNode& node) {
  if (node.opset() >= 10) ThrowMalformed("Upsample ended with opset 9: expected Resize");
  const Attributes attributes = node.attributes();
  ResizeAttrs attrs{.mode = ReadMode(node),
                    .coordinates = ResizeCoordinates::kAsymmetric,
                    .rounding = ResizeRounding::kFloor};
  node.RequireInputs(node.opset() >= 9 ? 2 : 1, node.opset() >= 9 ? 2 : 1);
  if (node.opset() >= 9) {
    attrs.scales = node.ConstantFloats(1, "scales");
  } else if (node.opset() >= 7) {
    const auto scales = attributes.Floats("scales");
    if (!scales) ThrowMalformed("attribute 'scales' is missing");
    attrs.scales = *scales;
  } else {
    attrs.scales = {1.0f, 1.0f, attributes.Float("height_scale", 1.0f),
                    attributes.Float("width_scale", 1.0f)};
  }
  return MappedNode{std::move(attrs), {node.Input(0)}};
}

}  // namespace vigil::onnx
