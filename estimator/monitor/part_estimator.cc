#include "estimator/monitor/part_estimator.h"

#include <algorithm>
#include <set>

namespace vigil {

PartEstimator::PartEstimator(std::span<const EpochCounts> epochs, const Calibration* calibration,
                             PerformanceOptions options)
    : calibration_(calibration), options_(std::move(options)) {
  options_.parts_of_epochs = true;
  for (const EpochCounts& count : epochs) {
    if (count.judged > 0) {
      epochs_.emplace(count.epoch, count);
    } else {
      unjudged_.push_back(count);
    }
  }
  std::ranges::sort(unjudged_, {}, &EpochCounts::epoch);
}

Estimate PartEstimator::Of(std::span<const Verdict> part,
                           std::span<const EpochCounts> unjudged) const {
  if (calibration_ == nullptr) {
    Estimate none{.reason_if_none = "the estimator's file has no calibration",
                  .level = options_.level};
    none.records = static_cast<std::int64_t>(part.size());
    return none;
  }
  std::vector<EpochCounts> counts(unjudged.begin(), unjudged.end());
  std::set<std::int64_t> met;
  for (const Verdict& verdict : part) {
    if (!met.insert(verdict.epoch).second) continue;
    const auto found = epochs_.find(verdict.epoch);
    if (found != epochs_.end()) counts.push_back(found->second);
  }
  return EstimatePerformance(part, counts, *calibration_, options_);
}

}  // namespace vigil
