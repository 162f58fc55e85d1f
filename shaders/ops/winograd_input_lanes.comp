// The input of a 3 x 3 convolution as ops/winograd_lanes.comp reads it, on devices with lanes
// (common/lanes.glsl): Winograd's F(2 x 2, 3 x 3) or F(4 x 4, 3 x 3), the values B^T d B of the
// inputs d that a tile of 2 x 2 or 4 x 4 outputs reads (Lavin and Gray, 2015).
// An invocation computes a tile's values of four channels, and stores each value's four at once.
// Neighbours of a row are two or three texels, wherever in them they begin.
#version 450
#extension GL_EXT_control_flow_attributes : require

#include "params/winograd_lanes.h"
layout(push_constant) uniform Push { WinogradInputParams p; };

#include "common/lanes.glsl"
#include "common/storage.glsl"

layout(constant_id = 4) const uint kTile = 2;  // or 4
// Where in its texel a row of d begins: 0 or 1 where that is even or odd everywhere, 2 where it is
// both.
layout(constant_id = 5) const uint kParity = 2;

FETCH_BUFFER(0, src)  // four floats a texel
WRITE_BUFFER(1, vec4, dst)  // [value][channel quad][tile]

const uint kSide = kTile + 2;  // of d
const uint kMostSide = 6;
const uint kTexels = kTile == 2 ? 2 : 3;

// The floats from `index` on, as many as d is wide; those outside of the tensor are anything.
float[kMostSide] RowFrom(int index) {
  const int texel = index >> 2;
  const bool two = (index & 2) != 0;
  vec4 texels[3];
  [[unroll]] for (uint t = 0; t < kTexels; ++t) {
    texels[t] = texelFetch(src, clamp(texel + int(t), 0, int(p.last_texel)));
  }
  float even[kMostSide + 1], row[kMostSide];  // from the even place that is no later
  [[unroll]] for (uint x = 0; x < kSide + 1; ++x) {
    const uint later = x + 2;
    const float as_late = later / 4 < kTexels ? texels[later / 4][later % 4] : 0.0;
    even[x] = two ? as_late : texels[x / 4][x % 4];
  }
  const bool odd = kParity == 2 ? (index & 1) != 0 : kParity == 1;
  [[unroll]] for (uint x = 0; x < kSide; ++x) row[x] = odd ? even[x + 1] : even[x];
  return row;
}

// B^T x.
float[kMostSide] Transformed(float x[kMostSide]) {
  float y[kMostSide];
  if (kTile == 2) {
    y[0] = x[0] - x[2];
    y[1] = x[1] + x[2];
    y[2] = x[2] - x[1];
    y[3] = x[3] - x[1];
  } else {
    const float a = x[4] - 4.0 * x[2], b = x[3] - 4.0 * x[1];
    const float c = x[4] - x[2], d = 2.0 * (x[3] - x[1]);
    y[0] = 4.0 * x[0] - 5.0 * x[2] + x[4];
    y[1] = a + b;
    y[2] = a - b;
    y[3] = c + d;
    y[4] = c - d;
    y[5] = 4.0 * x[1] - 5.0 * x[3] + x[5];
  }
  return y;
}

void main() {
  const uint i = InvocationIndex();
  if (i >= p.invocations) return;
  const uint quad = Quotient(i, p.part_tiles);
  const uint tile = p.first_tile + i - quad * p.part_tiles;
  const uint tile_row = Quotient(tile, p.tile_columns);
  const uint sample_index = Quotient(tile_row, p.tile_rows);
  const int top = int((tile_row - sample_index * p.tile_rows) * kTile) - int(p.pad_top);
  const int left = int((tile - tile_row * p.tile_columns) * kTile) - int(p.pad_left);
  const int plane = int(p.in_height * p.in_width);
  int index = int(sample_index * p.channel_quads + quad) * 4 * plane + top * int(p.in_width) + left;

  vec4 values[kMostSide * kMostSide];
  [[unroll]] for (uint c = 0; c < 4; ++c) {
    float rows[kMostSide][kMostSide];  // of d B
    [[unroll]] for (uint r = 0; r < kSide; ++r) {
      const bool row_inside = uint(top + int(r)) < p.in_height;
      float row[kMostSide] = RowFrom(index + int(r) * int(p.in_width));
      [[unroll]] for (uint x = 0; x < kSide; ++x) {
        row[x] = row_inside && uint(left + int(x)) < p.in_width ? row[x] : 0.0;
      }
      rows[r] = Transformed(row);
    }
    [[unroll]] for (uint x = 0; x < kSide; ++x) {
      float column[kMostSide];
      [[unroll]] for (uint r = 0; r < kSide; ++r) column[r] = rows[r][x];
      column = Transformed(column);
      [[unroll]] for (uint r = 0; r < kSide; ++r) values[r * kSide + x][c] = column[r];
    }
    index += plane;
  }
  uint at = i;
  [[unroll]] for (uint v = 0; v < kSide * kSide; ++v) {
    dst.data[at] = values[v];
    at += p.invocations;
  }
}
