// Push constants of ops/lrn.comp.
#ifndef VIGIL_SHADERS_PARAMS_LRN_H_
#define VIGIL_SHADERS_PARAMS_LRN_H_

#include "params/types.h"

PARAMS_BEGIN
struct LrnParams {
  uint elements;
  uint channels;
  uint plane;   // elements of one channel of one sample
  uint before;  // channels of the window before its own ...
  uint behind;  // ... and behind
  float factor;
  float beta;
  float bias;
};
PARAMS_END(LrnParams)

#endif  // VIGIL_SHADERS_PARAMS_LRN_H_
