#include "engine/cpu/program/layout.h"

namespace vigil::cpu::native {

std::size_t Layout::get_size() const {
  if (form == Form::kNone) return 0;
  const std::int64_t elements = blocked() ? shape[0] * SampleStride() : shape.elements();
  const std::size_t slack = blocked() && element_bytes == 1 ? kSlack : 0;
  return static_cast<std::size_t>(elements) * element_bytes + slack;
}

std::int64_t Layout::SampleStride() const { return Planes() * PlaneStride(); }

std::int64_t Layout::PlaneStride() const { return shape[2] * shape[3] * PixelStride(); }

std::int64_t Layout::Planes() const { return blocked() ? BlocksOf(shape[1]) : shape[1]; }

Layout PlainLayout(const Shape& shape) {
  return {Layout::Form::kPlain, shape.rank() == 0 ? Shape{1} : shape};
}

Layout PlainLayout(const TensorDesc& desc) {
  Layout layout = PlainLayout(desc.shape);
  layout.element_bytes = DTypeBytes(desc.dtype);
  return layout;
}

Layout OfBatch(const Layout& layout, std::int64_t samples) {
  Layout batch = layout;
  batch.shape = layout.shape.With(0, samples);
  return batch;
}

static_assert(kLanes == 16);

std::optional<ChannelOrder> ChannelOrderOf(const Layout& layout, const Shape& shape) {
  if (layout == PlainLayout(shape)) return ChannelOrder::kPlain;
  if (shape.rank() == 4 && layout == BlockedLayout(shape)) return ChannelOrder::kBlocks16;
  return std::nullopt;
}

Layout BlockedLayout(const Shape& shape) {
  VIGIL_CHECK(shape.rank() == 4);
  return {Layout::Form::kBlocked, shape};
}

Layout ByteLayout(const TensorDesc& desc) {
  Layout layout = BlockedLayout(desc.shape);
  layout.element_bytes = 1;
  layout.is_offset = desc.dtype == DType::kInt8;
  return layout;
}

}  // namespace vigil::cpu::native
