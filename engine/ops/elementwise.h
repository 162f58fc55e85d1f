// Element by element, one input or two.
#ifndef VIGIL_ENGINE_OPS_ELEMENTWISE_H_
#define VIGIL_ENGINE_OPS_ELEMENTWISE_H_

#include "engine/ops/epilogue.h"

namespace vigil {

// Relu 1-14, Clip 1-13 (bounds folded to attributes), Sigmoid 1-13, Identity, Dropout (identity but
// in training).
enum class UnaryKind { kRelu, kClip, kSigmoid, kIdentity, kDropout };

// One input and one output of the same description.
struct UnaryAttrs {
  UnaryKind kind = UnaryKind::kRelu;
  float alpha = 0.0f;  // Clip: low. Dropout: the ratio that training drops
  float beta = 0.0f;   // Clip: high
};

// Add 7-14, Mul 7-14: two inputs, broadcast as ONNX (numpy) does.
enum class BinaryKind { kAdd, kMul };

// The epilogue's activation may be fused; its residual is never set.
struct BinaryAttrs {
  BinaryKind kind = BinaryKind::kAdd;
  Epilogue epilogue;
};

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_ELEMENTWISE_H_
