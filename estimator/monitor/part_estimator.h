// Estimates of parts of what was judged: a window of time, the records of one tag, everything.
#ifndef VIGIL_ESTIMATOR_MONITOR_PART_ESTIMATOR_H_
#define VIGIL_ESTIMATOR_MONITOR_PART_ESTIMATOR_H_

#include <map>
#include <span>
#include <vector>

#include "estimator/monitor/performance.h"

namespace vigil {

// What is honest of an epoch that only in part belongs to what is asked: the weight of each of its
// verdicts, seen / judged, for the judged are a random choice among all that it saw, whatever their
// time or tag. A part of k verdicts thus stands for k * seen / judged inferences, which is itself
// an estimate. Drops and expiries carry no time or tag: they are shared out by the verdicts, and
// "represented" of a part is as good as that guess.
class PartEstimator {
 public:
  // `calibration` null: PE's file has none, and no part has an estimate. It outlives this.
  PartEstimator(std::span<const EpochCounts> epochs, const Calibration* calibration,
                PerformanceOptions options = {});

  // `unjudged`: epochs without any verdict that belong to the part. Throws as EstimatePerformance;
  // REQUIRES: the verdicts' epochs are among those given, or none were given (all weights are 1).
  Estimate Of(std::span<const Verdict> part, std::span<const EpochCounts> unjudged = {}) const;

  // Of all epochs given: those that have no verdict yet, by number.
  const std::vector<EpochCounts>& unjudged() const { return unjudged_; }

 private:
  std::map<std::int64_t, EpochCounts> epochs_;  // with verdicts
  std::vector<EpochCounts> unjudged_;
  const Calibration* calibration_;
  PerformanceOptions options_;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_PART_ESTIMATOR_H_
