// A logical device with its queues and pipelines: what a backend owns and its executables share.
#ifndef VIGIL_ENGINE_VULKAN_DEVICE_H_
#define VIGIL_ENGINE_VULKAN_DEVICE_H_

#include <memory>
#include <mutex>
#include <vector>

#include "engine/vulkan/instance.h"
#include "engine/vulkan/pipelines.h"
#include "engine/vulkan/plan.h"
#include "engine/vulkan/vulkan_api.h"

namespace vigil::vulkan {

// Thread-safe. Executables keep it alive.
class Device {
 public:
  // Throws Error (Gpu). `cache_folder` empty: no pipeline cache on disk.
  Device(std::shared_ptr<const Instance> instance, const vk::raii::PhysicalDevice& physical,
         const PhysicalDeviceSnapshot& snapshot, const DeviceCaps& caps,
         const std::filesystem::path& cache_folder);

  const vk::raii::Device& handle() const { return device_; }
  const DevicePlan& plan() const { return plan_; }
  Pipelines& pipelines() { return *pipelines_; }

  // Throws Error (Gpu, kDeviceLost | kOutOfMemory).
  void Submit(std::span<const vk::CommandBuffer> commands, vk::Fence fence, bool low_priority);

 private:
  struct Queue {
    vk::raii::Queue handle{nullptr};
    std::mutex mutex;  // guards submission to handle
  };

  std::shared_ptr<const Instance> instance_;
  DevicePlan plan_;
  vk::raii::Device device_{nullptr};
  std::vector<std::unique_ptr<Queue>> queues_;
  std::unique_ptr<Pipelines> pipelines_;
};

}  // namespace vigil::vulkan

#endif  // VIGIL_ENGINE_VULKAN_DEVICE_H_
