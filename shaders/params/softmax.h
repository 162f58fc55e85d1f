// Push constants of ops/softmax.comp.
#ifndef VIGIL_SHADERS_PARAMS_SOFTMAX_H_
#define VIGIL_SHADERS_PARAMS_SOFTMAX_H_

#include "params/types.h"

PARAMS_BEGIN
struct SoftmaxParams {
  uint rows;         // outer * inner
  uint axis_length;  // along the axis
  uint inner;        // stride along the axis
};
PARAMS_END(SoftmaxParams)

#endif  // VIGIL_SHADERS_PARAMS_SOFTMAX_H_
