// Push constants of ops/pool.comp.
#ifndef VIGIL_SHADERS_PARAMS_POOL_H_
#define VIGIL_SHADERS_PARAMS_POOL_H_

#include "params/types.h"

PARAMS_BEGIN
struct PoolParams {
  uint elements;  // of the output
  uint in_height;
  uint in_width;
  uint out_height;
  uint out_width;
  uint kernel_height;
  uint kernel_width;
  uint stride_height;
  uint stride_width;
  uint pad_top;
  uint pad_left;
  uint pad_bottom;
  uint pad_right;
  uint dilation_height;
  uint dilation_width;
  uint count_include_pad;
};
PARAMS_END(PoolParams)

#endif  // VIGIL_SHADERS_PARAMS_POOL_H_
