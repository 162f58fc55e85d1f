// Push constants of ops/pad.comp.
#ifndef VIGIL_SHADERS_PARAMS_PAD_H_
#define VIGIL_SHADERS_PARAMS_PAD_H_

#include "params/types.h"

PARAMS_BEGIN
struct PadParams {
  uint elements;
  uint dims[6];     // of the output, ones in front
  uint in_dims[6];  // of the input, ones in front
  uint begins[6];
  float value;
};
PARAMS_END(PadParams)

#endif  // VIGIL_SHADERS_PARAMS_PAD_H_
