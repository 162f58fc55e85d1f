// Convolution with one input channel a group, or maximum (MAXIMUM), without dilation on lanes (common/lanes.glsl), where
// rows are no whole texels.
// An invocation computes kRows pixels of one column of one output channel: it goes through the
// input's rows once, and each value that it fetches serves every output row that it is for.
#version 450
#extension GL_EXT_control_flow_attributes : require

#include "params/depthwise_lanes.h"
layout(push_constant) uniform Push { DepthwiseLanesParams p; };

#ifndef MAXIMUM
#define THIRD_ID 9
#endif
#include "common/lanes.glsl"
#include "common/storage.glsl"

layout(constant_id = 4) const uint kKernelHeight = 3;
layout(constant_id = 5) const uint kKernelWidth = 3;
layout(constant_id = 6) const uint kStrideHeight = 1;
layout(constant_id = 7) const uint kStrideWidth = 1;
layout(constant_id = 8) const uint kRows = 4;

FETCH_BUFFER(0, src)  // a float a texel
#ifdef MAXIMUM
WRITE_BUFFER(1, float, dst)
#else
// Four floats a texel, whole texels a channel: [kernel_height][kernel_width], then the bias.
FETCH_BUFFER(1, constants)
READ_WRITE_BUFFER(2, float, third)
WRITE_BUFFER(3, float, dst)
#endif

const uint kTaps = kKernelHeight * kKernelWidth;
const uint kTexels = kTaps / 4 + 1;  // with the bias
const uint kInRows = (kRows - 1) * kStrideHeight + kKernelHeight;

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
  float sums[kRows];
  [[unroll]] for (uint r = 0; r < kRows; ++r) sums[r] = outside;
#else
  const float outside = 0.0;
  vec4 constant[kTexels];
  [[unroll]] for (uint t = 0; t < kTexels; ++t) {
    constant[t] = texelFetch(constants, int(channel * kTexels + t));
  }
  float sums[kRows];
  [[unroll]] for (uint r = 0; r < kRows; ++r) sums[r] = constant[kTaps / 4][kTaps % 4];
#endif

  const int left = int(column * kStrideWidth) - int(p.pad_left);
  int y = int(row * kStrideHeight) - int(p.pad_top);
  int index = (int(in_plane * p.in_height) + y) * int(p.in_width) + left;
  [[unroll]] for (uint in_row = 0; in_row < kInRows; ++in_row) {
    const bool row_inside = uint(y) < p.in_height;
    [[unroll]] for (uint kx = 0; kx < kKernelWidth; ++kx) {
      const bool inside = row_inside && uint(left + int(kx)) < p.in_width;
      const float fetched = texelFetch(src, inside ? index + int(kx) : 0).x;
      const float value = inside ? fetched : outside;
      [[unroll]] for (uint r = 0; r < kRows; ++r) {
        if (in_row >= r * kStrideHeight && in_row < r * kStrideHeight + kKernelHeight) {
#ifdef MAXIMUM
          sums[r] = value > sums[r] ? value : sums[r];
#else
          const uint tap = (in_row - r * kStrideHeight) * kKernelWidth + kx;
          sums[r] = fma(constant[tap / 4][tap % 4], value, sums[r]);
#endif
        }
      }
    }
    ++y;
    index += int(p.in_width);
  }

  uint at = (plane * p.out_height + row) * p.out_width + column;
  [[unroll]] for (uint r = 0; r < kRows; ++r) {
    if (row + r < p.out_height) {
      float value = sums[r];
#ifndef MAXIMUM
      if (kThird == 1) value += third.data[at];
      if (kThird == 2 && (p.flags & FLAG_EXTRA) != 0) third.data[at] = value;
      value = Activate(value, p.low, p.high);
#endif
      dst.data[at] = value;
    }
    at += p.out_width;
  }
}
