// How far an output is from another decision.
#ifndef VIGIL_ESTIMATOR_MONITOR_ROBUSTNESS_DECISION_MARGIN_H_
#define VIGIL_ESTIMATOR_MONITOR_ROBUSTNESS_DECISION_MARGIN_H_

#include <span>

#include "estimator/models/task.h"

namespace vigil {

// Positive where `output` says `decision` (Task::Decide), negative where it says another, 0 on the
// border. Of a class: its logit minus the greatest other. Of directness: degrees between the head's
// direction and the rule's cone. REQUIRES: output.size() == task.outputs; a decision of the task's.
double DecisionMargin(const Task& task, std::span<const float> output, int decision);

// Degrees between the direction of a pose (T's output) and the camera's axis: 0 looks into it.
double DirectionAngle(std::span<const float> pose);
// The rule's greatest angle that counts as facing: 30 degrees, or 58.4 as printed.
double FacingLimit(DirectnessRule rule);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_ROBUSTNESS_DECISION_MARGIN_H_
