#include "engine/ops/broadcast.h"

#include <algorithm>

#include "engine/ops/check.h"

namespace vigil {

Shape BroadcastShape(const Shape& a, const Shape& b) {
  const int rank = std::max(a.rank(), b.rank());
  std::array<std::int64_t, Shape::kMaxRank> dims{};
  for (int i = 0; i < rank; ++i) {
    const int from_a = i - (rank - a.rank()), from_b = i - (rank - b.rank());
    const std::int64_t size_a = from_a < 0 ? 1 : a[from_a];
    const std::int64_t size_b = from_b < 0 ? 1 : b[from_b];
    if (size_a != size_b && size_a != 1 && size_b != 1) {
      ThrowShape(Text("shapes ", a, " and ", b, " do not broadcast: expected dimensions that agree",
                      " or are 1, counted from the last"));
    }
    dims[static_cast<std::size_t>(i)] = size_a == 1 ? size_b : size_a;
  }
  return Shape(std::span<const std::int64_t>(dims.data(), static_cast<std::size_t>(rank)));
}

Strides StridesToBroadcast(const Shape& from, const Shape& to) {
  Strides strides{};
  const int missing = to.rank() - from.rank();
  for (int i = 0; i < from.rank(); ++i) {
    if (from[i] != 1) strides[static_cast<std::size_t>(i + missing)] = from.ElementsFrom(i + 1);
  }
  return strides;
}

}  // namespace vigil
