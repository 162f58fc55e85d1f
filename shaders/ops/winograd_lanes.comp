// Convolution of 3 x 3 without stride by Winograd's F(2 x 2, 3 x 3) or F(4 x 4, 3 x 3), on devices
// with lanes (common/lanes.glsl): 16 products for a tile of 2 x 2 outputs where sums as they stand
// take 36, or 36 where they take 144.
// A lane computes kVectors output channels of kGroup tiles. For each of a tile's values it sums the
// products with the input channels, as ops/pointwise_lanes.comp, and adds that into the tile's
// outputs: A^T m A, one row of m after the other. The values m are never stored.
#version 450
#extension GL_EXT_control_flow_attributes : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_shuffle : require

#include "params/winograd_lanes.h"
layout(push_constant) uniform Push { WinogradLanesParams p; };

#define THIRD_ID 4
#include "common/lanes.glsl"
#include "common/storage.glsl"

layout(constant_id = 5) const uint kLanes = 8;  // invocations of a subgroup
layout(constant_id = 6) const uint kTile = 2;   // or 4: outputs along its side
layout(constant_id = 7) const uint kVectors = 4;
layout(constant_id = 8) const uint kGroup = 8;  // tiles
layout(constant_id = 9) const uint kWhole = 0;  // 1: no tile and no group of tiles overhangs

FETCH_BUFFER(0, src)  // ops/winograd_input_lanes.comp's: four channels a texel
// [block][value][channel quad][kVectors][kLanes] of four inputs each, then the bias
// [block][kVectors][kLanes] in x.
FETCH_BUFFER(1, constants)
READ_WRITE_BUFFER(2, float, third)
WRITE_BUFFER(3, float, dst)

const uint kSide = kTile + 2;  // of m
const uint kSums = kVectors * kGroup;
const uint kFetches = (kGroup + kLanes - 1) / kLanes;
const uint kQuads = kLanes / 4;  // of input channels a step

// Column f of A^T: the powers of the f'th of the points 0, 1, -1, 2, -2, and the last row's unit.
float[4] Column(uint f) {
  const float point = (f == 0 ? 0.0 : f < 3 ? 1.0 : 2.0) * (f % 2 == 0 ? -1.0 : 1.0);
  const bool last = f == kSide - 1;
  float power = last ? 0.0 : 1.0;
  float column[4];
  [[unroll]] for (uint y = 0; y < kTile; ++y) {
    column[y] = last && y == kTile - 1 ? 1.0 : power;
    power *= point;
  }
  return column;
}

