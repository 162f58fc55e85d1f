// How well T's pose goes with the labels', apart from the decision that is made of it.
#ifndef VIGIL_ESTIMATOR_EVALUATION_POSE_FIGURES_H_
#define VIGIL_ESTIMATOR_EVALUATION_POSE_FIGURES_H_

#include <optional>
#include <span>

#include "estimator/evaluation/judged_set.h"

namespace vigil {

struct AngleFigures {
  double mean_error = 0.0;   // of the absolute differences, in degrees
  double correlation = 0.0;  // NaN where either does not vary
  double slope = 0.0;        // of T's angle over the label's: under 1 where T's answers shrink
};

struct PoseFigures {
  AngleFigures pitch, yaw;
  double called_facing = 0.0, facing = 0.0;  // shares: by T, by the labels
};

// None for a task that is no pose. REQUIRES: samples is not empty.
std::optional<PoseFigures> PoseFiguresOf(std::span<const JudgedSample> samples, const Task& task);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_EVALUATION_POSE_FIGURES_H_
