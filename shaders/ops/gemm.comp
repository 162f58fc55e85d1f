// out[rows, columns] = alpha * a * b + bias, with free strides for both operands.
// An invocation computes kRows rows of one column, so each value of b that it loads serves kRows
// products; values of a are the same for the whole workgroup, which covers local size columns.
#version 450

#include "params/gemm.h"
layout(push_constant) uniform Push { GemmParams p; };

#include "common/epilogue.glsl"
#include "common/grid.glsl"

layout(constant_id = 4) const uint kRows = 4;

READ_BUFFER(0, STORAGE, a)
READ_BUFFER(1, WEIGHT, constants)  // b, then the bias times beta

void main() {
  const uint workgroup = WorkgroupIndex();
  const uint first_row = workgroup / p.column_blocks * kRows;
  const uint column = (workgroup % p.column_blocks) * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
  if (first_row >= p.rows || column >= p.columns) return;

  uint a_index[kRows];
  float sums[kRows];
  for (uint r = 0; r < kRows; ++r) {
    a_index[r] = min(first_row + r, p.rows - 1) * p.a_row_stride;
    sums[r] = 0.0;
  }
  uint b_index = column * p.b_column_stride;
  for (uint k = 0; k < p.depth; ++k) {
    const float b = LOAD(constants, b_index);
    for (uint r = 0; r < kRows; ++r) {
      sums[r] = fma(LOAD(a, a_index[r]), b, sums[r]);
      a_index[r] += p.a_depth_stride;
    }
    b_index += p.b_depth_stride;
  }

  for (uint r = 0; r < kRows; ++r) {
    const uint row = first_row + r;
    if (row >= p.rows) return;
    float value = p.alpha * sums[r];
    if ((p.flags & FLAG_BIAS) != 0) {
      value += LOAD(constants, p.bias_offset + row * p.bias_row_stride +
                                   column * p.bias_column_stride);
    }
    StoreWithEpilogue(row * p.columns + column, value);
  }
}
