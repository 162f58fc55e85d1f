// The strata of calibration: predicted cause x band of p_correct.
#ifndef VIGIL_ESTIMATOR_VERDICT_STRATA_H_
#define VIGIL_ESTIMATOR_VERDICT_STRATA_H_

#include <span>
#include <string_view>
#include <vector>

#include "estimator/models/task.h"

namespace vigil {

// Bands cut [0, 1] at `edges`: band b holds edges[b - 1] <= p_correct < edges[b]. The group is
// "none" where p_correct >= threshold (judged correct), else the cause of the highest p_cause.
// Stratum = group * bands + band. Immutable, freely shared among threads.
class Strata {
 public:
  static constexpr int kGroups = kCauseCount + 1;  // the causes in their order, then "none"
  static constexpr int kNoCause = kCauseCount;

  // Throws Error (Model, kMalformed) unless edges rise strictly within (0, 1) and the threshold
  // lies in [0, 1].
  Strata(std::vector<float> edges, float threshold);

  // Bands of about equal counts: cuts at the quantiles of `p_correct`, those that coincide merged.
  static Strata FromQuantiles(std::vector<float> p_correct, int bands, float threshold);

  int bands() const { return static_cast<int>(edges_.size()) + 1; }
  int size() const { return kGroups * bands(); }
  const std::vector<float>& edges() const { return edges_; }
  float threshold() const { return threshold_; }

  int BandOf(float p_correct) const;
  int GroupOf(float p_correct, std::span<const float, kCauseCount> p_cause) const;
  // REQUIRES: no NaN.
  int StratumOf(float p_correct, std::span<const float, kCauseCount> p_cause) const;
  int BandOfStratum(int stratum) const { return stratum % bands(); }

 private:
  std::vector<float> edges_;
  float threshold_;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_VERDICT_STRATA_H_
