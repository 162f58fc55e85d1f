// Subgroups that T fails: by tag and by pairs of tags, and how their gap grows (SOURCES.md F1).
#ifndef VIGIL_ESTIMATOR_MONITOR_SLICES_SLICE_SEARCH_H_
#define VIGIL_ESTIMATOR_MONITOR_SLICES_SLICE_SEARCH_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "estimator/monitor/performance.h"
#include "estimator/monitor/slices/gap_history.h"

namespace vigil {

struct SliceSearchOptions {
  // A slice of fewer verdicts or blocks, and one that leaves fewer outside, is counted and neither
  // named nor measured: it would say more of whoever was there than of T.
  std::int64_t min_verdicts = 50;
  int min_blocks = 10;
  int max_slices = 200;  // looked at, the largest
  bool pairs = true;     // of tags with different keys
  double level = 0.05;   // chance that any slice is named although there is nothing (Holm)
  BlockOptions blocks;
};

struct SliceTag {
  std::string key, value;
  bool operator==(const SliceTag&) const = default;
};

struct Subgroup {
  std::vector<SliceTag> tags;  // one or two, by key
  std::int64_t verdicts = 0;
  int blocks = 0;
  double accuracy = 0.0;  // weighted mean of calibrated p(correct), within
  double outside = 0.0;   // and over all records that are not in the slice
  Interval gap;    // within - outside, at options.level corrected for all slices (Bonferroni)
  double p = 1.0;  // of no gap or a better slice, corrected (Holm)
  std::optional<GapTrend> growing;  // significant after correction
  std::optional<GapBreak> sudden;
};

struct SliceFindings {
  int looked_at = 0;           // slices measured, which the correction counts
  std::int64_t too_small = 0;  // that had too few verdicts or blocks
  int left_out = 0;            // beyond max_slices
  double level = 0.0;
  // Worse than the rest beyond chance, the widest gap first. A pair is here only if it is worse
  // than what is left of either of its tags, too: it says something that they do not.
  std::vector<Subgroup> worse;
  // Whose gap became wider: suddenly or slowly, the widest first; some of them are in `worse`.
  std::vector<Subgroup> changed;
};

// Judged by the calibrated p(correct), each record with its epoch's weight, blocks as the sampling
// unit. PE's own blindness to a subgroup makes its gap look smaller, never wider. `verdicts` are of
// one T and PE; `counts` as for WeighRecords, whose errors it throws. Pure.
SliceFindings FindSlices(std::span<const Verdict> verdicts, std::span<const EpochCounts> counts,
                         const Calibration& calibration, const SliceSearchOptions& options = {});

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_SLICES_SLICE_SEARCH_H_
