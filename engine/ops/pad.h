// Pad with a constant, ONNX 1-21 (pads and value folded to attributes).
#ifndef VIGIL_ENGINE_OPS_PAD_H_
#define VIGIL_ENGINE_OPS_PAD_H_

#include <cstdint>
#include <vector>

namespace vigil {

// pads: rank begins, then rank ends; all 0 or more.
struct PadAttrs {
  std::vector<std::int64_t> pads;
  float value = 0.0f;
};

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_PAD_H_
