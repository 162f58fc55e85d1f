// Push constants of ops/copy.comp. Numbers wrap: a step back is 2^32 less one forward.
#ifndef VIGIL_SHADERS_PARAMS_COPY_H_
#define VIGIL_SHADERS_PARAMS_COPY_H_

#include "params/types.h"

PARAMS_BEGIN
struct CopyParams {
  uint elements;
  uint rank;     // dimensions in use, the first `rank` below
  uint dims[6];  // of what is copied
  uint from_start;
  uint from_steps[6];
  uint to_start;
  uint to_steps[6];
};
PARAMS_END(CopyParams)

#endif  // VIGIL_SHADERS_PARAMS_COPY_H_
