#include "engine/ops/strided_copy.h"

#include <cstring>

namespace vigil {
namespace {

template <std::size_t kBytes>
void CopyRow(std::int64_t length, const std::byte* from, std::int64_t from_step, std::byte* to,
             std::int64_t to_step) {
  constexpr auto kSize = static_cast<std::int64_t>(kBytes);
  for (std::int64_t i = 0; i < length; ++i) {
    std::memcpy(to + i * to_step * kSize, from + i * from_step * kSize, kBytes);
  }
}

}  // namespace

Strides DenseSteps(const Shape& shape) {
  Strides steps{};
  for (int i = 0; i < shape.rank(); ++i) {
    steps[static_cast<std::size_t>(i)] = shape.ElementsFrom(i + 1);
  }
  return steps;
}

StridedCopy Collapse(const StridedCopy& copy) {
  std::array<std::int64_t, Shape::kMaxRank> dims{};
  StridedCopy result;
  result.from_start = copy.from_start;
  result.to_start = copy.to_start;
  std::size_t rank = 0;
  for (int d = 0; d < copy.dims.rank(); ++d) {
    const auto i = static_cast<std::size_t>(d);
    const std::int64_t size = copy.dims[d], from = copy.from_steps[i], to = copy.to_steps[i];
    if (size == 1) continue;
    const bool joins = rank > 0 && result.from_steps[rank - 1] == from * size &&
                       result.to_steps[rank - 1] == to * size;
    if (!joins) ++rank;
    dims[rank - 1] = joins ? dims[rank - 1] * size : size;
    result.from_steps[rank - 1] = from;
    result.to_steps[rank - 1] = to;
  }
  result.dims = Shape(std::span<const std::int64_t>(dims.data(), rank));
  return result;
}

void RunCopy(const StridedCopy& copy, std::size_t element_bytes, const void* from, void* to) {
  const Shape& dims = copy.dims;
  const auto last = static_cast<std::size_t>(dims.rank() ? dims.rank() - 1 : 0);
  const std::int64_t length = dims.rank() ? dims[dims.rank() - 1] : 1;
  const std::int64_t from_step = copy.from_steps[last], to_step = copy.to_steps[last];
  const auto bytes = static_cast<std::int64_t>(element_bytes);
  const auto* source = static_cast<const std::byte*>(from) + copy.from_start * bytes;
  auto* target = static_cast<std::byte*>(to) + copy.to_start * bytes;
  ForEachRow<2>(dims, {copy.from_steps, copy.to_steps},
                [&](std::int64_t, const std::array<std::int64_t, 2>& offsets) {
                  const std::byte* row = source + offsets[0] * bytes;
                  std::byte* out = target + offsets[1] * bytes;
                  if (from_step == 1 && to_step == 1) {
                    std::memcpy(out, row, static_cast<std::size_t>(length * bytes));
                  } else if (element_bytes == 1) {
                    CopyRow<1>(length, row, from_step, out, to_step);
                  } else if (element_bytes == 2) {
                    CopyRow<2>(length, row, from_step, out, to_step);
                  } else if (element_bytes == 4) {
                    CopyRow<4>(length, row, from_step, out, to_step);
                  } else {
                    CopyRow<8>(length, row, from_step, out, to_step);
                  }
                });
}

}  // namespace vigil
