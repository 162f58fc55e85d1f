#include "estimator/training/optimizer.h"

#include <cmath>
#include <numbers>

namespace vigil {

float LearningRateAt(const ScheduleOptions& schedule, float learning_rate, double progress,
                     int epochs) {
  const double warmup = schedule.warmup_epochs;
  if (progress < warmup) return static_cast<float>(learning_rate * progress / warmup);
  if (schedule.kind == ScheduleOptions::Kind::kMilestones) {
    const double passed = std::floor(progress / schedule.milestone_epochs);
    return static_cast<float>(learning_rate * std::pow(schedule.factor, passed));
  }
  const double share = (progress - warmup) / (epochs - warmup);
  return static_cast<float>(learning_rate * 0.5 * (1.0 + std::cos(std::numbers::pi * share)));
}

}  // namespace vigil
