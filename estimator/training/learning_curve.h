// How a loss fell: what a training shows afterwards.
#ifndef VIGIL_ESTIMATOR_TRAINING_LEARNING_CURVE_H_
#define VIGIL_ESTIMATOR_TRAINING_LEARNING_CURVE_H_

#include <vector>

namespace vigil {

struct CurvePoint {
  double epoch = 0.0;  // done when the point was taken
  double loss = 0.0;   // mean since the point before
  bool operator==(const CurvePoint&) const = default;
};
using LearningCurve = std::vector<CurvePoint>;

inline constexpr int kCurvePointsAnEpoch = 20;  // at most

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_TRAINING_LEARNING_CURVE_H_
