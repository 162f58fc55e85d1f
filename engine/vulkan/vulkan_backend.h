// Compute on a Vulkan 1.1 device. The only room that sees vulkan; its public face does not.
#ifndef VIGIL_ENGINE_VULKAN_VULKAN_BACKEND_H_
#define VIGIL_ENGINE_VULKAN_VULKAN_BACKEND_H_

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "engine/backend/backend.h"

namespace vigil {

struct VulkanOptions {
  int device = -1;          // index among the offers; -1: the best
  bool validation = false;  // the validation layer with synchronization validation
  std::function<void(const std::string&)> on_validation_message;  // called from any thread
  std::filesystem::path pipeline_cache;                           // folder; empty: none kept
  // vkGetInstanceProcAddr to use instead of libvulkan.so.1's: for tests that inject faults.
  // Type-erased here.
  void* get_instance_proc_addr = nullptr;
};

// One offer a device, or a single unavailable one with the reason (no loader, no driver). Never
// throws.
std::vector<BackendOffer> ListVulkanDevices(void* get_instance_proc_addr = nullptr);

// Throws Error (Gpu, kUnavailable) with the reason, (Gpu, kOutOfMemory | kDeviceLost) where the
// driver says so.
std::shared_ptr<Backend> MakeVulkanBackend(const VulkanOptions& options = {});

}  // namespace vigil

#endif  // VIGIL_ENGINE_VULKAN_VULKAN_BACKEND_H_
