#include "engine/cpu/layout.h"

namespace vigil::cpu {

std::size_t Layout::get_size() const {
  if (form == Form::kNone) return 0;
  const std::int64_t floats = blocked() ? shape[0] * SampleStride() : shape.elements();
  return static_cast<std::size_t>(floats) * sizeof(float);
}

std::int64_t Layout::SampleStride() const { return Planes() * PlaneStride(); }

std::int64_t Layout::PlaneStride() const { return shape[2] * shape[3] * PixelStride(); }

std::int64_t Layout::Planes() const { return blocked() ? BlocksOf(shape[1]) : shape[1]; }

Layout PlainLayout(const Shape& shape) {
  return {Layout::Form::kPlain, shape.rank() == 0 ? Shape{1} : shape};
}

Layout PlainLayout(const TensorDesc& desc) {
  if (desc.dtype == DType::kFloat32) return PlainLayout(desc.shape);
  const auto floats = static_cast<std::int64_t>((desc.bytes() + 3) / 4);
  return {Layout::Form::kPlain, Shape{floats}};
}

Layout BlockedLayout(const Shape& shape) {
  VIGIL_CHECK(shape.rank() == 4);
  return {Layout::Form::kBlocked, shape};
}

}  // namespace vigil::cpu
