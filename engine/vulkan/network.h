// A graph ready to be recorded: its dispatches, where every value lies, what is copied in and out.
// Pure data; the executable gives it memory.
#ifndef VIGIL_ENGINE_VULKAN_NETWORK_H_
#define VIGIL_ENGINE_VULKAN_NETWORK_H_

#include <cstddef>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/vulkan/kernels/lowering.h"
#include "engine/vulkan/plan.h"

namespace vigil::vulkan {

// One input, output or tap: its place on the device and in the buffer that the host sees.
struct Port {
  ValueId value = -1;
  std::size_t arena_offset = 0;
  std::size_t host_offset = 0;  // in the upload, readback or taps buffer
  std::size_t bytes = 0;        // as the host sees them: encoded for a tap
  Encoding encoding = Encoding::kFloat32;
  std::vector<std::byte> constant;  // not empty: the bytes themselves, the device is not asked
};

// REQUIRES: `graph` is optimised and outlives it. Throws Error (Model, kUnsupported) for nodes that
// no kernel takes and values that do not fit one binding.
struct Network {
  Network(const Graph& graph, std::span<const Encoding> encodings, const DevicePlan& plan);

  // Bytes from the start of the buffer that the part lies in.
  std::size_t OffsetOf(const BufferRef& ref) const;

  Lowering lowering;
  std::size_t network_dispatches = 0;  // those before it are the network's, the rest encode taps
  std::vector<std::size_t> value_offsets;    // in the arena, by value; of roots alone
  std::vector<std::size_t> scratch_offsets;  // in the arena, as Lowering::scratch()
  std::size_t arena_bytes = 0;
  std::vector<Port> inputs, outputs, taps;
  std::size_t upload_bytes = 0, readback_bytes = 0, taps_bytes = 0;
  bool tapped_differs = false;  // runs that keep taps need commands of their own
};

}  // namespace vigil::vulkan

#endif  // VIGIL_ENGINE_VULKAN_NETWORK_H_
