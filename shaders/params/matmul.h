// Push constants of ops/matmul.comp. Strides are in elements, 0 where something repeats; batch
// dimensions have ones in front.
#ifndef VIGIL_SHADERS_PARAMS_MATMUL_H_
#define VIGIL_SHADERS_PARAMS_MATMUL_H_

#include "params/types.h"

PARAMS_BEGIN
struct MatMulParams {
  uint rows;
  uint columns;
  uint depth;
  uint row_blocks;     // workgroups along the rows
  uint column_blocks;  // ... and along the columns
  uint matrices;
  uint a_row_stride;
  uint a_depth_stride;
  uint b_depth_stride;
  uint b_column_stride;
  uint c_row_stride;
  uint c_column_stride;
  uint batch_dims[4];
  uint a_batch_strides[4];
  uint b_batch_strides[4];
  float alpha;
  float beta;  // 0: c is not read
  float low;
  float high;
};
PARAMS_END(MatMulParams)

#endif  // VIGIL_SHADERS_PARAMS_MATMUL_H_
