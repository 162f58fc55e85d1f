#include "engine/vulkan/kernels/conv_params.h"
#include "engine/vulkan/kernels/epilogue_dispatch.h"
#include "engine/vulkan/kernels/kernel.h"

namespace vigil::vulkan {
namespace {

constexpr std::size_t kChannels = 4;  // of a block

// [group][block of output channels][kH][kW][input channel][kChannels], zeros where a block
// overhangs, then the bias in the same blocks: what ops/conv_transpose.comp reads.
std::vector<float> PackWeights(const Node& node, const Lowering& lowering,
                               const params::ConvParams& p) {
  const std::span<const float> weights = lowering.ConstantOf(node.inputs[1]);
  const bool has_bias = std::get<ConvTransposeAttrs>(node.attrs).has_bias;
  const std::size_t taps = std::size_t{p.kernel_height} * p.kernel_width;
  const std::size_t blocks = std::size_t{p.groups} * p.group_blocks;
  std::vector<float> packed((blocks * taps * p.group_in_channels + blocks) * kChannels);
  for (std::size_t m = 0; m < p.out_channels; ++m) {
    const std::size_t group = m / p.group_out_channels, within = m % p.group_out_channels;
    const std::size_t block = group * p.group_blocks + within / kChannels;
    const std::size_t lane = within % kChannels;
    for (std::size_t c = 0; c < p.group_in_channels; ++c) {
      const std::size_t channel = group * p.group_in_channels + c;
      for (std::size_t t = 0; t < taps; ++t) {
        packed[((block * taps + t) * p.group_in_channels + c) * kChannels + lane] =
            weights[(channel * p.group_out_channels + within) * taps + t];
      }
    }
    if (has_bias) {
      packed[(blocks * taps * p.group_in_channels + block) * kChannels + lane] =
          lowering.ConstantOf(node.inputs[2])[m];
    }
  }
  return packed;
}

}  // namespace

void LowerConvTranspose(const Node& node, Lowering& lowering) {
  const auto& attrs = std::get<ConvTransposeAttrs>(node.attrs);
  params::ConvParams p =
      MakeConvParams(attrs, lowering.shape(node.inputs[0]), lowering.shape(node.outputs[0]));
  p.group_blocks = U32(CeilDiv(p.group_out_channels, kChannels));
  p.pixel_blocks = U32(CeilDiv(p.pixels, kLocalSize));
  const std::vector<float> packed = PackWeights(node, lowering, p);
  const std::uint64_t blocks = std::uint64_t{p.groups} * p.group_blocks;
  p.bias_offset = U32(static_cast<std::int64_t>(packed.size() / kChannels - blocks));
  AddWithEpilogue(lowering, node, attrs.epilogue, "conv_transpose_f32", p, lowering.Weights(packed),
                  blocks * p.pixel_blocks, {});
}

}  // namespace vigil::vulkan
