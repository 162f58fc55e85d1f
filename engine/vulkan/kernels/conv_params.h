// The push constants that a convolution and a transposed one share.
#ifndef VIGIL_ENGINE_VULKAN_KERNELS_CONV_PARAMS_H_
#define VIGIL_ENGINE_VULKAN_KERNELS_CONV_PARAMS_H_

#include "engine/vulkan/kernels/window_params.h"

#include "params/conv.h"

namespace vigil::vulkan {

// All but how the grid is cut (group_blocks, pixel_blocks, bias_offset) and the epilogue. `Attrs`
// is ConvAttrs or ConvTransposeAttrs.
template <typename Attrs>
params::ConvParams MakeConvParams(const Attrs& attrs, const Shape& in, const Shape& out) {
  params::ConvParams p{};
  SetConvolution(p, attrs, in, out);
  p.in_channels = U32(in[1]);
  p.groups = U32(attrs.groups);
  return p;
}

}  // namespace vigil::vulkan

#endif  // VIGIL_ENGINE_VULKAN_KERNELS_CONV_PARAMS_H_
