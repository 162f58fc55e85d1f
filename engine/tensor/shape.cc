#include "engine/tensor/shape.h"

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {

Shape::Shape(std::initializer_list<std::int64_t> dims)
    : Shape(std::span<const std::int64_t>(dims.begin(), dims.size())) {}

Shape::Shape(std::span<const std::int64_t> dims) {
  if (dims.size() > kMaxRank) {
    throw Error(Fault::kModel, ErrorCode::kUnsupported,
                Text("shape of rank ", dims.size(), ": expected at most ", kMaxRank));
  }
  std::int64_t elements = 1;
  for (const std::int64_t dim : dims) {
    if (dim < 0 || (dim > 0 && elements > kMaxElements / dim)) {
      throw Error(Fault::kModel, ErrorCode::kInvalidShape,
                  Text("dimension ", rank_, " is ", dim, ": expected 0 or more, and at most ",
                       kMaxElements, " elements in all"));
    }
    elements *= dim;
    dims_[static_cast<std::size_t>(rank_++)] = dim;
  }
}

std::int64_t Shape::elements() const { return ElementsFrom(0); }

std::int64_t Shape::ElementsFrom(int axis) const {
  std::int64_t count = 1;
  for (int i = axis; i < rank_; ++i) count *= (*this)[i];
  return count;
}

Shape Shape::With(int axis, std::int64_t size) const {
  VIGIL_CHECK(axis >= 0 && axis < rank_);
  std::array<std::int64_t, kMaxRank> dims = dims_;
  dims[static_cast<std::size_t>(axis)] = size;
  return Shape(std::span<const std::int64_t>(dims.data(), static_cast<std::size_t>(rank_)));
}

std::string Shape::ToString() const {
  if (rank_ == 0) return "scalar";
  std::string text;
  for (int i = 0; i < rank_; ++i) {
    if (i) text += 'x';
    text += std::to_string((*this)[i]);
  }
  return text;
}

}  // namespace vigil
