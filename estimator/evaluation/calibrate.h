// Finds out what PE's numbers mean: thresholds and calibration over many draws of conditions.
#ifndef VIGIL_ESTIMATOR_EVALUATION_CALIBRATE_H_
#define VIGIL_ESTIMATOR_EVALUATION_CALIBRATE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "estimator/data/dataset.h"
#include "estimator/evaluation/judged_set.h"
#include "estimator/verdict/calibration.h"
#include "estimator/verdict/gate.h"

namespace vigil {

struct CalibrationPlan {
  int mixes = 25;            // draws of conditions (mixes.h)
  std::uint64_t seed = 300;  // of the draws
};

// Images under many draws of conditions.
struct JudgedMixes {
  std::vector<JudgedSample> samples;
  std::vector<int> mix_of;  // the samples
};

// `base` is cut into as many equal parts as there are mixes, so that no two share an image.
// `on_mix` hears how many are done. Throws Error (Training, kInvalidValue) where there are fewer
// images than mixes; as JudgedRunner::Run.
JudgedMixes JudgeMixes(JudgedRunner& runner, const std::shared_ptr<const Dataset>& base,
                       const Task& task, int side, const CalibrationPlan& plan,
                       const std::function<void(int)>& on_mix = nullptr);

struct Calibrated {
  Gate gate;
  Calibration calibration;
  std::vector<JudgedSample> samples;  // of all mixes
};

// Over JudgeMixes; none of base's images may have been used for training. Throws also Error
// (Training, kInvalidValue) where PE or the data do not allow a calibration.
Calibrated Calibrate(JudgedRunner& runner, const std::shared_ptr<const Dataset>& base,
                     const Task& task, int side, const CalibrationPlan& plan,
                     const std::function<void(int)>& on_mix = nullptr);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_EVALUATION_CALIBRATE_H_
