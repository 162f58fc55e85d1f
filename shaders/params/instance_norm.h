// Push constants of ops/instance_norm.comp.
#ifndef VIGIL_SHADERS_PARAMS_INSTANCE_NORM_H_
#define VIGIL_SHADERS_PARAMS_INSTANCE_NORM_H_

#include "params/types.h"

PARAMS_BEGIN
struct InstanceNormParams {
  uint planes;
  uint channels;
  uint plane;  // elements of one
  float epsilon;
};
PARAMS_END(InstanceNormParams)

#endif  // VIGIL_SHADERS_PARAMS_INSTANCE_NORM_H_
