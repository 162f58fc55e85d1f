// What to use of a device, decided from a snapshot of it before anything is created. Pure: no
// Vulkan here.
#ifndef VIGIL_ENGINE_VULKAN_PLAN_H_
#define VIGIL_ENGINE_VULKAN_PLAN_H_

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace vigil::vulkan {

enum class DeviceKind { kDiscrete, kIntegrated, kVirtual, kCpu, kOther };

struct MemoryTypeSnapshot {
  std::uint32_t index = 0;  // Vulkan's
  bool device_local = false, host_visible = false, host_coherent = false, host_cached = false;
  std::uint64_t heap_bytes = 0;
};

struct QueueFamilySnapshot {
  bool compute = false, graphics = false;
  std::uint32_t queues = 0;
  std::uint32_t timestamp_bits = 0;
};

// The facts of a physical device that PlanDevice judges.
struct PhysicalDeviceSnapshot {
  std::string name;
  DeviceKind kind = DeviceKind::kOther;
  std::uint32_t api_major = 1, api_minor = 0, api_patch = 0;
  std::uint32_t vendor_id = 0, device_id = 0;
  std::array<std::uint8_t, 16> pipeline_cache_uuid{};
  std::vector<MemoryTypeSnapshot> memory_types;
  std::vector<QueueFamilySnapshot> queue_families;
  std::uint32_t max_invocations = 0;  // of a workgroup
  std::array<std::uint32_t, 3> max_local_size{}, max_groups{};
  std::uint32_t max_shared_bytes = 0;
  std::uint32_t max_storage_buffers = 0;  // of a shader stage
  std::uint32_t max_push_bytes = 0;
  std::uint64_t max_binding_bytes = 0;  // of one storage buffer
  std::uint64_t max_allocation_bytes = 0;
  std::uint64_t storage_offset_alignment = 1;
  std::uint64_t max_texels = 0;  // of one texel buffer
  std::uint64_t texel_offset_alignment = 1;
  std::uint64_t non_coherent_atom = 1;
  double timestamp_period_ns = 0.0;
  bool storage_buffer_16bit = false;  // the feature storageBuffer16BitAccess
  std::uint32_t subgroup_size = 0;
  bool subgroup_shuffle = false;        // in compute shaders
  bool integer_dot_product = false;     // the extension and its feature
  bool packed_dot_accelerated = false;  // of four signed bytes in a word
};

// Makes a device look smaller than it is; what exceeds the device changes nothing.
struct DeviceCaps {
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t max_invocations = kNone;
  std::uint32_t max_shared_bytes = kNone;
  std::uint32_t max_storage_buffers = kNone;
  std::uint64_t max_heap_bytes = std::numeric_limits<std::uint64_t>::max();
  bool no_coherent_memory = false;  // every mapped write is flushed, every read invalidated
  bool split_memory = false;        // device-local memory is not mapped, as on a discrete device
  bool no_half_storage = false;     // no 16-bit access to storage buffers
  bool no_shuffle = false;          // no shuffles in subgroups
  bool no_packed_dot = false;       // no integer dot product
  bool any_packed_dot = false;      // an integer dot product though it is not accelerated
};

struct MemoryChoice {
  std::uint32_t type = 0;
  bool mapped = false, coherent = false;
  friend bool operator==(const MemoryChoice&, const MemoryChoice&) = default;
};

// Memory by use, each in order of preference: a buffer takes the first that its requirements allow.
struct DevicePlan {
  std::uint32_t queue_family = 0;
  std::uint32_t queues = 1;          // 2: the second is for low priority
  std::vector<MemoryChoice> device;  // arena and weights; mapped where memory is unified
  std::vector<MemoryChoice> upload;
  std::vector<MemoryChoice> readback;
  std::uint64_t offset_alignment = 1;  // of parts of a buffer that are bound or flushed apart
  std::uint64_t max_binding_bytes = 0;
  std::uint64_t max_allocation_bytes = 0;
  std::uint64_t heap_bytes = 0;  // of device's first choice: arena and weights must fit
  std::uint64_t non_coherent_atom = 1;
  double timestamp_ns = 0.0;  // of one tick; 0: no timestamps
  bool half_storage = false;  // float16 in buffers: storageBuffer16BitAccess is switched on
  // Not 0: the device is a processor that runs the invocations of a subgroup, so many, as the lanes
  // of its vectors; kernels in _lanes are for it.
  std::uint32_t lanes = 0;
  bool compiles_late = false;    // pipelines are compiled when they first run
  std::uint64_t max_texels = 0;  // of one texel buffer
  bool packed_dot = false;       // four bytes at once: shaderIntegerDotProduct is switched on
};

// What our shaders ask of any device (shaders/README.md).
struct DeviceNeeds {
  static constexpr std::uint32_t kInvocations = 64;
  static constexpr std::uint32_t kSharedBytes = 2048;
  static constexpr std::uint32_t kStorageBuffers = 4;
  static constexpr std::uint32_t kPushBytes = 128;
};

PhysicalDeviceSnapshot Capped(PhysicalDeviceSnapshot snapshot, const DeviceCaps& caps);

// Throws Error (Gpu, kUnavailable) that lists every reason why this device cannot be used.
DevicePlan PlanDevice(const PhysicalDeviceSnapshot& snapshot, const DeviceCaps& caps = {});

// Larger is better: discrete, integrated, virtual, other, software.
int RankOf(DeviceKind kind);

}  // namespace vigil::vulkan

#endif  // VIGIL_ENGINE_VULKAN_PLAN_H_
