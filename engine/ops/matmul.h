// MatMul, ONNX 1-13: numpy's matmul.
#ifndef VIGIL_ENGINE_OPS_MATMUL_H_
#define VIGIL_ENGINE_OPS_MATMUL_H_

#include <cstdint>

#include "engine/ops/iterate.h"

namespace vigil {

// Inputs: a [..., M, K], b [..., K, N], the dimensions in front broadcast. A vector a is one row, a
// vector b one column, and the output loses that dimension.
struct MatMulAttrs {};

// The product as matrices. A stride of 0 repeats a matrix.
struct MatMulSizes {
  std::int64_t rows = 1, depth = 1, columns = 1;
  Shape batch;                   // the dimensions in front, of the output
  Strides a_batch{}, b_batch{};  // elements a step along each of them
};
// REQUIRES: the shape rule accepts a and b.
MatMulSizes SizesOf(const Shape& a, const Shape& b);

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_MATMUL_H_
