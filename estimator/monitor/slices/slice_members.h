// Which records belong to which slice.
#ifndef VIGIL_ESTIMATOR_MONITOR_SLICES_SLICE_MEMBERS_H_
#define VIGIL_ESTIMATOR_MONITOR_SLICES_SLICE_MEMBERS_H_

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "estimator/monitor/slices/slice_search.h"

namespace vigil {

struct SliceMembers {
  std::vector<SliceTag> tags;
  std::vector<std::uint8_t> in;  // one a verdict, 0 or 1
  std::int64_t verdicts = 0;
  std::optional<std::pair<int, int>> parents;  // of a pair: the places of its tags in the list
};

struct SliceList {
  std::vector<SliceMembers> slices;  // single tags first, each part the largest first
  std::int64_t too_small = 0;        // under options.min_verdicts, within or outside
  int left_out = 0;                  // beyond options.max_slices
};

// Pairs are of tags that are in the list themselves. A pair with the same members as one of its
// tags says nothing new and is not in it.
SliceList ListSlices(std::span<const Verdict> verdicts, const SliceSearchOptions& options);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_SLICES_SLICE_MEMBERS_H_
