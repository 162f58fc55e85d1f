// Estimates window by window.
#ifndef VIGIL_ESTIMATOR_MONITOR_TIMELINE_H_
#define VIGIL_ESTIMATOR_MONITOR_TIMELINE_H_

#include <chrono>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "estimator/monitor/part_estimator.h"

namespace vigil {

struct TimelineOptions {
  std::chrono::seconds window = std::chrono::hours(1);  // 1 hour to 1 day
  // Verdicts with from <= time < to are looked at.
  std::int64_t from_micros = std::numeric_limits<std::int64_t>::min();
  std::int64_t to_micros = std::numeric_limits<std::int64_t>::max();
  // Windows that end later are unfinished. Verdicts from later than the window of this moment come
  // from a clock that was wrong: they would stretch the timeline, and are counted as `after`.
  std::int64_t now_micros = std::numeric_limits<std::int64_t>::max();
};

struct TimelinePoint {
  std::int64_t from_micros = 0, to_micros = 0;
  bool unfinished = false;
  Estimate estimate;
};

struct Timeline {
  std::chrono::seconds window{0};
  // From the first window with a verdict to the last, without a hole: a window that has none says
  // so. At most kMaxPoints, the newest.
  std::vector<TimelinePoint> points;
  std::int64_t before = 0, after = 0;  // verdicts within from..to that no point holds

  static constexpr std::int64_t kMaxPoints = 1000;
};

// Windows begin at whole multiples of their length since 1970 (UTC), except where from or to cuts
// them. An epoch that reaches over a border counts on both sides with the verdicts that lie there
// (PartEstimator); one that has no verdict belongs to the window in which it began, which its
// number says (sampler.h).
//
// `verdicts` by time and of one T and PE (SelectVerdicts). Throws Error (Api, kInvalidValue) for a
// window outside 1 hour to 1 day; as PartEstimator::Of.
Timeline BuildTimeline(std::span<const Verdict> verdicts, const PartEstimator& estimator,
                       const TimelineOptions& options = {});

// The shortest of 1, 2, 3, 6, 12 and 24 hours that cuts this stretch into at most 48 windows.
std::chrono::seconds WindowFor(std::chrono::seconds stretch);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_TIMELINE_H_
