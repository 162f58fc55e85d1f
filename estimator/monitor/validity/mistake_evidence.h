// Whether a stream of inputs was made with one of the mistakes that a schema knows.
#ifndef VIGIL_ESTIMATOR_MONITOR_VALIDITY_MISTAKE_EVIDENCE_H_
#define VIGIL_ESTIMATOR_MONITOR_VALIDITY_MISTAKE_EVIDENCE_H_

#include <array>
#include <cstddef>
#include <span>

#include "estimator/monitor/validity/input_schema.h"

namespace vigil {

// A sum for each mistake (Page's CUSUM): of how much likelier an input is with the mistake than
// without it, or with another. It never falls below zero, one input moves it by `kMost` at most,
// and the mistake is told while the sum stands at `kTold` or above; so at least six inputs are
// needed, and of independent ordinary ones e^18, 65 million, would go by until one is told wrongly,
// were the densities exact. A sum does not exceed twice that, so that a mended pipeline is soon
// told as such.
//
// An input beyond what values can be with a mistake sets its sum to zero: a scene may be as bright
// as inputs that were not normalised, but some day it holds something dark.
//
// Frames of one scene are not independent: a camera that looks at a blue wall would seem to swap
// its channels. An input therefore counts only where it differs from the last that did, by one
// deviation of ordinary inputs in all.
class MistakeEvidence {
 public:
  static constexpr double kMost = 3.0, kTold = 18.0;
  static constexpr std::size_t kMostMistakes = InputSchema::kMostMistakes;

  // REQUIRES: the schema outlives this; its ordinary density is not empty; at most kMostMistakes.
  explicit MistakeEvidence(const InputSchema& schema);

  // Features and range of an input.
  void Add(std::span<const double> features, ChannelLimits range);
  bool Told(std::size_t mistake) const { return sums_[mistake] >= kTold; }
  void Forget();

  // Which mistake explains these features best, by more than kMost; -1: none does.
  int BestOf(std::span<const double> features) const;

 private:
  // Log of each mistake's density over the best of the others and the ordinary one.
  std::array<double, kMostMistakes> Ratios(std::span<const double> features) const;

  const InputSchema& schema_;
  std::array<double, kMostMistakes> sums_{};
  std::array<double, InputFeatures::kMost> last_{};  // features that counted
  bool has_last_ = false;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_VALIDITY_MISTAKE_EVIDENCE_H_
