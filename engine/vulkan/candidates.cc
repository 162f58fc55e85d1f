#include "engine/vulkan/candidates.h"

#include <algorithm>

#include "engine/base/text.h"
#include "engine/vulkan/result.h"
#include "engine/vulkan/snapshot.h"

namespace vigil::vulkan {

std::vector<Candidate> FindDevices(const Instance& instance, const DeviceCaps& caps) {
  std::vector<Candidate> found;
  Guard("listing devices", [&] {
    for (vk::raii::PhysicalDevice& device : vk::raii::PhysicalDevices(instance.handle())) {
      PhysicalDeviceSnapshot snapshot = TakeSnapshot(device);
      std::string refusal;
      try {
        PlanDevice(snapshot, caps);
      } catch (const Error& error) {
        refusal = error.what();
      }
      found.push_back({std::move(device), std::move(snapshot), std::move(refusal)});
    }
  });
  std::ranges::stable_sort(found, std::greater{}, [](const Candidate& candidate) {
    return candidate.refusal.empty() * 10 + RankOf(candidate.snapshot.kind);
  });
  return found;
}

const Candidate& Pick(const std::vector<Candidate>& found, int index) {
  if (found.empty()) {
    throw Error(Fault::kGpu, ErrorCode::kUnavailable, "vulkan: no driver offers a device");
  }
  if (index >= static_cast<int>(found.size())) {
    throw Error(Fault::kGpu, ErrorCode::kUnavailable,
                Text("vulkan device ", index, ": there are ", found.size()));
  }
  const Candidate& picked = found[static_cast<std::size_t>(std::max(index, 0))];
  if (!picked.refusal.empty()) {
    throw Error(Fault::kGpu, ErrorCode::kUnavailable, picked.refusal);
  }
  return picked;
}

}  // namespace vigil::vulkan
