// The backend on a device that is made to look smaller than it is: tests run networks so.
#ifndef VIGIL_ENGINE_VULKAN_CAPPED_BACKEND_H_
#define VIGIL_ENGINE_VULKAN_CAPPED_BACKEND_H_

#include <memory>

#include "engine/vulkan/plan.h"
#include "engine/vulkan/vulkan_backend.h"

namespace vigil::vulkan {

// As MakeVulkanBackend.
std::shared_ptr<Backend> MakeCappedBackend(const VulkanOptions& options, const DeviceCaps& caps);

}  // namespace vigil::vulkan

#endif  // VIGIL_ENGINE_VULKAN_CAPPED_BACKEND_H_
