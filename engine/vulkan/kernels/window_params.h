// The push constants that sliding windows share.
#ifndef VIGIL_ENGINE_VULKAN_KERNELS_WINDOW_PARAMS_H_
#define VIGIL_ENGINE_VULKAN_KERNELS_WINDOW_PARAMS_H_

#include "engine/vulkan/kernels/lowering.h"

namespace vigil::vulkan {

// Heights and widths of in and out [N, C, H, W], and how the window moves. Of the pads those above
// and to the left: the output's size has the others.
template <typename Params, typename Attrs>
void SetWindow(Params& p, const Attrs& attrs, const Shape& in, const Shape& out) {
  p.in_height = U32(in[2]);
  p.in_width = U32(in[3]);
  p.out_height = U32(out[2]);
  p.out_width = U32(out[3]);
  p.kernel_height = U32(attrs.kernel[0]);
  p.kernel_width = U32(attrs.kernel[1]);
  p.stride_height = U32(attrs.strides[0]);
  p.stride_width = U32(attrs.strides[1]);
  p.pad_top = U32(attrs.pads[0]);
  p.pad_left = U32(attrs.pads[1]);
  p.dilation_height = U32(attrs.dilations[0]);
  p.dilation_width = U32(attrs.dilations[1]);
}

// The same with what the convolutions have besides, float or quantised, transposed or not.
template <typename Params, typename Attrs>
void SetConvolution(Params& p, const Attrs& attrs, const Shape& in, const Shape& out) {
  SetWindow(p, attrs, in, out);
  p.out_channels = U32(out[1]);
  p.pixels = U32(out[0] * out[2] * out[3]);
  p.group_in_channels = U32(in[1] / attrs.groups);
  p.group_out_channels = U32(out[1] / attrs.groups);
}

}  // namespace vigil::vulkan

#endif  // VIGIL_ENGINE_VULKAN_KERNELS_WINDOW_PARAMS_H_
