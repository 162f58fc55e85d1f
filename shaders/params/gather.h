// Push constants of ops/gather.comp.
#ifndef VIGIL_SHADERS_PARAMS_GATHER_H_
#define VIGIL_SHADERS_PARAMS_GATHER_H_

#include "params/types.h"

PARAMS_BEGIN
struct GatherParams {
  uint elements;  // of the output
  uint inner;     // elements below the axis
  uint count;     // of indices
  uint size;      // of the input along the axis
};
PARAMS_END(GatherParams)

#endif  // VIGIL_SHADERS_PARAMS_GATHER_H_
