// Walks the elements of a shape row by row while keeping offsets into strided operands.
#ifndef VIGIL_ENGINE_OPS_ITERATE_H_
#define VIGIL_ENGINE_OPS_ITERATE_H_

#include <array>
#include <cstdint>

#include "engine/tensor/shape.h"

namespace vigil {

using Strides = std::array<std::int64_t, Shape::kMaxRank>;

// Calls visit(row, offsets) once for each run along the last dimension of `shape`, in order: `row`
// is the index of the run's first element, offsets[i] the place in operand i whose steps a
// dimension are strides[i]. A scalar is one run of one element.
template <std::size_t kOperands, typename Visit>
void ForEachRow(const Shape& shape, const std::array<Strides, kOperands>& strides, Visit visit) {
  const int last = shape.rank() - 1;
  const std::int64_t length = shape.rank() ? shape[last] : 1;
  const std::int64_t rows = length ? shape.elements() / length : 0;
  std::array<std::int64_t, Shape::kMaxRank> index{};
  std::array<std::int64_t, kOperands> offsets{};
  for (std::int64_t row = 0; row < rows; ++row) {
    visit(row * length, offsets);
    for (int d = last - 1; d >= 0; --d) {
      const auto dim = static_cast<std::size_t>(d);
      const bool carry = ++index[dim] == shape[d];
      for (std::size_t i = 0; i < kOperands; ++i) {
        offsets[i] += strides[i][dim] * (carry ? 1 - shape[d] : 1);
      }
      if (!carry) break;
      index[dim] = 0;
    }
  }
}

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_ITERATE_H_
