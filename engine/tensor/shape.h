// Dimensions of a tensor, row-major. Rank 0 (a scalar) to 6; images are N, C, H, W.
#ifndef VIGIL_ENGINE_TENSOR_SHAPE_H_
#define VIGIL_ENGINE_TENSOR_SHAPE_H_

#include <array>
#include <cstdint>
#include <initializer_list>
#include <ostream>
#include <span>
#include <string>

namespace vigil {

class Shape {
 public:
  static constexpr int kMaxRank = 6;
  // Element counts above this are refused: no model that runs on a device needs them, and sizes in
  // bytes then stay far from overflow.
  static constexpr std::int64_t kMaxElements = std::int64_t{1} << 31;

  Shape() = default;
  // Throws Error (Model, kUnsupported) for more than kMaxRank dimensions, (Model, kInvalidShape)
  // for a negative one, or more than kMaxElements elements.
  Shape(std::initializer_list<std::int64_t> dims);
  explicit Shape(std::span<const std::int64_t> dims);

  int rank() const { return rank_; }
  // REQUIRES: 0 <= axis < rank().
  std::int64_t operator[](int axis) const { return dims_[static_cast<std::size_t>(axis)]; }
  std::span<const std::int64_t> dims() const {
    return {dims_.data(), static_cast<std::size_t>(rank_)};
  }
  std::int64_t elements() const;  // 1 for a scalar

  // The same shape with dimension `axis` replaced.
  Shape With(int axis, std::int64_t size) const;
  // Elements from `axis` on: the stride of dimension axis - 1.
  std::int64_t ElementsFrom(int axis) const;

  friend bool operator==(const Shape& a, const Shape& b) {
    return a.rank_ == b.rank_ && a.dims_ == b.dims_;
  }
  std::string ToString() const;  // "1x3x224x224", "scalar"

 private:
  std::array<std::int64_t, kMaxRank> dims_{};  // zero beyond rank_
  int rank_ = 0;
};

inline std::ostream& operator<<(std::ostream& out, const Shape& shape) {
  return out << shape.ToString();
}

}  // namespace vigil

#endif  // VIGIL_ENGINE_TENSOR_SHAPE_H_
