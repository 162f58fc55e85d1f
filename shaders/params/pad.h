// Push constants of ops/pad.comp. The part of the input that negative pads leave is what is padded.
#ifndef VIGIL_SHADERS_PARAMS_PAD_H_
#define VIGIL_SHADERS_PARAMS_PAD_H_

#include "params/types.h"

PARAMS_BEGIN
struct PadParams {
  uint elements;
  uint dims[6];      // of the output, ones in front
  uint in_steps[6];  // of the input's dimensions
  uint lengths[6];   // of what is left of the input, ones in front
  uint begins[6];    // elements in front of it
  uint start;        // where it starts in the input
  float value;
};
PARAMS_END(PadParams)

#endif  // VIGIL_SHADERS_PARAMS_PAD_H_
