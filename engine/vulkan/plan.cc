#include "engine/vulkan/plan.h"

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil::vulkan {
namespace {

// Orders `types` by descending score; those below 0 are left out.
template <typename Score>
std::vector<MemoryChoice> Choose(const std::vector<MemoryTypeSnapshot>& types, bool map,
                                 Score score) {
  std::vector<MemoryTypeSnapshot> wanted;
  std::ranges::copy_if(types, std::back_inserter(wanted),
                       [&](const MemoryTypeSnapshot& type) { return score(type) >= 0; });
  std::ranges::stable_sort(wanted, std::greater{}, score);
  std::vector<MemoryChoice> choices;
  for (const MemoryTypeSnapshot& type : wanted) {
    // Reading uncached memory is so slow that a copy by the device is better: such memory (a
    // discrete device's window) counts as not mapped.
    const bool mapped = map || (type.host_visible && type.host_cached);
    choices.push_back({type.index, mapped, type.host_coherent});
  }
  return choices;
}

void ChooseMemory(const std::vector<MemoryTypeSnapshot>& types, DevicePlan& plan) {
  plan.device = Choose(types, false, [](const MemoryTypeSnapshot& type) {
    if (!type.device_local) return 0;
    if (type.host_visible && type.host_cached) return 3 + type.host_coherent;
    return type.host_visible ? 1 : 2;  // a window is small, and the only way in for others
  });
  plan.upload = Choose(types, true, [](const MemoryTypeSnapshot& type) {
    return type.host_visible ? 2 * type.host_coherent + !type.device_local : -1;
  });
  plan.readback = Choose(types, true, [](const MemoryTypeSnapshot& type) {
    return type.host_visible ? 4 * type.host_cached + 2 * type.host_coherent + !type.device_local
                             : -1;
  });
}

// A family that does nothing but compute leaves graphics alone; any that computes will do.
int ChooseQueueFamily(const std::vector<QueueFamilySnapshot>& families) {
  int chosen = -1;
  for (std::size_t i = 0; i < families.size(); ++i) {
    if (!families[i].compute || families[i].queues == 0) continue;
    if (chosen < 0 ||
        (!families[i].graphics && families[static_cast<std::size_t>(chosen)].graphics)) {
      chosen = static_cast<int>(i);
    }
  }
  return chosen;
}

// Mesa shuffles 8 lanes by one instruction and others lane by lane, where the kernels for GPUs are
// faster (bench/NOTES.md).
bool RunsOnLanes(const PhysicalDeviceSnapshot& s) {
  return s.kind == DeviceKind::kCpu && s.subgroup_shuffle && s.subgroup_size == 8;
}

// Every reason, joined; empty where there is none.
std::string ReasonsAgainst(const PhysicalDeviceSnapshot& s, bool can_map) {
  std::string reasons;
  const auto add = [&](const std::string& reason) {
    reasons += Text(reasons.empty() ? "" : "; ", reason);
  };
  const auto need = [&](std::string_view what, std::uint64_t has, std::uint64_t wanted) {
    if (has < wanted) add(Text(what, " ", has, ", needs ", wanted));
  };
  if (s.api_major == 1 && s.api_minor < 1) add(Text("Vulkan 1.", s.api_minor, ", needs 1.1"));
  need("invocations a workgroup", s.max_invocations, DeviceNeeds::kInvocations);
  need("local size x", s.max_local_size[0], DeviceNeeds::kInvocations);
  need("shared bytes", s.max_shared_bytes, DeviceNeeds::kSharedBytes);
  need("storage buffers a shader", s.max_storage_buffers, DeviceNeeds::kStorageBuffers);
  need("push constant bytes", s.max_push_bytes, DeviceNeeds::kPushBytes);
  need("workgroups along x", s.max_groups[0], 65535);
  need("workgroups along y", s.max_groups[1], 65535);
  if (ChooseQueueFamily(s.queue_families) < 0) add("no queue that computes");
  if (!can_map) add("no memory that the host can map");
  return reasons;
}

}  // namespace

PhysicalDeviceSnapshot Capped(PhysicalDeviceSnapshot snapshot, const DeviceCaps& caps) {
  snapshot.max_invocations = std::min(snapshot.max_invocations, caps.max_invocations);
  for (std::uint32_t& size : snapshot.max_local_size) size = std::min(size, caps.max_invocations);
  snapshot.max_shared_bytes = std::min(snapshot.max_shared_bytes, caps.max_shared_bytes);
  snapshot.max_storage_buffers = std::min(snapshot.max_storage_buffers, caps.max_storage_buffers);
  if (caps.no_half_storage) snapshot.storage_buffer_16bit = false;
  if (caps.no_shuffle) snapshot.subgroup_shuffle = false;
  if (caps.no_packed_dot) snapshot.integer_dot_product = false;
  if (caps.any_packed_dot) snapshot.packed_dot_accelerated = true;
  std::vector<MemoryTypeSnapshot> types;
  for (MemoryTypeSnapshot type : snapshot.memory_types) {
    type.heap_bytes = std::min(type.heap_bytes, caps.max_heap_bytes);
    if (caps.no_coherent_memory) type.host_coherent = false;
    if (caps.split_memory && type.device_local && type.host_visible) {
      MemoryTypeSnapshot host = type;
      host.device_local = false;
      types.push_back(host);
      type.host_visible = type.host_coherent = type.host_cached = false;
    }
    types.push_back(type);
  }
  snapshot.memory_types = std::move(types);
  return snapshot;
}

DevicePlan PlanDevice(const PhysicalDeviceSnapshot& snapshot, const DeviceCaps& caps) {
  const PhysicalDeviceSnapshot s = Capped(snapshot, caps);
  DevicePlan plan;
  ChooseMemory(s.memory_types, plan);
  if (const std::string reasons = ReasonsAgainst(s, !plan.upload.empty()); !reasons.empty()) {
    throw Error(Fault::kGpu, ErrorCode::kUnavailable,
                Text("vulkan device '", s.name, "' cannot be used: ", reasons));
  }
  plan.queue_family = static_cast<std::uint32_t>(ChooseQueueFamily(s.queue_families));
  const QueueFamilySnapshot& family = s.queue_families[plan.queue_family];
  plan.queues = std::min(family.queues, 2u);
  plan.timestamp_ns = family.timestamp_bits ? s.timestamp_period_ns : 0.0;
  // 64 keeps parts of a buffer on cache lines of their own.
  plan.offset_alignment =
      std::max({s.storage_offset_alignment, s.non_coherent_atom, std::uint64_t{64}});
  plan.compiles_late = s.kind == DeviceKind::kCpu;
  if (RunsOnLanes(s)) {
    plan.lanes = s.subgroup_size;
    plan.max_texels = s.max_texels;
    plan.offset_alignment = std::max(plan.offset_alignment, s.texel_offset_alignment);
  }
  plan.non_coherent_atom = s.non_coherent_atom;
  plan.max_binding_bytes = s.max_binding_bytes;
  plan.max_allocation_bytes = s.max_allocation_bytes;
  for (const MemoryTypeSnapshot& type : s.memory_types) {
    if (!plan.device.empty() && type.index == plan.device.front().type) {
      plan.heap_bytes = type.heap_bytes;
    }
  }
  plan.half_storage = s.storage_buffer_16bit;
  // Where it is emulated our own arithmetic does as well.
  plan.packed_dot = s.integer_dot_product && s.packed_dot_accelerated;
  return plan;
}

int RankOf(DeviceKind kind) {
  switch (kind) {
    case DeviceKind::kDiscrete:
      return 4;
    case DeviceKind::kIntegrated:
      return 3;
    case DeviceKind::kVirtual:
      return 2;
    case DeviceKind::kOther:
      return 1;
    case DeviceKind::kCpu:
      return 0;
  }
  return 0;
}

}  // namespace vigil::vulkan
