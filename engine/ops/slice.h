// Parts of a tensor: Slice 1-13 and Split 1-18 (everything folded to attributes).
#ifndef VIGIL_ENGINE_OPS_SLICE_H_
#define VIGIL_ENGINE_OPS_SLICE_H_

#include <cstdint>
#include <vector>

namespace vigil {

// Along axes[i] (0 to rank - 1, none twice) every steps[i]-th element from starts[i] to before
// ends[i]. Starts and ends count from the end where negative and are clamped to the dimension, as
// ONNX does, so that a part "to the end" serves every size. A negative step walks back.
struct SliceAttrs {
  std::vector<std::int64_t> starts, ends, axes, steps;
};

// One output for each of `sizes`, which follow one another along `axis` and make up its dimension.
struct SplitAttrs {
  std::int64_t axis = 0;
  std::vector<std::int64_t> sizes;
};

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_SLICE_H_
