// The ways in which values lie in memory.
#ifndef VIGIL_ENGINE_CPU_NATIVE_LAYOUT_H_
#define VIGIL_ENGINE_CPU_NATIVE_LAYOUT_H_

#include "engine/cpu/native/vector_kernels.h"
#include "engine/tensor/tensor.h"

namespace vigil::cpu::native {

// Plain is row-major. Blocked, of [N, C, H, W], is [N, C / kLanes rounded up, H, W, kLanes]; what
// its last block holds beyond C means nothing, and nothing that means something is made of it.
// Blocked bytes are unsigned: int8 is kept as value + 128. kSlack bytes follow them, for kernels
// that read more pixels than they need.
struct Layout {
  static constexpr std::size_t kSlack = 64;

  enum class Form { kNone, kPlain, kBlocked };
  Form form = Form::kNone;
  Shape shape;
  std::size_t element_bytes = sizeof(float);
  bool is_offset = false;  // blocked bytes of int8

  bool blocked() const { return form == Form::kBlocked; }
  std::size_t get_size() const;  // bytes
  // REQUIRES: rank 4. Elements from one sample, or one block or channel, to the next.
  std::int64_t SampleStride() const;
  std::int64_t PlaneStride() const;
  std::int64_t Planes() const;  // blocks or channels of a sample
  std::int64_t PixelStride() const { return blocked() ? kLanes : 1; }

  friend bool operator==(const Layout&, const Layout&) = default;
};

inline std::int64_t BlocksOf(std::int64_t channels) { return (channels + kLanes - 1) / kLanes; }

// REQUIRES: rank 4. Of floats, or of int32.
Layout BlockedLayout(const Shape& shape);
// REQUIRES: rank 4 of int8 or uint8.
Layout ByteLayout(const TensorDesc& desc);

}  // namespace vigil::cpu::native

#endif  // VIGIL_ENGINE_CPU_NATIVE_LAYOUT_H_
