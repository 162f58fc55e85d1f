// Rewriting values in another layout, and what the seam wants besides.
#include "engine/cpu/program/arithmetic.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "engine/base/text.h"
#include "engine/cpu/native/instruction_set.h"

namespace vigil::cpu::native {
namespace {

constexpr std::uint8_t kOffset = 0x80;

// Elements as they are; of blocked bytes, the sign's offset put on or taken off.
template <typename T>
T Rewritten(T x, bool is_offset) {
  if constexpr (sizeof(T) == 1) return static_cast<T>(x ^ (is_offset ? kOffset : 0));
  static_cast<void>(is_offset);
  return x;
}

struct Reorder {
  Shape shape;  // of rank 4
  bool to_blocked;
  std::size_t element_bytes;
  bool is_offset;

  Reorder(const Layout& from, const Layout& to)
      : shape(to.shape),
        to_blocked(to.blocked()),
        element_bytes(to.element_bytes),
        is_offset(from.is_offset || to.is_offset) {}

  std::int64_t jobs() const { return shape[0] * BlocksOf(shape[1]); }

  void Run(std::int64_t job, const std::byte* from, std::byte* to) const {
    if (element_bytes == 1) {
      RunOf<std::uint8_t>(job, from, to);
    } else {
      RunOf<float>(job, from, to);
    }
  }

 private:
  // One block of channels of one sample.
  template <typename T>
  void RunOf(std::int64_t job, const std::byte* from, std::byte* to) const {
    const std::int64_t blocks = BlocksOf(shape[1]), plane = shape[2] * shape[3];
    const std::int64_t first = job % blocks * kLanes;
    const std::int64_t channels = std::min<std::int64_t>(kLanes, shape[1] - first);
    const std::int64_t plain = (job / blocks * shape[1] + first) * plane;
    const std::int64_t blocked = job * plane * kLanes;
    if (to_blocked) {
      PackBlock(reinterpret_cast<const T*>(from) + plain, channels, plane,
                reinterpret_cast<T*>(to) + blocked);
    } else {
      UnpackBlock(reinterpret_cast<const T*>(from) + blocked, channels, plane,
                  reinterpret_cast<T*>(to) + plain);
    }
  }

  template <typename T>
  void PackBlock(const T* plain, std::int64_t channels, std::int64_t plane, T* block) const {
    for (std::int64_t p = 0; p < plane; ++p, block += kLanes) {
      for (std::int64_t c = 0; c < channels; ++c)
        block[c] = Rewritten(plain[c * plane + p], is_offset);
      std::fill(block + channels, block + kLanes, T{});
    }
  }

  template <typename T>
  void UnpackBlock(const T* block, std::int64_t channels, std::int64_t plane, T* plain) const {
    for (std::int64_t c = 0; c < channels; ++c) {
      for (std::int64_t p = 0; p < plane; ++p)
        plain[c * plane + p] = Rewritten(block[p * kLanes + c], is_offset);
    }
  }
};

}  // namespace

std::string Describe() { return Text(ChosenKernels().name, ", own kernels"); }

void Start() {}

void AddReorder(ProgramBuilder& builder, SlotId from, const Layout& from_layout, SlotId to,
                const Layout& to_layout) {
  const std::array uses{from, to};
  const auto at = [=](SlotPointers slots, SlotId slot) {
    return slots[static_cast<std::size_t>(slot)];
  };
  if (from_layout.form == to_layout.form) {
    const std::size_t bytes = to_layout.get_size();
    builder.AddFunction(
        [=](SlotPointers slots) { std::memcpy(at(slots, to), at(slots, from), bytes); }, uses);
    return;
  }
  const Reorder reorder(from_layout, to_layout);
  builder.AddFunction(
      [=, &team = builder.team()](SlotPointers slots) {
        const std::byte* source = at(slots, from);
        std::byte* target = at(slots, to);
        team.ForEach(reorder.jobs(), [&](std::int64_t i) { reorder.Run(i, source, target); });
      },
      uses);
}

void Repack(const float* from, const Layout& from_layout, std::byte* to, const Layout& to_layout) {
  if (from_layout.form == to_layout.form) {
    std::memcpy(to, from, to_layout.get_size());
    return;
  }
  const Reorder reorder(from_layout, to_layout);
  for (std::int64_t i = 0; i < reorder.jobs(); ++i) {
    reorder.Run(i, reinterpret_cast<const std::byte*>(from), to);
  }
}

}  // namespace vigil::cpu::native
