#include "engine/vulkan/device.h"

#include <array>

#include "engine/vulkan/result.h"

namespace vigil::vulkan {

Device::Device(std::shared_ptr<const Instance> instance, const vk::raii::PhysicalDevice& physical,
               const PhysicalDeviceSnapshot& snapshot, const DeviceCaps& caps,
               const std::filesystem::path& cache_folder)
    : instance_(std::move(instance)), plan_(PlanDevice(snapshot, caps)) {
  Guard("creating a device on " + snapshot.name, [&] {
    constexpr std::array kPriorities{1.0f, 0.0f};
    const vk::DeviceQueueCreateInfo queues({}, plan_.queue_family, plan_.queues,
                                           kPriorities.data());
    vk::DeviceCreateInfo info({}, queues);
    vk::PhysicalDevice16BitStorageFeatures half_storage;
    half_storage.storageBuffer16BitAccess = VK_TRUE;
    if (plan_.half_storage) info.pNext = &half_storage;
    // The extension, since a device need not be of Vulkan 1.3 to have it.
    constexpr const char* kDotProduct = VK_KHR_SHADER_INTEGER_DOT_PRODUCT_EXTENSION_NAME;
    vk::PhysicalDeviceShaderIntegerDotProductFeatures dot_product(VK_TRUE);
    if (plan_.packed_dot) {
      dot_product.pNext = const_cast<void*>(info.pNext);
      info.pNext = &dot_product;
      info.setPEnabledExtensionNames(kDotProduct);
    }
    device_ = vk::raii::Device(physical, info);
    for (std::uint32_t i = 0; i < plan_.queues; ++i) {
      queues_.push_back(std::make_unique<Queue>());
      queues_.back()->handle = vk::raii::Queue(device_, plan_.queue_family, i);
    }
  });
  pipelines_ = std::make_unique<Pipelines>(
      device_, CacheIdentity{snapshot.vendor_id, snapshot.device_id, snapshot.pipeline_cache_uuid},
      cache_folder);
}

void Device::Submit(std::span<const vk::CommandBuffer> commands, vk::Fence fence,
                    bool low_priority) {
  Queue& queue = *(low_priority ? queues_.back() : queues_.front());
  vk::SubmitInfo info;
  info.commandBufferCount = static_cast<std::uint32_t>(commands.size());
  info.pCommandBuffers = commands.data();
  const std::lock_guard lock(queue.mutex);
  Guard("submitting", [&] { queue.handle.submit(info, fence); });
}

}  // namespace vigil::vulkan
