// Everything in Vulkan that one executable owns, in an order that can be destroyed.
#ifndef VIGIL_ENGINE_VULKAN_RESOURCES_H_
#define VIGIL_ENGINE_VULKAN_RESOURCES_H_

#include <chrono>
#include <deque>
#include <memory>
#include <vector>

#include "engine/vulkan/device.h"
#include "engine/vulkan/memory.h"
#include "engine/vulkan/network.h"

namespace vigil::vulkan {

// One run at a time; externally synchronised.
struct Resources {
  // Allocates, makes pipelines, writes descriptors, uploads nothing. Throws Error (Gpu).
  Resources(std::shared_ptr<Device> shared_device, const Network& network,
            const CompileOptions& options);

  // Submits and waits, at most so long. Throws Error (Gpu, kTimeout | kDeviceLost |
  // kOutOfMemory); after kTimeout the commands may still be in flight.
  void SubmitAndWait(std::span<const vk::CommandBuffer> commands, std::chrono::nanoseconds limit);

  // Owned here, since commands in flight must not be freed either.
  const vk::raii::CommandBuffer& NewCommandBuffer();

  std::shared_ptr<Device> device;  // outlives the rest
  std::chrono::nanoseconds deadline;
  bool low_priority;
  bool in_flight = false;
  Buffer arena, weights, upload, readback, taps;  // upload and readback empty: the arena is mapped
  Buffer staging;                                 // of the weights, while they are uploaded
  std::vector<PipelineHandles> pipelines;         // by dispatch
  vk::raii::DescriptorPool descriptor_pool{nullptr};
  std::vector<vk::raii::BufferView> views;  // what shaders fetch as texels
  std::vector<vk::DescriptorSet> sets;      // by dispatch; freed with their pool
  vk::raii::CommandPool command_pool{nullptr};
  std::deque<vk::raii::CommandBuffer> command_buffers;  // references to them stay valid
  vk::raii::QueryPool queries{nullptr};                 // of profiles; null until the first
  vk::raii::Fence fence{nullptr};
};

// Waits for commands that a timeout left behind, again at most a deadline, and then destroys; what
// never ends is left alone, since memory that a device may still write must not be freed.
struct ReleaseResources {
  void operator()(Resources* resources) const noexcept;
};
using ResourcesPtr = std::unique_ptr<Resources, ReleaseResources>;

}  // namespace vigil::vulkan

#endif  // VIGIL_ENGINE_VULKAN_RESOURCES_H_
