// Which values of T are kept, how each is encoded, and where they lie in a run's tap slot.
#ifndef VIGIL_ESTIMATOR_TAPS_TAP_PLAN_H_
#define VIGIL_ESTIMATOR_TAPS_TAP_PLAN_H_

#include <span>
#include <string>
#include <vector>

#include "engine/graph/graph.h"
#include "estimator/taps/stored_tap.h"

namespace vigil {

struct PlannedTap {
  std::string name;
  Shape shape;  // of one sample, batch 1
  Encoding encoding = Encoding::kFloat32;
  std::size_t offset_bytes = 0;  // within one sample's taps
  std::size_t bytes = 0;         // of one encoded sample
};

// In a slot of batch B each tap is a block of its B encoded samples, and the blocks follow one
// another in the order of `taps` (backend.h, Executable::Run): block t starts at B * offset_bytes.
struct TapPlan {
  std::vector<PlannedTap> taps;
  std::size_t record_bytes = 0;  // of one sample, all taps

  std::size_t SlotBytes(std::int64_t batch) const {
    return static_cast<std::size_t>(batch) * record_bytes;
  }
};

// Whether a tap may be a copy of T's input. Only what never reaches a store may allow it: training
// and evaluation, since Table 5 of the paper has such a tap.
enum class ImageTaps { kRefused, kAllowed };

// The plan for graph.taps() with their encodings, in order (empty: float32 for all; one: that for
// all). Throws Error: (Api, kMisuse) for another number of encodings; (Api, kUnsupported) for a tap
// that is not float32; (Model, kUnsupported) for one whose dimension 0 is not the batch; as
// CheckTapIsNoImage where images are refused.
TapPlan PlanTaps(const Graph& graph, std::span<const Encoding> encodings,
                 ImageTaps images = ImageTaps::kRefused);

// The taps of sample `index` of a run of `batch`, copied out of its slot.
// REQUIRES: slot.size() == plan.SlotBytes(batch), 0 <= index < batch.
std::vector<StoredTap> SplitSlot(const TapPlan& plan, std::span<const std::byte> slot,
                                 std::int64_t batch, std::int64_t index);

// The inverse for one sample: puts its taps where a run of `batch` would have left them. Throws
// Error (Input, kMalformed) that names the first tap that is not the plan's.
void JoinSlot(const TapPlan& plan, std::span<const StoredTap> taps, std::span<std::byte> slot,
              std::int64_t batch, std::int64_t index);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_TAPS_TAP_PLAN_H_
