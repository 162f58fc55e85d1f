// Push constants of ops/unary.comp.
#ifndef VIGIL_SHADERS_PARAMS_UNARY_H_
#define VIGIL_SHADERS_PARAMS_UNARY_H_

#include "params/types.h"

PARAMS_BEGIN
struct UnaryParams {
  uint elements;
  float low;
  float high;
};
PARAMS_END(UnaryParams)

#endif  // VIGIL_SHADERS_PARAMS_UNARY_H_
