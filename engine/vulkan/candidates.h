// The devices that drivers offer, in the order in which they are numbered.
#ifndef VIGIL_ENGINE_VULKAN_CANDIDATES_H_
#define VIGIL_ENGINE_VULKAN_CANDIDATES_H_

#include <string>
#include <vector>

#include "engine/vulkan/instance.h"
#include "engine/vulkan/plan.h"
#include "engine/vulkan/vulkan_api.h"

namespace vigil::vulkan {

struct Candidate {
  vk::raii::PhysicalDevice handle;
  PhysicalDeviceSnapshot snapshot;
  std::string refusal;  // empty: usable
};

// All devices, usable ones first, better kinds before worse; the order of the offers. Throws Error
// (Gpu). The instance outlives them.
std::vector<Candidate> FindDevices(const Instance& instance, const DeviceCaps& caps);

// The one of that number; -1: the best. Throws Error (Gpu, kUnavailable) with the reason.
const Candidate& Pick(const std::vector<Candidate>& found, int index);

}  // namespace vigil::vulkan

#endif  // VIGIL_ENGINE_VULKAN_CANDIDATES_H_
