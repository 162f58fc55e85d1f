// Direct convolution, any kernel, stride, dilation, padding and groups, on lanes
// (common/lanes.glsl).
// A lane computes kVectors output channels of kRows x kColumns pixels. A step does kLanes products
// for each of these sums: a lane fetches the values of one of the step's inputs (a channel and a
// place in the window) for all pixels, and the weights of all inputs for its own channels, and
// shuffles hand the values to all lanes.
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
layout(constant_id = 7) const uint kRows = 1;
layout(constant_id = 8) const uint kColumns = 8;
layout(constant_id = 9) const uint kInside = 0;  // 1: no window reaches beyond the input
layout(constant_id = 10) const uint kWhole = 0;  // 1: the tiles cover the output exactly

const uint kPixels = kRows * kColumns;

FETCH_BUFFER(0, src)  // a float a texel
// Four floats a texel: for every input of a window its offset in src, row and column, then the
// weights [group block][step][kLanes / 4][kVectors][kLanes] of four inputs each, then the bias
// [group block][kVectors][kLanes] in x.
FETCH_BUFFER(1, constants)
READ_WRITE_BUFFER(2, float, third)
WRITE_BUFFER(3, float, dst)

void main() {
  const uint unit = UNIT_INDEX;
  if (unit >= p.units) return;
  const uint lane = gl_SubgroupInvocationID;
  const uint tile_row = Quotient(unit, p.tiles_across);
  const uint across = unit - tile_row * p.tiles_across;
  const uint above = Quotient(tile_row, p.tiles_down);
  const uint down = tile_row - above * p.tiles_down;
  const uint block = Quotient(above, p.samples);
  const uint sample_index = above - block * p.samples;
  const uint group = Quotient(block, p.group_blocks);
  const uint row = down * kRows;
  const uint column = across * kColumns;
  const int top = int(row * p.stride_height) - int(p.pad_top);
  const int left = int(column * p.stride_width) - int(p.pad_left);
  const int base = int(sample_index * p.in_sample + group * p.in_group) +
                   top * int(p.in_row) + left * int(p.in_column);
  const int row_step = int(p.stride_height * p.in_row);
  const int column_step = int(p.stride_width * p.in_column);

  float sums[kVectors * kPixels];
  [[unroll]] for (uint v = 0; v < kVectors; ++v) {
    const float bias =
        texelFetch(constants, int(p.bias_offset + (block * kVectors + v) * kLanes + lane)).x;
    [[unroll]] for (uint j = 0; j < kPixels; ++j) sums[v * kPixels + j] = bias;
  }

  int entry = int(lane);
  int weight = int(p.weights_offset + block * p.steps * (kLanes / 4 * kVectors * kLanes) + lane);
  for (uint step = 0; step < p.steps; ++step) {
    const vec4 place = texelFetch(constants, entry);
    entry += int(kLanes);
    int row_index = base + int(place.x);
    int y = top + int(place.y);
    float values[kPixels];
    [[unroll]] for (uint r = 0; r < kRows; ++r) {
      int index = row_index;
      int x = left + int(place.z);
      const bool row_inside = uint(y) < p.in_height;
      [[unroll]] for (uint c = 0; c < kColumns; ++c) {
        if (kInside != 0) {
          values[r * kColumns + c] = texelFetch(src, index).x;
        } else {
          const bool inside = row_inside && uint(x) < p.in_width;
          const float value = texelFetch(src, inside ? index : 0).x;
          values[r * kColumns + c] = inside ? value : 0.0;
        }
        index += column_step;
        x += int(p.stride_width);
      }
      row_index += row_step;
      y += int(p.stride_height);
    }
    [[unroll]] for (uint quad = 0; quad < kLanes / 4; ++quad) {
      vec4 weights[kVectors];
      [[unroll]] for (uint v = 0; v < kVectors; ++v) {
        weights[v] = texelFetch(constants, weight);
        weight += int(kLanes);
      }
      [[unroll]] for (uint k = 0; k < 4; ++k) {
        [[unroll]] for (uint j = 0; j < kPixels; ++j) {
          const float value = subgroupShuffle(values[j], quad * 4 + k);
          [[unroll]] for (uint v = 0; v < kVectors; ++v) {
            sums[v * kPixels + j] = fma(weights[v][k], value, sums[v * kPixels + j]);
          }
        }
      }
    }
  }

  [[unroll]] for (uint v = 0; v < kVectors; ++v) {
    const uint channel = ((block - group * p.group_blocks) * kVectors + v) * kLanes + lane;
    if (channel < p.group_out_channels) {
      const uint plane = sample_index * p.out_sample +
                         (group * p.group_out_channels + channel) * p.out_channel;
      [[unroll]] for (uint r = 0; r < kRows; ++r) {
        [[unroll]] for (uint c = 0; c < kColumns; ++c) {
          if (kWhole != 0 || (row + r < p.out_height && column + c < p.out_width)) {
            const uint index =
                plane + (row + r) * p.out_row + (column + c) * p.out_column;
            float value = sums[v * kPixels + r * kColumns + c];
            if (kThird == 1) value += third.data[index];
            if (kThird == 2 && (p.flags & FLAG_EXTRA) != 0) third.data[index] = value;
            dst.data[index] = Activate(value, p.low, p.high);
          }
        }
      }
    }
  }
}
