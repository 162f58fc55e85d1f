#include "engine/vulkan/snapshot.h"

#include <algorithm>
#include <string_view>

#include "engine/base/text.h"

namespace vigil::vulkan {
namespace {

DeviceKind KindOf(vk::PhysicalDeviceType type) {
  switch (type) {
    case vk::PhysicalDeviceType::eDiscreteGpu:
      return DeviceKind::kDiscrete;
    case vk::PhysicalDeviceType::eIntegratedGpu:
      return DeviceKind::kIntegrated;
    case vk::PhysicalDeviceType::eVirtualGpu:
      return DeviceKind::kVirtual;
    case vk::PhysicalDeviceType::eCpu:
      return DeviceKind::kCpu;
    default:
      return DeviceKind::kOther;
  }
}

void TakeMemory(const vk::raii::PhysicalDevice& device, PhysicalDeviceSnapshot& snapshot) {
  using Flag = vk::MemoryPropertyFlagBits;
  const vk::PhysicalDeviceMemoryProperties memory = device.getMemoryProperties();
  for (std::uint32_t i = 0; i < memory.memoryTypeCount; ++i) {
    const vk::MemoryType& type = memory.memoryTypes[i];
    const auto has = [&](Flag flag) { return static_cast<bool>(type.propertyFlags & flag); };
    // Kinds that need a feature to be used at all (protected, device-coherent) are not for us.
    if (type.propertyFlags & (Flag::eProtected | Flag::eDeviceCoherentAMD)) continue;
    snapshot.memory_types.push_back({i, has(Flag::eDeviceLocal), has(Flag::eHostVisible),
                                     has(Flag::eHostCoherent), has(Flag::eHostCached),
                                     memory.memoryHeaps[type.heapIndex].size});
  }
}

void TakeLimits(const vk::PhysicalDeviceLimits& limits, PhysicalDeviceSnapshot& snapshot) {
  snapshot.max_invocations = limits.maxComputeWorkGroupInvocations;
  std::ranges::copy(limits.maxComputeWorkGroupSize, snapshot.max_local_size.begin());
  std::ranges::copy(limits.maxComputeWorkGroupCount, snapshot.max_groups.begin());
  snapshot.max_shared_bytes = limits.maxComputeSharedMemorySize;
  snapshot.max_storage_buffers =
      std::min(limits.maxPerStageDescriptorStorageBuffers, limits.maxDescriptorSetStorageBuffers);
  snapshot.max_push_bytes = limits.maxPushConstantsSize;
  snapshot.max_binding_bytes = limits.maxStorageBufferRange;
  snapshot.storage_offset_alignment = limits.minStorageBufferOffsetAlignment;
  snapshot.non_coherent_atom = limits.nonCoherentAtomSize;
  snapshot.max_texels = limits.maxTexelBufferElements;
  snapshot.texel_offset_alignment = limits.minTexelBufferOffsetAlignment;
  snapshot.timestamp_period_ns = limits.timestampPeriod;
}

void TakeDotProduct(const vk::raii::PhysicalDevice& device, PhysicalDeviceSnapshot& snapshot) {
  const auto extensions = device.enumerateDeviceExtensionProperties();
  const bool offered = std::ranges::any_of(extensions, [](const vk::ExtensionProperties& e) {
    return std::string_view(e.extensionName.data()) ==
           VK_KHR_SHADER_INTEGER_DOT_PRODUCT_EXTENSION_NAME;
  });
  if (!offered) return;
  using Features = vk::PhysicalDeviceShaderIntegerDotProductFeatures;
  using Properties = vk::PhysicalDeviceShaderIntegerDotProductProperties;
  snapshot.integer_dot_product = device.getFeatures2<vk::PhysicalDeviceFeatures2, Features>()
                                     .get<Features>()
                                     .shaderIntegerDotProduct == VK_TRUE;
  snapshot.packed_dot_accelerated =
      device.getProperties2<vk::PhysicalDeviceProperties2, Properties>()
          .get<Properties>()
          .integerDotProduct4x8BitPackedSignedAccelerated == VK_TRUE;
}

}  // namespace

PhysicalDeviceSnapshot TakeSnapshot(const vk::raii::PhysicalDevice& device) {
  PhysicalDeviceSnapshot snapshot;
  const vk::PhysicalDeviceProperties properties = device.getProperties();
  snapshot.name = properties.deviceName.data();
  snapshot.kind = KindOf(properties.deviceType);
  snapshot.api_major = VK_API_VERSION_MAJOR(properties.apiVersion);
  snapshot.api_minor = VK_API_VERSION_MINOR(properties.apiVersion);
  snapshot.api_patch = VK_API_VERSION_PATCH(properties.apiVersion);
  snapshot.vendor_id = properties.vendorID;
  snapshot.device_id = properties.deviceID;
  std::ranges::copy(properties.pipelineCacheUUID, snapshot.pipeline_cache_uuid.begin());
  TakeMemory(device, snapshot);
  TakeLimits(properties.limits, snapshot);
  for (const vk::QueueFamilyProperties& family : device.getQueueFamilyProperties()) {
    snapshot.queue_families.push_back(
        {static_cast<bool>(family.queueFlags & vk::QueueFlagBits::eCompute),
         static_cast<bool>(family.queueFlags & vk::QueueFlagBits::eGraphics), family.queueCount,
         family.timestampValidBits});
  }
  // 1.0 devices are refused by the plan; asking them for 1.1 properties would be invalid.
  if (properties.apiVersion >= VK_API_VERSION_1_1) {
    const auto chain =
        device
            .getProperties2<vk::PhysicalDeviceProperties2, vk::PhysicalDeviceMaintenance3Properties,
                            vk::PhysicalDeviceSubgroupProperties>();
    snapshot.max_allocation_bytes =
        chain.get<vk::PhysicalDeviceMaintenance3Properties>().maxMemoryAllocationSize;
    const auto& subgroup = chain.get<vk::PhysicalDeviceSubgroupProperties>();
    snapshot.subgroup_size = subgroup.subgroupSize;
    snapshot.subgroup_shuffle =
        (subgroup.supportedStages & vk::ShaderStageFlagBits::eCompute) &&
        (subgroup.supportedOperations & vk::SubgroupFeatureFlagBits::eShuffle);
    const auto features =
        device.getFeatures2<vk::PhysicalDeviceFeatures2, vk::PhysicalDevice16BitStorageFeatures>();
    TakeDotProduct(device, snapshot);
    snapshot.storage_buffer_16bit =
        features.get<vk::PhysicalDevice16BitStorageFeatures>().storageBuffer16BitAccess == VK_TRUE;
  }
  return snapshot;
}

std::string Describe(const PhysicalDeviceSnapshot& snapshot) {
  return Text(snapshot.name, ", Vulkan ", snapshot.api_major, ".", snapshot.api_minor, ".",
              snapshot.api_patch);
}

}  // namespace vigil::vulkan
