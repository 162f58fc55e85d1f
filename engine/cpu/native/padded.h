// A copy of an image with its padding around it, so that no window needs to look for an edge.
#ifndef VIGIL_ENGINE_CPU_NATIVE_PADDED_H_
#define VIGIL_ENGINE_CPU_NATIVE_PADDED_H_

#include <array>

#include "engine/cpu/native/finish.h"

namespace vigil::cpu::native {

struct PaddedImage {
  SlotId slot;
  Layout layout;  // of the padded shape
};

// The first input in the layout that it has, plain or blocked; where there is no padding, itself.
PaddedImage AddPadding(KernelContext& context, const std::array<std::int64_t, 4>& pads,
                       float value);
// The same of bytes in blocks.
PaddedImage AddBytePadding(KernelContext& context, const std::array<std::int64_t, 4>& pads,
                           std::uint8_t value);

}  // namespace vigil::cpu::native

#endif  // VIGIL_ENGINE_CPU_NATIVE_PADDED_H_
