// Rewriting values in another layout, and what the seam wants besides.
#include "engine/cpu/program/arithmetic.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "engine/base/text.h"
#include "engine/cpu/native/instruction_set.h"

namespace vigil::cpu::native {
namespace {

// One block of channels of one sample.
void PackBlock(const float* plain, std::int64_t channels, std::int64_t plane, float* block) {
  for (std::int64_t p = 0; p < plane; ++p, block += kLanes) {
    for (std::int64_t c = 0; c < channels; ++c) block[c] = plain[c * plane + p];
    std::fill(block + channels, block + kLanes, 0.0f);
  }
}

void UnpackBlock(const float* block, std::int64_t channels, std::int64_t plane, float* plain) {
  for (std::int64_t c = 0; c < channels; ++c) {
    for (std::int64_t p = 0; p < plane; ++p) plain[c * plane + p] = block[p * kLanes + c];
  }
}

struct Reorder {
  Shape shape;  // of rank 4
  bool to_blocked;

  std::int64_t jobs() const { return shape[0] * BlocksOf(shape[1]); }
  void Run(std::int64_t job, const float* from, float* to) const {
    const std::int64_t blocks = BlocksOf(shape[1]), plane = shape[2] * shape[3];
    const std::int64_t first = job % blocks * kLanes;
    const std::int64_t channels = std::min<std::int64_t>(kLanes, shape[1] - first);
    const std::int64_t plain = (job / blocks * shape[1] + first) * plane;
    const std::int64_t blocked = job * plane * kLanes;
    if (to_blocked) {
      PackBlock(from + plain, channels, plane, to + blocked);
    } else {
      UnpackBlock(from + blocked, channels, plane, to + plain);
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
    return reinterpret_cast<float*>(slots[static_cast<std::size_t>(slot)]);
  };
  if (from_layout.form == to_layout.form) {
    const std::size_t bytes = to_layout.get_size();
    builder.AddFunction(
        [=](SlotPointers slots) { std::memcpy(at(slots, to), at(slots, from), bytes); }, uses);
    return;
  }
  const Reorder reorder{to_layout.shape, to_layout.blocked()};
  builder.AddFunction(
      [=, &team = builder.team()](SlotPointers slots) {
        const float* source = at(slots, from);
        float* target = at(slots, to);
        team.ForEach(reorder.jobs(), [&](std::int64_t i) { reorder.Run(i, source, target); });
      },
      uses);
}

void Repack(const float* from, const Layout& from_layout, std::byte* to, const Layout& to_layout) {
  if (from_layout.form == to_layout.form) {
    std::memcpy(to, from, to_layout.get_size());
    return;
  }
  const Reorder reorder{to_layout.shape, to_layout.blocked()};
  for (std::int64_t i = 0; i < reorder.jobs(); ++i) {
    reorder.Run(i, from, reinterpret_cast<float*>(to));
  }
}

}  // namespace vigil::cpu::native
