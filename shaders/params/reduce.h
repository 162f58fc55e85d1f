// Push constants of ops/reduce.comp. Dimensions have ones in front, strides zeros.
#ifndef VIGIL_SHADERS_PARAMS_REDUCE_H_
#define VIGIL_SHADERS_PARAMS_REDUCE_H_

#include "params/types.h"

PARAMS_BEGIN
struct ReduceParams {
  uint outputs;
  uint count;         // elements behind one output
  uint kept_dims[6];  // the outputs, ...
  uint kept_strides[6];
  uint gone_dims[6];  // ... and what is behind each
  uint gone_strides[6];
};
PARAMS_END(ReduceParams)

#endif  // VIGIL_SHADERS_PARAMS_REDUCE_H_
