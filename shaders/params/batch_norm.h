// Push constants of ops/batch_norm.comp.
#ifndef VIGIL_SHADERS_PARAMS_BATCH_NORM_H_
#define VIGIL_SHADERS_PARAMS_BATCH_NORM_H_

#include "params/types.h"

PARAMS_BEGIN
struct BatchNormParams {
  uint elements;
  uint channels;
  uint plane;  // elements of one channel of one sample
};
PARAMS_END(BatchNormParams)

#endif  // VIGIL_SHADERS_PARAMS_BATCH_NORM_H_
