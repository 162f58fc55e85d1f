// Convolution of bytes with exact int32 sums; also the product of matrices, as 1x1.
// An invocation computes four output channels of one pixel, a word: each word of input that it
// loads, four channels, serves all four, and the weights are the same for the whole workgroup. A
// workgroup covers local size pixels (batch flattened in) of one such block of channels, which lies
// within one group.
#version 450

#include "params/qconv.h"
layout(push_constant) uniform Push { QConvParams p; };

#ifdef DOT_PRODUCT
#extension GL_EXT_spirv_intrinsics : require
spirv_instruction(extensions = ["SPV_KHR_integer_dot_product"], capabilities = [6019, 6018],
                  id = 4450) int PackedDot(uint a, uint b, spirv_literal int format);
#endif

#include "common/bytes.glsl"
#include "common/grid.glsl"
#include "common/requantize.glsl"
#include "common/storage.glsl"

layout(constant_id = 4) const uint kSums = 0;  // 1: the sums themselves are the output, int32

READ_BUFFER(0, uint, src)
// [block][kernel_height][kernel_width][group_words] of four words, one an output channel; then
// [block] of bias (less what x's zero point adds), multipliers and shifts.
READ_BUFFER(1, uvec4, constants)
WRITE_BUFFER(2, uint, dst)

void main() {
  const uint workgroup = WorkgroupIndex();
  const uint block = workgroup / p.pixel_blocks;
  const uint pixel = (workgroup % p.pixel_blocks) * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
  if (block >= p.out_words || pixel >= p.pixels) return;
  const uint group = block * 4 / p.group_out_channels;
  const uint first_word = group * p.group_in_channels / 4;
  const uint in_plane = p.in_height * p.in_width;
  const uint out_plane = p.out_height * p.out_width;
  const uint sample_index = pixel / out_plane;
  const uint place = pixel % out_plane;
  const int top = int(place / p.out_width * p.stride_height) - int(p.pad_top);
  const int left = int(place % p.out_width * p.stride_width) - int(p.pad_left);
  const uint base = sample_index * p.in_words * in_plane;

  const uint channel_data = p.channel_offset + block * 3;
  ivec4 sums = ivec4(constants.data[channel_data]);
  uint weight = block * p.kernel_height * p.kernel_width * p.group_words;
  for (uint ky = 0; ky < p.kernel_height; ++ky) {
    const uint y = uint(top + int(ky * p.dilation_height));
    for (uint kx = 0; kx < p.kernel_width; ++kx) {
      const uint x = uint(left + int(kx * p.dilation_width));
      const bool inside = y < p.in_height && x < p.in_width;
      const uint index = base + (inside ? y * p.in_width + x : 0);
      for (uint w = 0; w < p.group_words; ++w) {
        // The last group may want a word more than there is; its weights are zero there.
        const uint in_word = min(first_word + w, p.in_words - 1);
        const uint loaded = src.data[index + in_word * in_plane] ^ p.sign_flip;
        const uint word = inside ? loaded : p.padding;
        const uvec4 weights = constants.data[weight];
        sums += ivec4(Dot4(word, weights.x), Dot4(word, weights.y), Dot4(word, weights.z),
                      Dot4(word, weights.w));
        ++weight;
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
  const uvec4 multipliers = constants.data[channel_data + 1];
  const uvec4 shifts = constants.data[channel_data + 2];
  uint word = 0;
  for (uint lane = 0; lane < 4; ++lane) {
    word = WithByte(word, lane, Requantize(sums[lane], int(multipliers[lane]), shifts[lane]));
  }
  dst.data[(sample_index * p.out_words + block) * out_plane + place] = word;
}
