// Estimates by tag: where T does well, and where it does not.
#ifndef VIGIL_ESTIMATOR_MONITOR_SLICES_TAG_SLICES_H_
#define VIGIL_ESTIMATOR_MONITOR_SLICES_TAG_SLICES_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "estimator/monitor/part_estimator.h"

namespace vigil {

struct TagSliceOptions {
  int max_keys = 20;    // the commonest
  int max_values = 20;  // of a key, the commonest
  // A value of fewer verdicts is named with their number and has no figures: they would say more
  // of whoever was there than of T.
  std::int64_t min_verdicts = 30;
};

struct TagValue {
  std::string value;
  std::int64_t verdicts = 0;
  std::optional<Estimate> estimate;  // none: under the minimum
};

struct TagSlices {
  std::string key;
  std::vector<TagValue> values;                           // the commonest first
  std::int64_t further_values = 0, further_verdicts = 0;  // beyond max_values
  std::int64_t without = 0;                               // verdicts without this tag
};

// The commonest keys first. `verdicts` are of one T and PE; throws as PartEstimator::Of.
std::vector<TagSlices> EstimateByTag(std::span<const Verdict> verdicts,
                                     const PartEstimator& estimator,
                                     const TagSliceOptions& options = {});

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_SLICES_TAG_SLICES_H_
