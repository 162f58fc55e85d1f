// Push constants of ops/resize.comp. The output is [outer, a_out, middle, b_out, inner], of which
// a and b are resized.
#ifndef VIGIL_SHADERS_PARAMS_RESIZE_H_
#define VIGIL_SHADERS_PARAMS_RESIZE_H_

#include "params/types.h"

PARAMS_BEGIN
struct ResizeParams {
  uint elements;  // of the output
  uint a_in;
  uint a_out;
  uint a_taps;  // input elements for each output element
  uint middle;
  uint b_in;
  uint b_out;
  uint b_taps;
  uint b_table;  // where b's part of the table starts; a's starts at 0
  uint inner;
  float extrapolation;
};
PARAMS_END(ResizeParams)

// In the table instead of an index: the output element lies outside the input.
#define RESIZE_OUTSIDE 0xffffffffu

#endif  // VIGIL_SHADERS_PARAMS_RESIZE_H_
