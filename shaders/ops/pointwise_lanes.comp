// Convolution with windows of 1 x 1 and no stride over planes of whole texels, on lanes
// (common/lanes.glsl): as ops/conv_lanes.comp, with four neighbouring pixels a fetch and a store.
// A lane computes kVectors output channels of 4 * kQuads pixels.
#version 450
#extension GL_EXT_control_flow_attributes : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_shuffle : require

#include "params/conv_lanes.h"
layout(push_constant) uniform Push { ConvLanesParams p; };

#define THIRD_ID 4
#include "common/lanes.glsl"
#include "common/storage.glsl"

layout(constant_id = 5) const uint kLanes = 8;  // invocations of a subgroup
layout(constant_id = 6) const uint kVectors = 4;
layout(constant_id = 7) const uint kQuads = 2;
layout(constant_id = 8) const uint kInside = 0;  // 1: tiles cover the plane, steps the channels

FETCH_BUFFER(0, src)  // four pixels a texel
// [block][step][kLanes / 4][kVectors][kLanes] of four inputs each, then the bias
// [block][kVectors][kLanes] in x.
FETCH_BUFFER(1, constants)
READ_WRITE_BUFFER(2, vec4, third)
WRITE_BUFFER(3, vec4, dst)

// Strides and widths are those of the host's divided by 4: a row is a whole plane.
void main() {
  const uint unit = UNIT_INDEX;
  if (unit >= p.units) return;
  const uint lane = gl_SubgroupInvocationID;
  const uint above = Quotient(unit, p.tiles_across);
  const uint first = (unit - above * p.tiles_across) * kQuads;
  const uint block = Quotient(above, p.samples);
  const uint sample_index = above - block * p.samples;

  vec4 sums[kVectors * kQuads];
  [[unroll]] for (uint v = 0; v < kVectors; ++v) {
    const float bias =
        texelFetch(constants, int(p.bias_offset + (block * kVectors + v) * kLanes + lane)).x;
    [[unroll]] for (uint q = 0; q < kQuads; ++q) sums[v * kQuads + q] = vec4(bias);
  }

  uint channel = lane;
  int index = int(sample_index * p.in_sample + lane * p.in_row + first);
  int weight = int(p.weights_offset + block * p.steps * (kLanes / 4 * kVectors * kLanes) + lane);
  for (uint step = 0; step < p.steps; ++step) {
    vec4 values[kQuads];
    [[unroll]] for (uint q = 0; q < kQuads; ++q) {
      if (kInside != 0) {
        values[q] = texelFetch(src, index + int(q));
      } else {
        const bool inside = channel < p.in_height && first + q < p.in_width;
        const vec4 value = texelFetch(src, inside ? index + int(q) : 0);
        values[q] = inside ? value : vec4(0.0);
      }
    }
    channel += kLanes;
    index += int(kLanes * p.in_row);
    [[unroll]] for (uint quad = 0; quad < kLanes / 4; ++quad) {
      vec4 weights[kVectors];
      [[unroll]] for (uint v = 0; v < kVectors; ++v) {
        weights[v] = texelFetch(constants, weight);
        weight += int(kLanes);
      }
      [[unroll]] for (uint k = 0; k < 4; ++k) {
        [[unroll]] for (uint q = 0; q < kQuads; ++q) {
          const vec4 value = subgroupShuffle(values[q], quad * 4 + k);
          [[unroll]] for (uint v = 0; v < kVectors; ++v) {
            sums[v * kQuads + q] = fma(vec4(weights[v][k]), value, sums[v * kQuads + q]);
          }
        }
      }
    }
  }

  [[unroll]] for (uint v = 0; v < kVectors; ++v) {
    const uint out_channel = (block * kVectors + v) * kLanes + lane;
    if (out_channel < p.group_out_channels) {
      [[unroll]] for (uint q = 0; q < kQuads; ++q) {
        if (kInside != 0 || first + q < p.out_width) {
          const uint at = sample_index * p.out_sample + out_channel * p.out_channel + first + q;
          vec4 value = sums[v * kQuads + q];
          if (kThird == 1) value += third.data[at];
          if (kThird == 2 && (p.flags & FLAG_EXTRA) != 0) third.data[at] = value;
          [[unroll]] for (uint i = 0; i < 4; ++i) value[i] = Activate(value[i], p.low, p.high);
          dst.data[at] = value;
        }
      }
    }
  }
}
