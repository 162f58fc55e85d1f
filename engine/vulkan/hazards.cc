#include "engine/vulkan/hazards.h"

namespace vigil::vulkan {

bool HazardTracker::Conflicts(std::span<const TouchedRange> ranges) const {
  for (const TouchedRange& next : ranges) {
    for (const TouchedRange& before : touched_) {
      if (!next.writes && !before.writes) continue;
      if (next.buffer == before.buffer && next.begin < before.end && before.begin < next.end) {
        return true;
      }
    }
  }
  return false;
}

void HazardTracker::Add(std::span<const TouchedRange> ranges) {
  touched_.insert(touched_.end(), ranges.begin(), ranges.end());
}

}  // namespace vigil::vulkan
