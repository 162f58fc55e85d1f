// Convolution with one input channel a group, or maximum (MAXIMUM), without dilation on lanes (common/lanes.glsl), where
// rows of input and output are whole texels.
// An invocation computes four neighbouring pixels of kRows rows of one output channel: it goes
// through the input's rows once, and the texels that it fetches of a row serve all windows over it.
#version 450
#extension GL_EXT_control_flow_attributes : require

#include "params/depthwise_lanes.h"
layout(push_constant) uniform Push { DepthwiseLanesParams p; };

#ifndef MAXIMUM
#define THIRD_ID 10
#endif
#include "common/lanes.glsl"
#include "common/storage.glsl"

layout(constant_id = 4) const uint kKernelHeight = 3;
layout(constant_id = 5) const uint kKernelWidth = 3;
layout(constant_id = 6) const uint kStrideHeight = 1;
layout(constant_id = 7) const uint kStrideWidth = 1;
layout(constant_id = 8) const uint kRows = 4;
layout(constant_id = 9) const uint kPadLeft = 1;

FETCH_BUFFER(0, src)  // four pixels a texel
#ifdef MAXIMUM
WRITE_BUFFER(1, vec4, dst)
#else
// Four floats a texel, whole texels a channel: [kernel_height][kernel_width], then the bias.
FETCH_BUFFER(1, constants)
READ_WRITE_BUFFER(2, vec4, third)
WRITE_BUFFER(3, vec4, dst)
#endif

const uint kTaps = kKernelHeight * kKernelWidth;
const uint kTexels = kTaps / 4 + 1;  // with the bias
const uint kInRows = (kRows - 1) * kStrideHeight + kKernelHeight;
const uint kTexelsBefore = (kPadLeft + 3) / 4;  // that begin left of the first pixel's window's middle
const uint kSkip = kTexelsBefore * 4 - kPadLeft;  // pixels of them that no window reads
const uint kInTexels = (kSkip + 3 * kStrideWidth + kKernelWidth + 3) / 4;

void main() {
  const uint i = InvocationIndex();
  if (i >= p.invocations) return;
  const uint tile = Quotient(i, p.across);
  const uint column = i - tile * p.across;
  const uint plane = Quotient(tile, p.down);
  const uint row = (tile - plane * p.down) * kRows;
  const uint sample_index = Quotient(plane, p.out_channels);
  const uint channel = plane - sample_index * p.out_channels;
  const uint in_plane = Quotient(plane, p.channels_a_group);

#ifdef MAXIMUM
  const float outside = uintBitsToFloat(0xff800000u);  // minus infinity
  vec4 sums[kRows];
  [[unroll]] for (uint r = 0; r < kRows; ++r) sums[r] = vec4(outside);
#else
  const float outside = 0.0;
  vec4 constant[kTexels];
  [[unroll]] for (uint t = 0; t < kTexels; ++t) {
    constant[t] = texelFetch(constants, int(channel * kTexels + t));
  }
  vec4 sums[kRows];
  [[unroll]] for (uint r = 0; r < kRows; ++r) sums[r] = vec4(constant[kTaps / 4][kTaps % 4]);
#endif

  const int left = int(column * kStrideWidth) - int(kTexelsBefore);
  int y = int(row * kStrideHeight) - int(p.pad_top);
  int index = (int(in_plane * p.in_height) + y) * int(p.in_width) + left;
  [[unroll]] for (uint in_row = 0; in_row < kInRows; ++in_row) {
    const bool row_inside = uint(y) < p.in_height;
    float values[kInTexels * 4];
    [[unroll]] for (uint t = 0; t < kInTexels; ++t) {
      const bool inside = row_inside && uint(left + int(t)) < p.in_width;
      const vec4 fetched = texelFetch(src, inside ? index + int(t) : 0);
      [[unroll]] for (uint c = 0; c < 4; ++c) values[t * 4 + c] = inside ? fetched[c] : outside;
    }
    [[unroll]] for (uint r = 0; r < kRows; ++r) {
      if (in_row >= r * kStrideHeight && in_row < r * kStrideHeight + kKernelHeight) {
        [[unroll]] for (uint kx = 0; kx < kKernelWidth; ++kx) {
          const uint tap = (in_row - r * kStrideHeight) * kKernelWidth + kx;
          [[unroll]] for (uint c = 0; c < 4; ++c) {
            const float value = values[kSkip + c * kStrideWidth + kx];
#ifdef MAXIMUM
            sums[r][c] = value > sums[r][c] ? value : sums[r][c];
#else
            sums[r][c] = fma(constant[tap / 4][tap % 4], value, sums[r][c]);
#endif
          }
        }
      }
    }
    ++y;
    index += int(p.in_width);
  }

  uint at = (plane * p.out_height + row) * p.out_width + column;
  [[unroll]] for (uint r = 0; r < kRows; ++r) {
    if (row + r < p.out_height) {
      vec4 value = sums[r];
#ifndef MAXIMUM
      if (kThird == 1) value += third.data[at];
      if (kThird == 2 && (p.flags & FLAG_EXTRA) != 0) third.data[at] = value;
      [[unroll]] for (uint c = 0; c < 4; ++c) value[c] = Activate(value[c], p.low, p.high);
#endif
      dst.data[at] = value;
    }
    at += p.out_width;
  }
}