void main() {
  const uint unit = UNIT_INDEX;
  if (unit >= p.units) return;
  const uint lane = gl_SubgroupInvocationID;
  const uint block = Quotient(unit, p.tile_groups);
  const uint first = (unit - block * p.tile_groups) * kGroup;

  float outs[kTile * kTile * kSums];
  [[unroll]] for (uint v = 0; v < kVectors; ++v) {
    const float bias =
        texelFetch(constants, int(p.bias_offset + (block * kVectors + v) * kLanes + lane)).x;
    [[unroll]] for (uint o = 0; o < kTile * kTile; ++o) {
      [[unroll]] for (uint j = 0; j < kGroup; ++j) outs[o * kSums + v * kGroup + j] = bias;
    }
  }

  int weight = int(block * p.steps * (kSide * kSide * kQuads * kVectors * kLanes) + lane);
  int index[kFetches];
  [[unroll]] for (uint f = 0; f < kFetches; ++f) {
    index[f] = int(min(first + f * kLanes + lane, p.part_tiles - 1));
  }
  for (uint row = 0; row < kSide; ++row) {
    float row_outs[kTile * kSums];  // of m A
    [[unroll]] for (uint s = 0; s < kTile * kSums; ++s) row_outs[s] = 0.0;
    for (uint column = 0; column < kSide; ++column) {
      float sums[kSums];
      [[unroll]] for (uint s = 0; s < kSums; ++s) sums[s] = 0.0;
      for (uint step = 0; step < p.steps; ++step) {
        [[unroll]] for (uint quad = 0; quad < kQuads; ++quad) {
          vec4 values[kFetches];
          [[unroll]] for (uint f = 0; f < kFetches; ++f) {
            values[f] = texelFetch(src, index[f]);
            index[f] += int(p.part_tiles);
          }
          vec4 weights[kVectors];
          [[unroll]] for (uint v = 0; v < kVectors; ++v) {
            weights[v] = texelFetch(constants, weight);
            weight += int(kLanes);
          }
          [[unroll]] for (uint k = 0; k < 4; ++k) {
            [[unroll]] for (uint j = 0; j < kGroup; ++j) {
              const float value = subgroupShuffle(values[j / kLanes][k], j % kLanes);
              [[unroll]] for (uint v = 0; v < kVectors; ++v) {
                sums[v * kGroup + j] = fma(weights[v][k], value, sums[v * kGroup + j]);
              }
            }
          }
        }
      }
      const float factors[4] = Column(column);
      [[unroll]] for (uint x = 0; x < kTile; ++x) {
        [[unroll]] for (uint s = 0; s < kSums; ++s) {
          row_outs[x * kSums + s] = fma(factors[x], sums[s], row_outs[x * kSums + s]);
        }
      }
    }
    const float factors[4] = Column(row);
    [[unroll]] for (uint y = 0; y < kTile; ++y) {
      [[unroll]] for (uint s = 0; s < kTile * kSums; ++s) {
        outs[y * kTile * kSums + s] =
            fma(factors[y], row_outs[s], outs[y * kTile * kSums + s]);
      }
    }
  }

  uint places[kGroup];  // of the tiles' first outputs in a plane of the sample's first channel
  uint tops[kGroup], lefts[kGroup];
  [[unroll]] for (uint j = 0; j < kGroup; ++j) {
    const uint tile = p.first_tile + first + j;
    const uint tile_row = Quotient(tile, p.tile_columns);
    const uint sample_index = Quotient(tile_row, p.tile_rows);
    tops[j] = (tile_row - sample_index * p.tile_rows) * kTile;
    lefts[j] = (tile - tile_row * p.tile_columns) * kTile;
    places[j] = (sample_index * p.out_channels * p.out_height + tops[j]) * p.out_width + lefts[j];
  }
  const uint plane = p.out_height * p.out_width;
  const uint channel = block * (kVectors * kLanes) + lane;
  // One output of all tiles after the other, always from the same place, to which the others move
  // up: so the stores, each a loop over the lanes, stand here once and not kTile * kTile times.
  for (uint y = 0; y < p.side; ++y) {
    for (uint x = 0; x < p.side; ++x) {
      const uint offset = channel * plane + y * p.out_width + x;
      [[unroll]] for (uint j = 0; j < kGroup; ++j) {
        const bool tile_inside = first + j < p.part_tiles && tops[j] + y < p.out_height &&
                                 lefts[j] + x < p.out_width;
        [[unroll]] for (uint v = 0; v < kVectors; ++v) {
          if (kWhole != 0 || (tile_inside && channel + v * kLanes < p.out_channels)) {
            const uint at = places[j] + offset + v * kLanes * plane;
            float value = outs[v * kGroup + j];
            if (kThird == 1) value += third.data[at];
            if (kThird == 2 && (p.flags & FLAG_EXTRA) != 0) third.data[at] = value;
            dst.data[at] = Activate(value, p.low, p.high);
          }
        }
      }
      [[unroll]] for (uint s = 0; s < (kTile - 1) * kSums; ++s) outs[s] = outs[s + kSums];
    }
    [[unroll]] for (uint s = 0; s < (kTile - 1) * kTile * kSums; ++s) {
      outs[s] = outs[s + kTile * kSums];
    }
  }
}
