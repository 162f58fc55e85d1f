#include "estimator/monitor/robustness/decision_margin.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "engine/base/error.h"

namespace vigil {
namespace {
constexpr double kDegree = std::numbers::pi / 180.0;
}

double DirectionAngle(std::span<const float> pose) {
  const double directness =
      std::cos(pose[0] * kPoseUnit * kDegree) * std::cos(pose[1] * kPoseUnit * kDegree);
  return std::acos(std::clamp(directness, -1.0, 1.0)) / kDegree;
}

double FacingLimit(DirectnessRule rule) {
  return rule == DirectnessRule::kAngle ? 30.0 : std::acos(30.0 * kDegree) / kDegree;
}

double DecisionMargin(const Task& task, std::span<const float> output, int decision) {
  VIGIL_CHECK(static_cast<int>(output.size()) == task.outputs);
  if (task.kind == Task::Kind::kDirectness) {
    const double inside = FacingLimit(task.rule) - DirectionAngle(output);
    return decision == 1 ? inside : -inside;
  }
  VIGIL_CHECK(decision >= 0 && decision < task.outputs);
  double other = -std::numeric_limits<double>::infinity();
  for (int c = 0; c < task.outputs; ++c) {
    if (c != decision) other = std::max<double>(other, output[static_cast<std::size_t>(c)]);
  }
  return output[static_cast<std::size_t>(decision)] - other;
}

}  // namespace vigil
