// Convolutions and matrix products on lanes (kernels/lanes.h).
#include "params/conv_lanes.h"

#include <algorithm>
#include <array>

#include "engine/base/text.h"
#include "engine/ops/broadcast.h"
#include "engine/vulkan/kernels/epilogue_dispatch.h"
#include "engine/vulkan/kernels/kernel.h"
#include "engine/vulkan/kernels/lanes.h"

namespace vigil::vulkan {
namespace {

constexpr std::uint32_t kTexelFloats = 4;
// Offsets and places are kept as floats, which are exact below this.
constexpr std::int64_t kLargestOffset = 1 << 24;
// The row of a term that is none: outside of every input.
constexpr float kNowhere = -(1 << 22);

std::string RefusesConstants(const Node& node, const Lowering& lowering, bool has_bias) {
  for (std::size_t i = 1; i < (has_bias ? 3u : 2u); ++i) {
    if (!lowering.IsConstant(node.inputs[i])) return Text("input ", i, " is not a constant");
  }
  return {};
}

std::int64_t TermsOf(const Shape& weights) { return weights.ElementsFrom(1); }

void AddOnLanes(Lowering& lowering, const Node& node, const Epilogue& epilogue,
                std::string_view shader, const params::ConvLanesParams& p,
                const BufferRef& constants, std::vector<std::uint32_t> modes) {
  const std::uint32_t lanes = lowering.plan().lanes;
  const std::uint32_t local_size = LaneLocalSize(p.units, lanes);
  modes.insert(modes.begin(), {0, lanes});
  AddWithEpilogue(lowering, node, epilogue, shader, p, constants,
                  CeilDiv(p.units, local_size / lanes), modes,
                  {.third_mode = 0, .local_size = local_size});
}

// The terms' table, the weights and the bias, as ops/conv_lanes.comp reads them; sets where they
// lie. `weight(channel, term)`; `place(term)` gives offset, row and column.
template <typename Place, typename Weight>
std::vector<float> PackTerms(params::ConvLanesParams& p, const LaneWork& work, std::uint64_t groups,
                             const LaneTile& tile, std::uint32_t lanes, std::span<const float> bias,
                             Place place, Weight weight) {
  p.steps = U32(CeilDiv(work.terms, lanes));
  std::vector<float> packed;
  for (std::size_t term = 0; term < std::size_t{p.steps} * lanes; ++term) {
    const bool real = term < work.terms;
    const std::array<float, 3> at = real ? place(term) : std::array{0.0f, kNowhere, 0.0f};
    packed.insert(packed.end(), {at[0], at[1], at[2], 0.0f});
  }
  p.weights_offset = U32(packed.size() / kTexelFloats);
  AppendLaneWeights(packed, groups, work.channels, work.terms, tile.vectors, lanes, weight);
  p.bias_offset = U32(packed.size() / kTexelFloats);
  AppendLaneBias(packed, groups, work.channels, tile.vectors, lanes, bias);
  return packed;
}

// How the output is cut; the rest of the grid.
void SetTiles(params::ConvLanesParams& p, const LaneWork& work, std::uint64_t groups,
              const LaneTile& tile, std::uint32_t lanes) {
  p.group_out_channels = U32(work.channels);
  p.group_blocks = U32(CeilDiv(work.channels, std::uint64_t{tile.vectors} * lanes));
  p.tiles_down = U32(CeilDiv(work.height, tile.rows));
  p.tiles_across = U32(CeilDiv(work.width, tile.columns));
  p.units = U32(groups * p.group_blocks * p.samples * p.tiles_down * p.tiles_across);
}

bool IsWhole(const LaneWork& work, const LaneTile& tile) {
  return work.height % tile.rows == 0 && work.width % tile.columns == 0;
}

}  // namespace

std::string RefusesLanes(const Node& node, const Lowering& lowering, std::int64_t channels,
                         std::int64_t terms) {
  const DevicePlan& plan = lowering.plan();
  if (plan.lanes == 0) return "the device has no lanes";
  if (lowering.stores_half()) return "stores float16";
  // Of the weights an upper bound, since the tile is not chosen yet.
  const std::int64_t weights = (channels * 2 + 8 * plan.lanes) * (terms + plan.lanes) / 4;
  const std::int64_t elements = std::max(lowering.shape(node.inputs[0]).elements(),
                                         lowering.shape(node.outputs[0]).elements());
  if (elements / plan.lanes >= kLargestOffset) return "too many pixels";
  const std::int64_t texels = std::max(elements, weights);
  if (U64(texels) <= plan.max_texels) return {};
  return Text("needs ", texels, " texels in a buffer, the device has ", plan.max_texels);
}

std::string RefusesConvOnLanes(const Node& node, const Lowering& lowering) {
  const Shape& weights = lowering.shape(node.inputs[1]);
  const std::string reason = RefusesLanes(node, lowering, weights[0], TermsOf(weights));
  if (!reason.empty()) return reason;
  return RefusesConstants(node, lowering, std::get<ConvAttrs>(node.attrs).has_bias);
}

std::string RefusesConvLanes(const Node& node, const Lowering& lowering) {
  const auto& attrs = std::get<ConvAttrs>(node.attrs);
  const Shape& weights = lowering.shape(node.inputs[1]);
  const std::string reason = RefusesConvOnLanes(node, lowering);
  if (!reason.empty()) return reason;
  const std::int64_t channels = weights[0] / attrs.groups;
  if (attrs.groups > 1 && channels * 2 < lowering.plan().lanes) {
    return Text(channels, " output channels a group leave most lanes empty");
  }
  if (lowering.shape(node.inputs[0]).ElementsFrom(1) >= kLargestOffset) return "a sample too large";
  return {};
}

void LowerConvLanes(const Node& node, Lowering& lowering) {
  const auto& attrs = std::get<ConvAttrs>(node.attrs);
  const Shape& in = lowering.shape(node.inputs[0]);
  const Shape& out = lowering.shape(node.outputs[0]);
  const std::uint32_t lanes = lowering.plan().lanes;
  const std::uint64_t groups = U64(attrs.groups);
  const std::size_t window = static_cast<std::size_t>(attrs.kernel[0] * attrs.kernel[1]);
  LaneWork work;
  work.planes = U64(out[0]) * groups;
  work.channels = U64(out[1]) / groups;
  work.height = U64(out[2]);
  work.width = U64(out[3]);
  work.terms = static_cast<std::uint64_t>(TermsOf(lowering.shape(node.inputs[1])));
  const LaneTile tile = ChooseLaneTile(work, lanes);

  params::ConvLanesParams p{};
  p.samples = U32(out[0]);
  p.in_height = U32(in[2]);
  p.in_width = U32(in[3]);
  p.in_sample = U32(in.ElementsFrom(1));
  p.in_group = U32(in.ElementsFrom(1) / attrs.groups);
  p.in_row = U32(in[3]);
  p.in_column = 1;
  p.out_height = U32(out[2]);
  p.out_width = U32(out[3]);
  p.out_sample = U32(out.ElementsFrom(1));
  p.out_channel = U32(out.ElementsFrom(2));
  p.out_row = U32(out[3]);
  p.out_column = 1;
  p.stride_height = U32(attrs.strides[0]);
  p.stride_width = U32(attrs.strides[1]);
  p.pad_top = U32(attrs.pads[0]);
  p.pad_left = U32(attrs.pads[1]);
  SetTiles(p, work, groups, tile, lanes);
  const auto place = [&](std::size_t term) {
    const auto channel = static_cast<std::int64_t>(term / window);
    const std::int64_t row =
        static_cast<std::int64_t>(term % window) / attrs.kernel[1] * attrs.dilations[0];
    const std::int64_t column =
        static_cast<std::int64_t>(term % window) % attrs.kernel[1] * attrs.dilations[1];
    const std::int64_t offset = channel * in.ElementsFrom(2) + row * in[3] + column;
    return std::array{static_cast<float>(offset), static_cast<float>(row),
                      static_cast<float>(column)};
  };
  const std::span<const float> weights = lowering.ConstantOf(node.inputs[1]);
  const std::span<const float> bias =
      attrs.has_bias ? lowering.ConstantOf(node.inputs[2]) : std::span<const float>();
  const BufferRef constants = lowering.Constants(
      PackTerms(p, work, groups, tile, lanes, bias, place,
                [&](std::size_t m, std::size_t k) { return weights[m * work.terms + k]; }));
  const bool padded = std::ranges::any_of(attrs.pads, [](std::int64_t pad) { return pad != 0; });
  const bool whole = IsWhole(work, tile);
  const bool inside = whole && !padded && work.terms % lanes == 0;
  AddOnLanes(lowering, node, attrs.epilogue, "conv_lanes", p, constants,
             {tile.vectors, tile.rows, tile.columns, inside, whole});
}

std::string RefusesPointwiseLanes(const Node& node, const Lowering& lowering) {
  const auto& attrs = std::get<ConvAttrs>(node.attrs);
  if (attrs.groups != 1) return "has groups";
  const auto is = [](const auto& numbers, std::int64_t wanted) {
    return std::ranges::all_of(numbers, [=](std::int64_t x) { return x == wanted; });
  };
  if (!is(attrs.kernel, 1) || !is(attrs.strides, 1) || !is(attrs.pads, 0)) {
    return "windows, strides or pads";
  }
  if (lowering.shape(node.inputs[0]).ElementsFrom(2) % kTexelFloats != 0) {
    return "a plane is no whole number of texels";
  }
  return RefusesConvLanes(node, lowering);
}

void LowerPointwiseLanes(const Node& node, Lowering& lowering) {
  const auto& attrs = std::get<ConvAttrs>(node.attrs);
  const Shape& in = lowering.shape(node.inputs[0]);
  const Shape& out = lowering.shape(node.outputs[0]);
  const std::uint32_t lanes = lowering.plan().lanes;
  const std::int64_t plane = in.ElementsFrom(2);
  LaneWork work;
  work.planes = U64(out[0]);
  work.channels = U64(out[1]);
  work.width = U64(plane);
  work.terms = U64(in[1]);
  work.quads = true;
  const LaneTile tile = ChooseLaneTile(work, lanes);

  params::ConvLanesParams p{};
  p.samples = U32(out[0]);
  p.in_height = U32(in[1]);
  p.in_width = p.in_row = p.out_width = p.out_channel = U32(plane / kTexelFloats);
  p.in_sample = U32(in.ElementsFrom(1) / kTexelFloats);
  p.out_sample = U32(out.ElementsFrom(1) / kTexelFloats);
  SetTiles(p, work, 1, tile, lanes);
  p.steps = U32(CeilDiv(work.terms, lanes));
  const std::span<const float> weights = lowering.ConstantOf(node.inputs[1]);
  std::vector<float> packed;
  AppendLaneWeights(packed, 1, work.channels, work.terms, tile.vectors, lanes,
                    [&](std::size_t m, std::size_t k) { return weights[m * work.terms + k]; });
  p.bias_offset = U32(packed.size() / kTexelFloats);
  AppendLaneBias(packed, 1, work.channels, tile.vectors, lanes,
                 attrs.has_bias ? lowering.ConstantOf(node.inputs[2]) : std::span<const float>());
  const bool inside = IsWhole(work, tile) && work.terms % lanes == 0;
  AddOnLanes(lowering, node, attrs.epilogue, "pointwise_lanes", p, lowering.Constants(packed),
             {tile.vectors, tile.columns / kTexelFloats, inside});
}

std::string RefusesGemmLanes(const Node& node, const Lowering& lowering) {
  const auto& attrs = std::get<GemmAttrs>(node.attrs);
  if (attrs.trans_a) return "its rows are columns";
  if (attrs.alpha != 1.0f) return "scales its products";
  const Shape& a = lowering.shape(node.inputs[0]);
  const Shape& out = lowering.shape(node.outputs[0]);
  std::string reason = RefusesLanes(node, lowering, out[1], a[1]);
  if (reason.empty()) reason = RefusesConstants(node, lowering, attrs.has_bias);
  if (!reason.empty()) return reason;
  if (attrs.has_bias && StridesToBroadcast(lowering.shape(node.inputs[2]), out)[0] != 0) {
    return "a bias that differs between rows";
  }
  if (a[1] >= kLargestOffset) return "rows too long";
  return {};
}

// Its columns are a convolution's channels, its rows the pixels of one row of an image.
void LowerGemmLanes(const Node& node, Lowering& lowering) {
  const auto& attrs = std::get<GemmAttrs>(node.attrs);
  const Shape& out = lowering.shape(node.outputs[0]);
  const std::uint32_t lanes = lowering.plan().lanes;
  const auto depth = static_cast<std::size_t>(lowering.shape(node.inputs[0])[1]);
  const auto columns = static_cast<std::size_t>(out[1]);
  LaneWork work;
  work.channels = columns;
  work.width = U64(out[0]);
  work.terms = depth;
  const LaneTile tile = ChooseLaneTile(work, lanes);

  params::ConvLanesParams p{};
  p.samples = p.in_height = p.out_height = p.stride_height = p.stride_width = p.out_channel = 1;
  p.in_width = p.out_width = U32(out[0]);
  p.in_column = U32(depth);
  p.out_column = U32(columns);
  SetTiles(p, work, 1, tile, lanes);
  const std::span<const float> weights = lowering.ConstantOf(node.inputs[1]);
  std::vector<float> bias(columns);
  if (attrs.has_bias) {
    const std::span<const float> given = lowering.ConstantOf(node.inputs[2]);
    for (std::size_t m = 0; m < columns; ++m) {
      bias[m] = attrs.beta * given[given.size() == 1 ? 0 : m];
    }
  }
  const auto place = [](std::size_t term) {
    return std::array{static_cast<float>(term), 0.0f, 0.0f};
  };
  const BufferRef constants = lowering.Constants(
      PackTerms(p, work, 1, tile, lanes, bias, place, [&](std::size_t m, std::size_t k) {
        return weights[attrs.trans_b ? m * depth + k : k * columns + m];
      }));
  const bool whole = IsWhole(work, tile);
  AddOnLanes(lowering, node, attrs.epilogue, "conv_lanes", p, constants,
             {tile.vectors, tile.rows, tile.columns, whole && depth % lanes == 0, whole});
}

}  // namespace vigil::vulkan
