// The push constants that a convolution and a transposed one share.
#ifndef VIGIL_ENGINE_VULKAN_KERNELS_CONV_PARAMS_H_
#define VIGIL_ENGINE_VULKAN_KERNELS_CONV_PARAMS_H_

#include "engine/vulkan/kernels/lowering.h"

#include "params/conv.h"

namespace vigil::vulkan {

// All but how the grid is cut (group_blocks, pixel_blocks, bias_offset) and the epilogue. `Attrs`
// is ConvAttrs or ConvTransposeAttrs.
template <typename Attrs>
params::ConvParams MakeConvParams(const Attrs& attrs, const Shape& in, const Shape& out) {
  params::ConvParams p{};
  p.in_channels = U32(in[1]);
  p.in_height = U32(in[2]);
  p.in_width = U32(in[3]);
  p.out_channels = U32(out[1]);
  p.out_height = U32(out[2]);
  p.out_width = U32(out[3]);
  p.pixels = U32(out[0] * out[2] * out[3]);
  p.kernel_height = U32(attrs.kernel[0]);
  p.kernel_width = U32(attrs.kernel[1]);
  p.stride_height = U32(attrs.strides[0]);
  p.stride_width = U32(attrs.strides[1]);
  p.pad_top = U32(attrs.pads[0]);
  p.pad_left = U32(attrs.pads[1]);
  p.dilation_height = U32(attrs.dilations[0]);
  p.dilation_width = U32(attrs.dilations[1]);
  p.groups = U32(attrs.groups);
  p.group_in_channels = U32(in[1] / attrs.groups);
  p.group_out_channels = U32(out[1] / attrs.groups);
  return p;
}

}  // namespace vigil::vulkan

#endif  // VIGIL_ENGINE_VULKAN_KERNELS_CONV_PARAMS_H_
