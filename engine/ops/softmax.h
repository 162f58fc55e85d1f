// Softmax, ONNX 1-13.
#ifndef VIGIL_ENGINE_OPS_SOFTMAX_H_
#define VIGIL_ENGINE_OPS_SOFTMAX_H_

#include <cstdint>

namespace vigil {

// Along `axis` (0 to rank - 1), which opset 13 means. With `flatten_from_axis`, what older opsets
// mean: over all dimensions from axis on.
struct SoftmaxAttrs {
  std::int64_t axis = 1;
  bool flatten_from_axis = false;
};

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_SOFTMAX_H_
