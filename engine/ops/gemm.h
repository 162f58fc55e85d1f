// Gemm, ONNX 1-13: the fully connected layer.
#ifndef VIGIL_ENGINE_OPS_GEMM_H_
#define VIGIL_ENGINE_OPS_GEMM_H_

#include "engine/ops/epilogue.h"

namespace vigil {

// Inputs: a [M, K] ([K, M] where trans_a); b [K, N] ([N, K] where trans_b); c where has_bias,
// broadcast to [M, N]; the residual [M, N] where epilogue.residual. Output [M, N] = alpha * a * b +
// beta * c.
struct GemmAttrs {
  float alpha = 1.0f, beta = 1.0f;
  bool trans_a = false, trans_b = false;
  bool has_bias = false;
  Epilogue epilogue;
};

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_GEMM_H_
