// Push constants of ops/gemm.comp.
#ifndef VIGIL_SHADERS_PARAMS_GEMM_H_
#define VIGIL_SHADERS_PARAMS_GEMM_H_

#include "params/types.h"

PARAMS_BEGIN
struct GemmParams {
  uint rows;
  uint columns;
  uint depth;
  uint a_row_stride;
  uint a_depth_stride;
  uint b_depth_stride;
  uint b_column_stride;
  uint bias_offset;         // in floats of the constants buffer
  uint bias_row_stride;     // 0 where the bias is the same for every row
  uint bias_column_stride;  // 0 where the bias is the same for every column
  uint column_blocks;       // workgroups along the columns
  uint flags;               // FLAG_BIAS too
  float alpha;
  float low;
  float high;
};
PARAMS_END(GemmParams)

#endif  // VIGIL_SHADERS_PARAMS_GEMM_H_
