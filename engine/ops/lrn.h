// LRN (local response normalisation across channels), ONNX 1-13.
#ifndef VIGIL_ENGINE_OPS_LRN_H_
#define VIGIL_ENGINE_OPS_LRN_H_

#include <cstdint>

namespace vigil {

// x [N, C, ...] of rank 2 to 6: y = x / (bias + alpha / size * s)^beta, s the sum of squares over
// the `size` channels around, (size - 1) / 2 of them before (rounded down) and the rest behind.
struct LrnAttrs {
  std::int64_t size = 1;
  float alpha = 1e-4f;
  float beta = 0.75f;
  float bias = 1.0f;
};

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_LRN_H_
