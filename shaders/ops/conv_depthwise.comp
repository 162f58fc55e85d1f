// Convolution with one input channel a group; group_out_channels may exceed 1.
// An invocation computes one pixel of one output channel; a workgroup covers local size pixels of
// that channel (batch flattened in), so its weights are the same for all.
#version 450

#include "params/conv.h"
layout(push_constant) uniform Push { ConvParams p; };

#include "common/epilogue.glsl"
#include "common/grid.glsl"

READ_BUFFER(0, STORAGE, src)
READ_BUFFER(1, WEIGHT, constants)  // [out_channels][kernel_height][kernel_width], then the bias

void main() {
  const uint workgroup = WorkgroupIndex();
  const uint channel = workgroup / p.pixel_blocks;
  const uint pixel = (workgroup % p.pixel_blocks) * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
  if (channel >= p.out_channels || pixel >= p.pixels) return;
  const uint out_plane = p.out_height * p.out_width;
  const uint sample_index = pixel / out_plane;
  const uint place = pixel % out_plane;
  const int top = int(place / p.out_width * p.stride_height) - int(p.pad_top);
  const int left = int(place % p.out_width * p.stride_width) - int(p.pad_left);
  const uint base = (sample_index * p.in_channels + channel / p.group_out_channels) *
                    (p.in_height * p.in_width);

  float sum = LOAD(constants, p.bias_offset + channel);
  uint weight = channel * p.kernel_height * p.kernel_width;
  for (uint ky = 0; ky < p.kernel_height; ++ky) {
    const uint y = uint(top + int(ky * p.dilation_height));
    const bool row_inside = y < p.in_height;
    for (uint kx = 0; kx < p.kernel_width; ++kx) {
      const uint x = uint(left + int(kx * p.dilation_width));
      const bool inside = row_inside && x < p.in_width;
      const float value = LOAD(src, base + (inside ? y * p.in_width + x : 0));
      sum = fma(LOAD(constants, weight), inside ? value : 0.0, sum);
      ++weight;
    }
  }
  StoreWithEpilogue((sample_index * p.out_channels + channel) * out_plane + place, sum);
}
