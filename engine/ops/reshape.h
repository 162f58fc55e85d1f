// Operators that only rename dimensions: Flatten 1-21, Reshape 5-21, Squeeze 1-21, Unsqueeze 1-21
// (shapes and axes folded to attributes).
#ifndef VIGIL_ENGINE_OPS_RESHAPE_H_
#define VIGIL_ENGINE_OPS_RESHAPE_H_

#include <cstdint>
#include <vector>

namespace vigil {

// [d0, ..., dn] to [d0 * ... * d(axis-1), d(axis) * ... * dn].
struct FlattenAttrs {
  std::int64_t axis = 1;
};

// Dimension 0 copies the input's, one -1 takes what is left. The importer writes the batch
// dimension as 0 where it can, so that a graph serves every batch size.
struct ReshapeAttrs {
  std::vector<std::int64_t> shape;
};

// Dimensions `axes` of the input, each 1, go. Axes are 0 to rank - 1, none twice.
struct SqueezeAttrs {
  std::vector<std::int64_t> axes;
};

// Dimensions `axes` of the output are new, each 1. Axes are 0 to rank - 1, none twice.
struct UnsqueezeAttrs {
  std::vector<std::int64_t> axes;
};

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_RESHAPE_H_
