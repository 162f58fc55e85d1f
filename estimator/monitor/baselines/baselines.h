// The baselines that a reviewer would ask for, fitted, each a score that is high where T should be
// right.
#ifndef VIGIL_ESTIMATOR_MONITOR_BASELINES_BASELINES_H_
#define VIGIL_ESTIMATOR_MONITOR_BASELINES_BASELINES_H_

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "estimator/models/task.h"

namespace vigil {

// What a baseline may look at: what PE gets, pooled.
struct BaselineInput {
  std::span<const float> output;    // T's
  std::span<const float> features;  // of the taps, pooled (baselines_features.h)
};

struct BaselineSample {
  BaselineInput input;
  int truth = 0;         // Task::TrueDecision
  bool correct = false;  // T was
};

struct Baseline {
  std::string name;
  std::string source;  // the paper, and what was fitted on what
  std::function<double(const BaselineInput&)> score;
};

// For classification: always "correct", always "failed", maximum softmax, entropy, margin, energy,
// maximum softmax at a fitted temperature, DOCTOR alpha and beta, Mahalanobis, k-nearest
// neighbours, logistic regression, ConfidNet-style regression. For directness those that need
// logits give way to the distance to the threshold, and what is regressed is whether T is right.
//
// `training` are images that T learned from, with their true decisions: what is familiar.
// `calibration` are others, of many conditions: everything else is fitted on them. The samples'
// spans need not outlive the call. Throws Error (Training, kInvalidValue) where a fit fails.
// REQUIRES: both have two samples or more.
std::vector<Baseline> FitBaselines(const Task& task, std::span<const BaselineSample> training,
                                   std::span<const BaselineSample> calibration);

// Log odds of right and wrong from maximum probability, margin, entropy and energy of T's logits;
// from the distance to the threshold and the pose for directness.
Baseline FitLogisticBaseline(const Task& task, std::span<const BaselineSample> calibration);

// Corbiere et al. 2019 regress the probability that T gives the true class, by a network on T's
// features. Here the network has one hidden layer of drawn weights over pooled taps and output, and
// ridge regression on top, in closed form. For directness, which has no such probability, the
// target is whether T is right.
Baseline FitConfidenceRegression(const Task& task, std::span<const BaselineSample> calibration);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_BASELINES_BASELINES_H_
