// Push constants of ops/conv_lanes.comp and ops/pointwise_lanes.comp. Sizes and strides are in
// elements of their tensor.
#ifndef VIGIL_SHADERS_PARAMS_CONV_LANES_H_
#define VIGIL_SHADERS_PARAMS_CONV_LANES_H_

#include "params/types.h"

PARAMS_BEGIN
struct ConvLanesParams {
  uint units;  // tiles of all samples times blocks of output channels of all groups
  uint samples;
  uint tiles_down;
  uint tiles_across;
  uint in_height;
  uint in_width;
  uint in_sample;  // stride from a sample to the next
  uint in_group;
  uint in_row;
  uint in_column;
  uint out_height;
  uint out_width;
  uint out_sample;
  uint out_channel;
  uint out_row;
  uint out_column;
  uint stride_height;
  uint stride_width;
  uint pad_top;
  uint pad_left;
  uint group_blocks;
  uint group_out_channels;
  uint steps;           // of kLanes products each
  uint weights_offset;  // in texels of the constants, as is the next
  uint bias_offset;
  uint flags;
  float low;
  float high;
};
PARAMS_END(ConvLanesParams)

#endif  // VIGIL_SHADERS_PARAMS_CONV_LANES_H_
