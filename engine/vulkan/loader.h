// Finds Vulkan on this machine at run time, so that a machine without it runs on the CPU.
#ifndef VIGIL_ENGINE_VULKAN_LOADER_H_
#define VIGIL_ENGINE_VULKAN_LOADER_H_

namespace vigil::vulkan {

// vkGetInstanceProcAddr of libvulkan.so.1, opened once and kept until the process ends, since every
// handle must die before the library does. Thread-safe.
// Throws Error (Gpu, kUnavailable) with the dynamic linker's reason.
void* SystemGetInstanceProcAddr();

}  // namespace vigil::vulkan

#endif  // VIGIL_ENGINE_VULKAN_LOADER_H_
