// What PE must beat. Scores are high where T should be right; they look at T's output alone.
#ifndef VIGIL_ESTIMATOR_MONITOR_BASELINES_H_
#define VIGIL_ESTIMATOR_MONITOR_BASELINES_H_

#include <array>
#include <span>

#include "estimator/models/task.h"

namespace vigil {

// Of T's logits. REQUIRES (all of these): at least two, none NaN.
double MaximumSoftmax(std::span<const float> logits);
double NegativeEntropy(std::span<const float> logits);  // of the softmax, in nats, negated
double SoftmaxMargin(std::span<const float> logits);    // largest minus second largest probability
double NegativeEnergy(std::span<const float> logits);   // log of the sum of exponentials

// Of T's pose (in units of kPoseUnit): |cos(yaw) * cos(pitch) - threshold| of the directness rule.
double DistanceToDirectness(std::span<const float> pose, DirectnessRule rule);

// The score that one would take first for the task: maximum softmax, or distance to directness.
double DefaultBaseline(const Task& task, std::span<const float> output);

// Knows which operations were applied to an image and nothing else: T's accuracy on the images of a
// validation set that had the same operations. PE must not be merely this (SOURCES.md, Table 6).
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

// Average thresholded confidence: the threshold above which lies the share of a validation set on
// which T is right; a window's accuracy is then read as its share above.
class ThresholdedConfidence {
 public:
  struct Sample {
    double score = 0.0;
    bool correct = false;
  };
  // REQUIRES: at least one sample.
  explicit ThresholdedConfidence(std::span<const Sample> validation);
  // REQUIRES: at least one score.
  double Estimate(std::span<const double> scores) const;
  double threshold() const { return threshold_; }

 private:
  double threshold_ = 0.0;  // scores at or above count as right
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_BASELINES_H_
