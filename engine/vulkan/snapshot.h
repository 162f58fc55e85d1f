// Reads the facts of a physical device that PlanDevice judges.
#ifndef VIGIL_ENGINE_VULKAN_SNAPSHOT_H_
#define VIGIL_ENGINE_VULKAN_SNAPSHOT_H_

#include "engine/vulkan/plan.h"
#include "engine/vulkan/vulkan_api.h"

namespace vigil::vulkan {

PhysicalDeviceSnapshot TakeSnapshot(const vk::raii::PhysicalDevice& device);

// "llvmpipe (LLVM 15.0.6, 256 bits), Vulkan 1.3.230"
std::string Describe(const PhysicalDeviceSnapshot& snapshot);

}  // namespace vigil::vulkan

#endif  // VIGIL_ENGINE_VULKAN_SNAPSHOT_H_
