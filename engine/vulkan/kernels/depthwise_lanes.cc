// Convolutions with one input channel a group, and maxima over windows, on lanes (shaders/ops/
// depthwise_lanes.comp and depthwise_quads_lanes.comp).
#include "params/depthwise_lanes.h"

#include <algorithm>
#include <initializer_list>
#include <limits>

#include "engine/base/text.h"
#include "engine/vulkan/kernels/epilogue_dispatch.h"
#include "engine/vulkan/kernels/kernel.h"
#include "engine/vulkan/kernels/lanes.h"

namespace vigil::vulkan {
namespace {

constexpr std::int64_t kTexelFloats = 4;
// Windows are unrolled: larger ones would take long to compile.
constexpr std::int64_t kMostTaps = 25;
// Of the time, as in kernels/lanes.cc.
constexpr double kWorthAPipeline = 0.97;
// Invocations are counted in floats (Quotient of common/lanes.glsl).
constexpr std::int64_t kMostPixels = 1 << 24;

// Output rows of an invocation: those with the least fetches and overhang. `Attrs` is ConvAttrs or
// PoolAttrs, as below.
template <typename Attrs>
std::uint32_t ChooseRows(const Attrs& attrs, std::int64_t out_height, bool quads) {
  // Nanoseconds, fitted to lavapipe as kernels/lanes.cc's.
  const double place = 40.0, fetch = quads ? 2.5 : 4.5, product = quads ? 1.1 : 0.3,
               store = quads ? 20.0 : 8.0;
  const auto taps = static_cast<double>(attrs.kernel[0] * attrs.kernel[1]);
  const double fetches = static_cast<double>(quads ? 3 * attrs.strides[1] : attrs.kernel[1]);
  std::uint32_t best = 1;
  double least = std::numeric_limits<double>::max();
  for (const std::uint32_t rows : {7u, 14u, 8u, 4u, 2u, 1u}) {
    if ((quads && rows > 8) || rows > out_height) continue;
    const auto in_rows = static_cast<double>((rows - 1) * attrs.strides[0] + attrs.kernel[0]);
    const double time = static_cast<double>(CeilDiv(U64(out_height), rows)) *
                        (place + in_rows * fetches * fetch + rows * (taps * product + store));
    if (time >= kWorthAPipeline * least) continue;
    least = time;
    best = rows;
  }
  return best;
}

// [channel][kernel_height][kernel_width], then the channel's bias, in whole texels.
std::vector<float> PackChannels(const Node& node, const Lowering& lowering, std::size_t taps) {
  const auto& attrs = std::get<ConvAttrs>(node.attrs);
  const std::span<const float> weights = lowering.ConstantOf(node.inputs[1]);
  const std::size_t channels = weights.size() / taps, stride = (taps / 4 + 1) * 4;
  std::vector<float> packed(channels * stride);
  for (std::size_t m = 0; m < channels; ++m) {
    std::ranges::copy(weights.subspan(m * taps, taps),
                      packed.begin() + static_cast<std::ptrdiff_t>(m * stride));
    if (attrs.has_bias) packed[m * stride + taps] = lowering.ConstantOf(node.inputs[2])[m];
  }
  return packed;
}

struct Cut {
  params::DepthwiseLanesParams p{};
  std::vector<std::uint32_t> modes;  // without kThird
};

template <typename Attrs>
Cut CutRows(const Attrs& attrs, const Shape& in, const Shape& out, bool quads) {
  const std::int64_t pixels = quads ? kTexelFloats : 1;
  const std::uint32_t rows = ChooseRows(attrs, out[2], quads);
  Cut cut;
  params::DepthwiseLanesParams& p = cut.p;
  p.across = U32(out[3] / pixels);
  p.down = U32(CeilDiv(U64(out[2]), rows));
  p.invocations = U32(out[0] * out[1]) * p.down * p.across;
  p.out_channels = U32(out[1]);
  p.channels_a_group = U32(out[1] / in[1]);
  p.in_height = U32(in[2]);
  p.in_width = U32(in[3] / pixels);
  p.out_height = U32(out[2]);
  p.out_width = U32(out[3] / pixels);
  p.pad_top = U32(attrs.pads[0]);
  p.pad_left = U32(attrs.pads[1]);
  cut.modes = {U32(attrs.kernel[0]), U32(attrs.kernel[1]), U32(attrs.strides[0]),
               U32(attrs.strides[1]), rows};
  if (quads) cut.modes.push_back(p.pad_left);
  return cut;
}

void LowerDepthwise(const Node& node, Lowering& lowering, bool quads) {
  const auto& attrs = std::get<ConvAttrs>(node.attrs);
  Cut cut = CutRows(attrs, lowering.shape(node.inputs[0]), lowering.shape(node.outputs[0]), quads);
  const int third_mode = static_cast<int>(cut.modes.size());
  cut.modes.push_back(0);
  const auto taps = static_cast<std::size_t>(attrs.kernel[0] * attrs.kernel[1]);
  const BufferRef constants = lowering.Constants(PackChannels(node, lowering, taps));
  AddWithEpilogue(lowering, node, attrs.epilogue,
                  quads ? "depthwise_quads_lanes" : "depthwise_lanes", cut.p, constants,
                  CeilDiv(cut.p.invocations, kLocalSize), cut.modes, {.third_mode = third_mode});
}

void LowerMaximum(const Node& node, Lowering& lowering, bool quads) {
  const Cut cut = CutRows(std::get<PoolAttrs>(node.attrs), lowering.shape(node.inputs[0]),
                          lowering.shape(node.outputs[0]), quads);
  lowering.Add(quads ? "max_pool_quads_lanes" : "max_pool_lanes", cut.p,
               {lowering.Operand(node.inputs[0]), lowering.Operand(node.outputs[0])},
               CeilDiv(cut.p.invocations, kLocalSize), Activation::Kind::kNone, cut.modes);
}

template <typename Attrs>
std::string RefusesWindows(const Attrs& attrs, const Node& node, const Lowering& lowering) {
  if (attrs.dilations[0] != 1 || attrs.dilations[1] != 1) return "dilated";
  if (attrs.kernel[0] * attrs.kernel[1] > kMostTaps) return "too large a window";
  if (lowering.shape(node.outputs[0]).elements() >= kMostPixels) return "too many pixels";
  return {};
}

std::string RefusesQuads(const Node& node, const Lowering& lowering) {
  const bool whole = lowering.shape(node.inputs[0])[3] % kTexelFloats == 0 &&
                     lowering.shape(node.outputs[0])[3] % kTexelFloats == 0;
  return whole ? "" : "rows are no whole numbers of texels";
}

}  // namespace

std::string RefusesDepthwiseLanes(const Node& node, const Lowering& lowering) {
  const Shape& weights = lowering.shape(node.inputs[1]);
  if (weights[1] != 1) return Text(weights[1], " input channels a group, not 1");
  std::string reason = RefusesConvOnLanes(node, lowering);
  if (!reason.empty()) return reason;
  return RefusesWindows(std::get<ConvAttrs>(node.attrs), node, lowering);
}

std::string RefusesDepthwiseQuadsLanes(const Node& node, const Lowering& lowering) {
  const std::string reason = RefusesQuads(node, lowering);
  return reason.empty() ? RefusesDepthwiseLanes(node, lowering) : reason;
}

std::string RefusesMaximumLanes(const Node& node, const Lowering& lowering) {
  const auto& attrs = std::get<PoolAttrs>(node.attrs);
  if (attrs.kind != PoolKind::kMax) return "no maximum";
  const std::string reason = RefusesLanes(node, lowering, 1, 1);
  return reason.empty() ? RefusesWindows(attrs, node, lowering) : reason;
}

std::string RefusesMaximumQuadsLanes(const Node& node, const Lowering& lowering) {
  const std::string reason = RefusesQuads(node, lowering);
  return reason.empty() ? RefusesMaximumLanes(node, lowering) : reason;
}

void LowerDepthwiseLanes(const Node& node, Lowering& lowering) {
  LowerDepthwise(node, lowering, false);
}
void LowerDepthwiseQuadsLanes(const Node& node, Lowering& lowering) {
  LowerDepthwise(node, lowering, true);
}
void LowerMaximumLanes(const Node& node, Lowering& lowering) {
  LowerMaximum(node, lowering, false);
}
void LowerMaximumQuadsLanes(const Node& node, Lowering& lowering) {
  LowerMaximum(node, lowering, true);
}

}  // namespace vigil::vulkan
