// ViM, virtual-logit matching (Wang et al. 2022): features outside of the space that known ones
// fill, weighed against T's own logits.
#ifndef VIGIL_ESTIMATOR_MONITOR_BASELINES_VIRTUAL_LOGIT_H_
#define VIGIL_ESTIMATOR_MONITOR_BASELINES_VIRTUAL_LOGIT_H_

#include <span>
#include <vector>

#include "estimator/monitor/baselines/baselines.h"

namespace vigil {

// The residual is the length of what the known features' principal half leaves of a record's,
// scaled so that its mean over known records is that of their largest logit. The paper's features
// are the last layer's, centred where that layer's bias is made up for; these are pooled taps,
// centred on their mean. Immutable.
class VirtualLogit {
 public:
  // T without logits (directness): the residual alone. REQUIRES: two samples or more, all of one
  // length. Throws Error (Training, kInvalidValue) for features that are not finite.
  VirtualLogit(std::span<const BaselineInput> known, bool has_logits);

  // High where the record is like the known ones: log-sum-exp of the logits minus the virtual one.
  double Score(const BaselineInput& input) const;

 private:
  double Residual(std::span<const float> features) const;

  bool has_logits_;
  double scale_ = 1.0;
  std::vector<double> mean_, deviation_;
  std::vector<std::vector<double>> rest_;  // directions that known features hardly vary in
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_BASELINES_VIRTUAL_LOGIT_H_
