#include <algorithm>

#include "engine/vulkan/kernels/conv_params.h"
#include "engine/vulkan/kernels/epilogue_dispatch.h"
#include "engine/vulkan/kernels/kernel.h"

namespace vigil::vulkan {
namespace {

// [group][block of `tile` output channels][kH][kW][input channel][tile], zeros where a block
// overhangs, then the bias in the same blocks: what ops/conv.comp reads.
std::vector<float> PackWeights(const Node& node, const Lowering& lowering,
                               const params::ConvParams& p, std::size_t tile) {
  const std::span<const float> weights = lowering.ConstantOf(node.inputs[1]);
  const bool has_bias = std::get<ConvAttrs>(node.attrs).has_bias;
  const std::size_t taps = std::size_t{p.kernel_height} * p.kernel_width;
  const std::size_t blocks = std::size_t{p.groups} * p.group_blocks;
  const std::size_t bias_start = blocks * taps * p.group_in_channels * tile;
  std::vector<float> packed(bias_start + blocks * tile);
  for (std::size_t m = 0; m < p.out_channels; ++m) {
    const std::size_t within = m % p.group_out_channels;
    const std::size_t block = m / p.group_out_channels * p.group_blocks + within / tile;
    const std::size_t lane = within % tile;
    for (std::size_t c = 0; c < p.group_in_channels; ++c) {
      for (std::size_t t = 0; t < taps; ++t) {
        packed[((block * taps + t) * p.group_in_channels + c) * tile + lane] =
            weights[(m * p.group_in_channels + c) * taps + t];
      }
    }
    if (has_bias) packed[bias_start + block * tile + lane] = lowering.ConstantOf(node.inputs[2])[m];
  }
  return packed;
}

}  // namespace

void LowerConv(const Node& node, Lowering& lowering) {
  const auto& attrs = std::get<ConvAttrs>(node.attrs);
  params::ConvParams p =
      MakeConvParams(attrs, lowering.shape(node.inputs[0]), lowering.shape(node.outputs[0]));
  // Eight accumulators an invocation: more spill on 8-lane devices.
  const std::uint32_t quads = p.group_out_channels > 4 ? 2 : 1;
  const std::uint32_t pixels = 1;
  const std::uint32_t tile = 4 * quads;
  p.group_blocks = U32(CeilDiv(p.group_out_channels, tile));
  p.pixel_blocks = U32(CeilDiv(p.pixels, std::uint64_t{kLocalSize} * pixels));
  const std::vector<float> packed = PackWeights(node, lowering, p, tile);
  const std::uint64_t blocks = std::uint64_t{p.groups} * p.group_blocks;
  p.bias_offset = U32((packed.size() - blocks * tile) / 4);
  AddWithEpilogue(lowering, node, attrs.epilogue, "conv_f32", p, lowering.Weights(packed),
                  blocks * p.pixel_blocks, {quads, pixels});
}

void LowerConvDepthwise(const Node& node, Lowering& lowering) {
  const auto& attrs = std::get<ConvAttrs>(node.attrs);
  params::ConvParams p =
      MakeConvParams(attrs, lowering.shape(node.inputs[0]), lowering.shape(node.outputs[0]));
  p.group_blocks = p.group_out_channels;
  p.pixel_blocks = U32(CeilDiv(p.pixels, kLocalSize));
  const std::span<const float> weights = lowering.ConstantOf(node.inputs[1]);
  std::vector<float> packed(weights.size() + p.out_channels);
  const auto bias = std::ranges::copy(weights, packed.begin()).out;
  if (attrs.has_bias) std::ranges::copy(lowering.ConstantOf(node.inputs[2]), bias);
  p.bias_offset = U32(static_cast<std::int64_t>(weights.size()));
  AddWithEpilogue(lowering, node, attrs.epilogue, "conv_depthwise_f32", p, lowering.Weights(packed),
                  std::uint64_t{p.out_channels} * p.pixel_blocks, {});
}

}  // namespace vigil::vulkan
