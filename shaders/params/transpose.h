// Push constants of ops/transpose.comp.
#ifndef VIGIL_SHADERS_PARAMS_TRANSPOSE_H_
#define VIGIL_SHADERS_PARAMS_TRANSPOSE_H_

#include "params/types.h"

PARAMS_BEGIN
struct TransposeParams {
  uint elements;
  uint dims[6];        // of the output, ones in front
  uint in_strides[6];  // of the input dimension that each output dimension is
};
PARAMS_END(TransposeParams)

#endif  // VIGIL_SHADERS_PARAMS_TRANSPOSE_H_
