// Direct convolution, any kernel, stride, dilation, padding and groups.
// An invocation computes 4 * kChannelQuads output channels of kPixels pixels: each input value that
// it loads serves all those channels, and the weights are the same for the whole workgroup. A
// workgroup covers kPixels * local size pixels (batch flattened in) of one block of channels.
#version 450

#include "params/conv.h"
layout(push_constant) uniform Push { ConvParams p; };

#include "common/epilogue.glsl"
#include "common/grid.glsl"

layout(constant_id = 4) const uint kChannelQuads = 2;
layout(constant_id = 5) const uint kPixels = 1;

READ_BUFFER(0, STORAGE, src)
// [block][kernel_height][kernel_width][group_in_channels][kChannelQuads], then the bias
// [block][kChannelQuads].
READ_BUFFER(1, WEIGHT4, constants)

void main() {
  const uint workgroup = WorkgroupIndex();
  const uint block = workgroup / p.pixel_blocks;
  if (block >= p.groups * p.group_blocks) return;
  const uint first_pixel =
      (workgroup % p.pixel_blocks) * gl_WorkGroupSize.x * kPixels + gl_LocalInvocationID.x;
  const uint group = block / p.group_blocks;
  const uint group_block = block % p.group_blocks;
  const uint in_plane = p.in_height * p.in_width;
  const uint out_plane = p.out_height * p.out_width;

  int top[kPixels];
  int left[kPixels];
  uint base[kPixels];
  vec4 sums[kPixels * kChannelQuads];
  for (uint j = 0; j < kPixels; ++j) {
    const uint pixel = min(first_pixel + j * gl_WorkGroupSize.x, p.pixels - 1);
    const uint sample_index = pixel / out_plane;
    const uint place = pixel % out_plane;
    top[j] = int(place / p.out_width * p.stride_height) - int(p.pad_top);
    left[j] = int(place % p.out_width * p.stride_width) - int(p.pad_left);
    base[j] = (sample_index * p.in_channels + group * p.group_in_channels) * in_plane;
    for (uint q = 0; q < kChannelQuads; ++q) {
      sums[j * kChannelQuads + q] = vec4(constants.data[p.bias_offset + block * kChannelQuads + q]);
    }
  }

  uint weight = block * p.kernel_height * p.kernel_width * p.group_in_channels * kChannelQuads;
  for (uint ky = 0; ky < p.kernel_height; ++ky) {
    for (uint kx = 0; kx < p.kernel_width; ++kx) {
      bool inside[kPixels];
      uint index[kPixels];
      for (uint j = 0; j < kPixels; ++j) {
        const uint y = uint(top[j] + int(ky * p.dilation_height));
        const uint x = uint(left[j] + int(kx * p.dilation_width));
        inside[j] = y < p.in_height && x < p.in_width;
        index[j] = base[j] + (inside[j] ? y * p.in_width + x : 0);
      }
      for (uint channel = 0; channel < p.group_in_channels; ++channel) {
        for (uint j = 0; j < kPixels; ++j) {
          const float value = LOAD(src, index[j]);
          const float x = inside[j] ? value : 0.0;
          index[j] += in_plane;
          for (uint q = 0; q < kChannelQuads; ++q) {
            sums[j * kChannelQuads + q] =
                fma(vec4(constants.data[weight + q]), vec4(x), sums[j * kChannelQuads + q]);
          }
        }
        weight += kChannelQuads;
      }
    }
  }

  for (uint j = 0; j < kPixels; ++j) {
    const uint pixel = first_pixel + j * gl_WorkGroupSize.x;
    if (pixel >= p.pixels) return;
    const uint first_channel = group_block * 4 * kChannelQuads;
    const uint out_base =
        (pixel / out_plane * p.out_channels + group * p.group_out_channels) * out_plane +
        pixel % out_plane;
    for (uint q = 0; q < kChannelQuads; ++q) {
      for (uint lane = 0; lane < 4; ++lane) {
        const uint channel = first_channel + q * 4 + lane;
        if (channel < p.group_out_channels) {
          StoreWithEpilogue(out_base + channel * out_plane, sums[j * kChannelQuads + q][lane]);
        }
      }
    }
  }
}
