// Push constants of ops/depthwise_lanes.comp and ops/depthwise_quads_lanes.comp.
#ifndef VIGIL_SHADERS_PARAMS_DEPTHWISE_LANES_H_
#define VIGIL_SHADERS_PARAMS_DEPTHWISE_LANES_H_

#include "params/types.h"

PARAMS_BEGIN
struct DepthwiseLanesParams {
  uint invocations;
  uint across;  // invocations along a row
  uint down;    // tiles of rows
  uint out_channels;
  uint channels_a_group;  // of the output; the input has one
  uint in_height;
  uint in_width;  // this and out_width in texels where a texel is four pixels
  uint out_height;
  uint out_width;
  uint pad_top;
  uint pad_left;
  uint flags;
  float low;
  float high;
};
PARAMS_END(DepthwiseLanesParams)

#endif  // VIGIL_SHADERS_PARAMS_DEPTHWISE_LANES_H_
