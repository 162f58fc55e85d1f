// out = activation(alpha * a * b + beta * c) for a batch of matrices, none of which need be constant.
// A workgroup does 16 rows of 16 columns, its 64 invocations four rows of one column each. Tiles of
// 16 by 16 of both operands go through shared memory, so that each element is loaded once a workgroup
// and not once an output.
#version 450

#include "params/matmul.h"
layout(push_constant) uniform Push { MatMulParams p; };

#include "common/activation.glsl"
#include "common/grid.glsl"
#include "common/storage.glsl"

READ_BUFFER(0, STORAGE, a)
READ_BUFFER(1, STORAGE, b)
READ_BUFFER(2, STORAGE, c)
WRITE_BUFFER(3, STORAGE, dst)

const uint kTile = 16;
const uint kRowsEach = 4;  // REQUIRES: local size x is kTile * kTile / kRowsEach

shared float a_tile[kTile][kTile];
shared float b_tile[kTile][kTile];

void main() {
  const uint workgroup = WorkgroupIndex();
  const uint column_block = workgroup % p.column_blocks;
  const uint row_block = workgroup / p.column_blocks % p.row_blocks;
  const uint matrix = workgroup / (p.column_blocks * p.row_blocks);
  if (matrix >= p.matrices) return;  // the same for the whole workgroup
  uint a_base = 0;
  uint b_base = 0;
  uint rest = matrix;
  for (int axis = 3; axis >= 0; --axis) {
    const uint at = rest % p.batch_dims[axis];
    rest /= p.batch_dims[axis];
    a_base += at * p.a_batch_strides[axis];
    b_base += at * p.b_batch_strides[axis];
  }

  const uint lane_column = gl_LocalInvocationID.x % kTile;
  const uint lane_row = gl_LocalInvocationID.x / kTile;
  const uint first_row = row_block * kTile;
  const uint first_column = column_block * kTile;
  float sums[kRowsEach];
  for (uint r = 0; r < kRowsEach; ++r) sums[r] = 0.0;
  for (uint start = 0; start < p.depth; start += kTile) {
    for (uint r = 0; r < kRowsEach; ++r) {
      const uint line = lane_row + r * (kTile / kRowsEach);
      const uint row = first_row + line;
      const uint a_depth = start + lane_column;
      a_tile[line][lane_column] =
          row < p.rows && a_depth < p.depth
              ? LOAD(a, a_base + row * p.a_row_stride + a_depth * p.a_depth_stride)
              : 0.0;
      const uint b_depth = start + line;
      const uint column = first_column + lane_column;
      b_tile[line][lane_column] =
          b_depth < p.depth && column < p.columns
              ? LOAD(b, b_base + b_depth * p.b_depth_stride + column * p.b_column_stride)
              : 0.0;
    }
    barrier();
    for (uint k = 0; k < kTile; ++k) {
      const float right = b_tile[k][lane_column];
      for (uint r = 0; r < kRowsEach; ++r) {
        sums[r] = fma(a_tile[lane_row + r * (kTile / kRowsEach)][k], right, sums[r]);
      }
    }
    barrier();
  }

  const uint column = first_column + lane_column;
  if (column >= p.columns) return;
  for (uint r = 0; r < kRowsEach; ++r) {
    const uint row = first_row + lane_row + r * (kTile / kRowsEach);
    if (row >= p.rows) return;
    float value = p.alpha * sums[r];
    if (p.beta != 0.0) {
      value += p.beta * LOAD(c, row * p.c_row_stride + column * p.c_column_stride);
    }
    STORE(dst, (matrix * p.rows + row) * p.columns + column, Activate(value, p.low, p.high));
  }
}
