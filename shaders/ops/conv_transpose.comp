// Transposed convolution, any kernel, stride, dilation, padding and groups, as a gather: every
// output collects the taps that reach it. An invocation computes 4 output channels of one pixel; the
// weights are the same for the whole workgroup, which covers local size pixels (batch flattened in)
// of one block of channels.
#version 450

#include "params/conv.h"
layout(push_constant) uniform Push { ConvParams p; };

#include "common/epilogue.glsl"
#include "common/grid.glsl"

READ_BUFFER(0, STORAGE, src)
// [block][kernel_height][kernel_width][group_in_channels], then the bias [block].
READ_BUFFER(1, WEIGHT4, constants)

void main() {
  const uint workgroup = WorkgroupIndex();
  const uint block = workgroup / p.pixel_blocks;
  const uint pixel = (workgroup % p.pixel_blocks) * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
  if (block >= p.groups * p.group_blocks || pixel >= p.pixels) return;
  const uint group = block / p.group_blocks;
  const uint in_plane = p.in_height * p.in_width;
  const uint out_plane = p.out_height * p.out_width;
  const uint sample_index = pixel / out_plane;
  const uint place = pixel % out_plane;
  const int bottom = int(place / p.out_width + p.pad_top);
  const int right = int(place % p.out_width + p.pad_left);
  const uint base = (sample_index * p.in_channels + group * p.group_in_channels) * in_plane;

  vec4 sums = vec4(constants.data[p.bias_offset + block]);
  uint weight = block * p.kernel_height * p.kernel_width * p.group_in_channels;
  for (uint ky = 0; ky < p.kernel_height; ++ky) {
    // The input row whose tap ky lands here, if the stride has one.
    const int rows = bottom - int(ky * p.dilation_height);
    const uint y = uint(rows) / p.stride_height;
    const bool row_inside = rows >= 0 && y * p.stride_height == uint(rows) && y < p.in_height;
    for (uint kx = 0; kx < p.kernel_width; ++kx) {
      const int columns = right - int(kx * p.dilation_width);
      const uint x = uint(columns) / p.stride_width;
      const bool inside = row_inside && columns >= 0 && x * p.stride_width == uint(columns) &&
                          x < p.in_width;
      if (inside) {
        uint index = base + y * p.in_width + x;
        for (uint channel = 0; channel < p.group_in_channels; ++channel) {
          sums = fma(vec4(constants.data[weight + channel]), vec4(LOAD(src, index)), sums);
          index += in_plane;
        }
      }
      weight += p.group_in_channels;
    }
  }

  const uint first_channel = block % p.group_blocks * 4;
  const uint out_base =
      (sample_index * p.out_channels + group * p.group_out_channels) * out_plane + place;
  for (uint lane = 0; lane < 4; ++lane) {
    const uint channel = first_channel + lane;
    if (channel < p.group_out_channels) {
      StoreWithEpilogue(out_base + channel * out_plane, sums[lane]);
    }
  }
}
