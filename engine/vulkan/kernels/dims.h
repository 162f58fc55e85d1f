// Shapes as the shaders want them: six numbers, the last dimension last, ones (dimensions) or zeros
// (strides) in front.
#ifndef VIGIL_ENGINE_VULKAN_KERNELS_DIMS_H_
#define VIGIL_ENGINE_VULKAN_KERNELS_DIMS_H_

#include <algorithm>
#include <cstdint>

#include "engine/tensor/shape.h"

namespace vigil::vulkan {

inline constexpr int kDims = 6;
static_assert(kDims >= Shape::kMaxRank);

inline void CopyDims(std::uint32_t (&to)[kDims], const Shape& shape) {
  std::fill(to, to + kDims, 1u);
  for (int i = 0; i < shape.rank(); ++i) {
    to[kDims - shape.rank() + i] = static_cast<std::uint32_t>(shape[i]);
  }
}

// The first `rank` of `numbers`.
template <typename Numbers>
void CopyStrides(std::uint32_t (&to)[kDims], const Numbers& numbers, int rank) {
  std::fill(to, to + kDims, 0u);
  for (int i = 0; i < rank; ++i) {
    to[kDims - rank + i] = static_cast<std::uint32_t>(numbers[static_cast<std::size_t>(i)]);
  }
}

}  // namespace vigil::vulkan

#endif  // VIGIL_ENGINE_VULKAN_KERNELS_DIMS_H_
