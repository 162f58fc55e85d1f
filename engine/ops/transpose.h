// Transpose, ONNX 1-21.
#ifndef VIGIL_ENGINE_OPS_TRANSPOSE_H_
#define VIGIL_ENGINE_OPS_TRANSPOSE_H_

#include <cstdint>
#include <vector>

namespace vigil {

// Output dimension i is input dimension perm[i].
struct TransposeAttrs {
  std::vector<std::int64_t> perm;
};

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_TRANSPOSE_H_
