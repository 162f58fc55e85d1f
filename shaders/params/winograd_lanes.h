// Push constants of ops/winograd_input_lanes.comp and ops/winograd_lanes.comp. Tiles are numbered
// through the samples, row by row; both work on `part_tiles` of them from `first_tile`.
#ifndef VIGIL_SHADERS_PARAMS_WINOGRAD_LANES_H_
#define VIGIL_SHADERS_PARAMS_WINOGRAD_LANES_H_

#include "params/types.h"

PARAMS_BEGIN
struct WinogradInputParams {
  uint invocations;  // tiles times channel quads
  uint first_tile;
  uint part_tiles;
  uint tile_rows;  // of a sample
  uint tile_columns;
  uint channel_quads;
  uint in_height;
  uint in_width;
  uint pad_top;
  uint pad_left;
  uint last_texel;  // of the input
};
PARAMS_END(WinogradInputParams)

PARAMS_BEGIN
struct WinogradLanesParams {
  uint units;  // groups of tiles times blocks of output channels
  uint tile_groups;
  uint first_tile;
  uint part_tiles;
  uint tile_rows;
  uint tile_columns;
  uint side;   // of a tile: a loop of as many turns that is not unrolled
  uint steps;  // of as many input channels as there are lanes
  uint out_channels;
  uint out_height;
  uint out_width;
  uint bias_offset;  // in texels of the constants
  uint flags;
  float low;
  float high;
};
PARAMS_END(WinogradLanesParams)

#endif  // VIGIL_SHADERS_PARAMS_WINOGRAD_LANES_H_
