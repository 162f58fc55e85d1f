// Push constants of ops/global_pool.comp.
#ifndef VIGIL_SHADERS_PARAMS_GLOBAL_POOL_H_
#define VIGIL_SHADERS_PARAMS_GLOBAL_POOL_H_

#include "params/types.h"

PARAMS_BEGIN
struct GlobalPoolParams {
  uint planes;
  uint plane;  // elements of one
};
PARAMS_END(GlobalPoolParams)

#endif  // VIGIL_SHADERS_PARAMS_GLOBAL_POOL_H_
