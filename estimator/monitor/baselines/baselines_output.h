// Scores of T's output row alone, high where T should be right: what PE must beat, and what costs
// nothing.
#ifndef VIGIL_ESTIMATOR_MONITOR_BASELINES_BASELINES_OUTPUT_H_
#define VIGIL_ESTIMATOR_MONITOR_BASELINES_BASELINES_OUTPUT_H_

#include <span>
#include <vector>

#include "estimator/models/task.h"

namespace vigil {

// Of T's logits. REQUIRES (all of these): at least two, none NaN; temperature > 0.
std::vector<double> Softmax(std::span<const float> logits, double temperature = 1.0);
// Hendrycks and Gimpel 2017; at another temperature Guo et al. 2017.
double MaximumSoftmax(std::span<const float> logits, double temperature = 1.0);
double NegativeEntropy(std::span<const float> logits);  // of the softmax, in nats, negated
double SoftmaxMargin(std::span<const float> logits);    // largest minus second largest probability
// Log of the sum of exponentials (Liu et al. 2020).
double NegativeEnergy(std::span<const float> logits);
// DOCTOR (Granese et al. 2021), negated: alpha is (1 - g) / g with g the sum of squared
// probabilities, beta is (1 - p) / p with p the largest. Beta ranks as the maximum softmax does.
double DoctorAlpha(std::span<const float> logits);
double DoctorBeta(std::span<const float> logits);

struct LabelledLogits {
  std::span<const float> logits;
  int label = 0;  // the true class
};
// The temperature of least cross-entropy (Guo et al. 2017), within 1/20 and 20 and to 0.1 %.
// REQUIRES: at least one sample.
double FitTemperature(std::span<const LabelledLogits> samples);

// Of T's pose (in units of kPoseUnit): |cos(yaw) * cos(pitch) - threshold| of the directness rule.
double DistanceToDirectness(std::span<const float> pose, DirectnessRule rule);

// The score that one would take first for the task: maximum softmax, or distance to directness.
double DefaultBaseline(const Task& task, std::span<const float> output);
const char* DefaultBaselineName(const Task& task);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_BASELINES_BASELINES_OUTPUT_H_
