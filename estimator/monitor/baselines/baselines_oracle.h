// An oracle that knows what was done to an image, and nothing else.
#ifndef VIGIL_ESTIMATOR_MONITOR_BASELINES_BASELINES_ORACLE_H_
#define VIGIL_ESTIMATOR_MONITOR_BASELINES_BASELINES_ORACLE_H_

#include <array>
#include <span>

#include "estimator/models/task.h"

namespace vigil {

// T's accuracy on the images of a validation set that had the same operations. PE must not be
// merely this (SOURCES.md, "Read Table 6 with care").
class AppliedOracle {
 public:
  struct Sample {
    CauseSet applied;
    bool correct = false;
  };
  // A set of operations that was never seen has the accuracy over all; one pseudo-record of that
  // accuracy keeps rare sets apart from certainty.
  explicit AppliedOracle(std::span<const Sample> validation);
  double Score(CauseSet applied) const { return accuracy_[applied.bits()]; }

 private:
  std::array<double, 32> accuracy_{};
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_BASELINES_BASELINES_ORACLE_H_
