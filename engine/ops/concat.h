// Concat, ONNX 1-13.
#ifndef VIGIL_ENGINE_OPS_CONCAT_H_
#define VIGIL_ENGINE_OPS_CONCAT_H_

#include <cstdint>

namespace vigil {

// One or more inputs that agree but for dimension `axis` (0 to rank - 1; the importer resolves
// negatives).
struct ConcatAttrs {
  std::int64_t axis = 1;
};

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_CONCAT_H_
