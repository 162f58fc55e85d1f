// Push constants of ops/binary.comp. Strides are 0 along dimensions that are broadcast.
#ifndef VIGIL_SHADERS_PARAMS_BINARY_H_
#define VIGIL_SHADERS_PARAMS_BINARY_H_

#include "params/types.h"

PARAMS_BEGIN
struct BinaryParams {
  uint elements;
  uint dims[6];  // of the output, ones in front
  uint a_strides[6];
  uint b_strides[6];
  float low;
  float high;
};
PARAMS_END(BinaryParams)

#endif  // VIGIL_SHADERS_PARAMS_BINARY_H_
