// Which commands need a barrier between them: byte ranges touched since the last one. Pure.
#ifndef VIGIL_ENGINE_VULKAN_HAZARDS_H_
#define VIGIL_ENGINE_VULKAN_HAZARDS_H_

#include <cstddef>
#include <span>
#include <vector>

namespace vigil::vulkan {

struct TouchedRange {
  int buffer = 0;
  std::size_t begin = 0, end = 0;  // bytes, end exclusive
  bool writes = false;
};

// Holds the ranges of the commands that no barrier separates yet. Invariant: none of them conflict
// with each other (read-read never does; anything with a write that overlaps does).
class HazardTracker {
 public:
  // Whether a command that touches `ranges` must wait for those before it: it reads what they
  // write, writes what they read (arena memory is reused), or writes what they write.
  bool Conflicts(std::span<const TouchedRange> ranges) const;
  void Add(std::span<const TouchedRange> ranges);
  // After a barrier.
  void Clear() { touched_.clear(); }

 private:
  std::vector<TouchedRange> touched_;
};

}  // namespace vigil::vulkan

#endif  // VIGIL_ENGINE_VULKAN_HAZARDS_H_
