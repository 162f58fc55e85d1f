// Gather, ONNX 1-13.
#ifndef VIGIL_ENGINE_OPS_GATHER_H_
#define VIGIL_ENGINE_OPS_GATHER_H_

#include <cstdint>

namespace vigil {

// Inputs: data; indices (int64 or int32) into its dimension `axis` (0 to rank - 1), negative ones
// from the end. The output has the indices' dimensions in place of that one. Indices outside are
// refused in a run: Error (Input, kInvalidValue).
struct GatherAttrs {
  std::int64_t axis = 0;
};

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_GATHER_H_
