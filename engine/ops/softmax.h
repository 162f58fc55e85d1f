// Softmax and LogSoftmax, ONNX 1-13.
#ifndef VIGIL_ENGINE_OPS_SOFTMAX_H_
#define VIGIL_ENGINE_OPS_SOFTMAX_H_

#include <cstdint>

namespace vigil {

// Along `axis` (0 to rank - 1), which opset 13 means. With `flatten_from_axis`, what older opsets
// mean: over all dimensions from axis on.
struct SoftmaxAttrs {
  std::int64_t axis = 1;
  bool flatten_from_axis = false;
  bool log = false;  // the logarithm of it, in a form that keeps small shares
};

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_SOFTMAX_H_
