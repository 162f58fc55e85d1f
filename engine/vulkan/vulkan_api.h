// The one way to include Vulkan (the room's precompiled header): handles that clean up after
// themselves, and no loader but the one that is handed in (loader.h).
#ifndef VIGIL_ENGINE_VULKAN_VULKAN_API_H_
#define VIGIL_ENGINE_VULKAN_VULKAN_API_H_

#define VULKAN_HPP_ENABLE_DYNAMIC_LOADER_TOOL 0
#define VK_NO_PROTOTYPES 1

#include <vulkan/vulkan_raii.hpp>

#endif  // VIGIL_ENGINE_VULKAN_VULKAN_API_H_
