// Taps encoded on the device (engine/tensor/encoding.h).
#ifndef VIGIL_ENGINE_VULKAN_KERNELS_ENCODE_H_
#define VIGIL_ENGINE_VULKAN_KERNELS_ENCODE_H_

#include <vector>

#include "engine/tensor/encoding.h"
#include "engine/vulkan/kernels/lowering.h"

namespace vigil::vulkan {

// Adds the dispatches that encode `value` into the taps buffer from `offset` on. float32 is a copy
// by command and needs none. REQUIRES: `value` is no constant and float32.
void LowerEncode(Lowering& lowering, ValueId value, Encoding encoding, std::size_t offset);

}  // namespace vigil::vulkan

#endif  // VIGIL_ENGINE_VULKAN_KERNELS_ENCODE_H_
