// ArgMax and ArgMin, ONNX 1-13.
#ifndef VIGIL_ENGINE_OPS_ARG_MAX_H_
#define VIGIL_ENGINE_OPS_ARG_MAX_H_

#include <cstdint>

namespace vigil {

// Where along `axis` (0 to rank - 1) the largest element stands (with `minimum` the smallest), as
// int64: the first of equals, the last with select_last. The axis becomes one with keep_dims, else
// it goes. Elements are float32 or integers.
struct ArgMaxAttrs {
  std::int64_t axis = 0;
  bool keep_dims = true;
  bool select_last = false;
  bool minimum = false;
};

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_ARG_MAX_H_
