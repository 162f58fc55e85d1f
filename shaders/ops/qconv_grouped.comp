// Convolution of bytes where four output channels may belong to different groups: depthwise above
// all. An invocation computes four output channels of one pixel, each from its own group's input; a
// workgroup covers local size pixels (batch flattened in) of these channels.
#version 450

#include "params/qconv.h"
layout(push_constant) uniform Push { QConvParams p; };

#include "common/bytes.glsl"
#include "common/grid.glsl"
#include "common/requantize.glsl"
#include "common/storage.glsl"

layout(constant_id = 4) const uint kSums = 0;       // 1: the sums are the output, int32
layout(constant_id = 5) const uint kDepthwise = 0;  // 1: an output channel reads its own input's

READ_BUFFER(0, uint, src)
// [block][tap][input channel of the group] of a word: the weights of four output channels; then
// [block] of four biases, four multipliers, four shifts.
READ_BUFFER(1, uint, constants)
WRITE_BUFFER(2, uint, dst)

void main() {
  const uint workgroup = WorkgroupIndex();
  const uint block = workgroup / p.pixel_blocks;
  const uint pixel = (workgroup % p.pixel_blocks) * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
  if (block >= p.out_words || pixel >= p.pixels) return;
  const uint in_plane = p.in_height * p.in_width;
  const uint out_plane = p.out_height * p.out_width;
  const uint sample_index = pixel / out_plane;
  const uint place = pixel % out_plane;
  const int top = int(place / p.out_width * p.stride_height) - int(p.pad_top);
  const int left = int(place % p.out_width * p.stride_width) - int(p.pad_left);
  const uint base = sample_index * p.in_words * in_plane;

  const uint channel_data = p.channel_offset + block * 12;
  ivec4 sums;
  uint first_channel[4];
  for (uint lane = 0; lane < 4; ++lane) {
    sums[lane] = int(constants.data[channel_data + lane]);
    const uint channel = min(block * 4 + lane, p.out_channels - 1);
    first_channel[lane] = channel / p.group_out_channels * p.group_in_channels;
  }
  uint weight = block * p.kernel_height * p.kernel_width * p.group_in_channels;
  for (uint ky = 0; ky < p.kernel_height; ++ky) {
    const uint y = uint(top + int(ky * p.dilation_height));
    for (uint kx = 0; kx < p.kernel_width; ++kx) {
      const uint x = uint(left + int(kx * p.dilation_width));
      if (y >= p.in_height || x >= p.in_width) {
        weight += p.group_in_channels;
        continue;
      }
      const uint index = base + y * p.in_width + x;
      if (kDepthwise != 0) {
        const uint word = src.data[index + block * in_plane] ^ p.sign_flip;
        const uint weights = constants.data[weight++];
        for (uint lane = 0; lane < 4; ++lane) {
          sums[lane] += (SignedByte(word, lane) - p.x_zero_point) * SignedByte(weights, lane);
        }
        continue;
      }
      for (uint c = 0; c < p.group_in_channels; ++c) {
        const uint weights = constants.data[weight++];
        for (uint lane = 0; lane < 4; ++lane) {
          const uint channel = first_channel[lane] + c;
          const uint word = src.data[index + channel / 4 * in_plane] ^ p.sign_flip;
          sums[lane] +=
              (SignedByte(word, channel % 4) - p.x_zero_point) * SignedByte(weights, lane);
        }
      }
    }
  }

  if (kSums != 0) {
    for (uint lane = 0; lane < 4; ++lane) {
      const uint channel = block * 4 + lane;
      if (channel >= p.out_channels) break;
      dst.data[(sample_index * p.out_channels + channel) * out_plane + place] = uint(sums[lane]);
    }
    return;
  }
  uint word = 0;
  for (uint lane = 0; lane < 4; ++lane) {
    const int multiplier = int(constants.data[channel_data + 4 + lane]);
    const uint shift = constants.data[channel_data + 8 + lane];
    word = WithByte(word, lane, Requantize(sums[lane], multiplier, shift));
  }
  dst.data[(sample_index * p.out_words + block) * out_plane + place] = word;
}
