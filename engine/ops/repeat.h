// A tensor repeated: Expand 8-13 and Tile 6-13 (shape and repeats folded to attributes).
#ifndef VIGIL_ENGINE_OPS_REPEAT_H_
#define VIGIL_ENGINE_OPS_REPEAT_H_

#include <cstdint>
#include <vector>

namespace vigil {

// Broadcasts x to the shape that it and `shape` broadcast to; a 1 in `shape` keeps x's dimension.
struct ExpandAttrs {
  std::vector<std::int64_t> shape;
};

// As many copies of x along each dimension; one number a dimension, 0 or more.
struct TileAttrs {
  std::vector<std::int64_t> repeats;
};

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_REPEAT_H_
