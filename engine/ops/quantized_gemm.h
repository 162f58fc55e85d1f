// QLinearMatMul, ONNX 10-21, and MatMulInteger, ONNX 10; also what DequantizeLinear, Gemm and
// QuantizeLinear become (graph/fuse_quantized.h).
#ifndef VIGIL_ENGINE_OPS_QUANTIZED_GEMM_H_
#define VIGIL_ENGINE_OPS_QUANTIZED_GEMM_H_

#include "engine/ops/requantize.h"

namespace vigil {

// Inputs: a [..., M, K] and b [..., K, N], each int8 or uint8, rank 2 to 6, whose leading
// dimensions broadcast; bias [N], int32, where product.has_bias. With trans_b, b is [N, K] and both
// have rank 2. Output [..., M, N] of product.type. An output channel is a column. All arithmetic is
// in integers: every backend gives the same bits.
struct QGemmAttrs {
  bool trans_b = false;
  QuantizedProduct product;
};

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_QUANTIZED_GEMM_H_
