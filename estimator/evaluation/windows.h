// The accuracy of whole windows, as PE's estimate and as other methods read it, under conditions
// that calibration knows and under others.
#ifndef VIGIL_ESTIMATOR_EVALUATION_WINDOWS_H_
#define VIGIL_ESTIMATOR_EVALUATION_WINDOWS_H_

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "estimator/evaluation/evaluation_data.h"
#include "estimator/evaluation/judged_set.h"
#include "estimator/monitor/baselines/window_baselines.h"
#include "estimator/monitor/performance.h"
#include "estimator/verdict/estimator_metadata.h"

namespace vigil {

struct WindowPlan {
  std::int64_t images = 200;  // a window
  int calibrated = 100;       // windows of mixes like calibration's
  int shifted = 20;           // windows of each condition that calibration never saw
  std::uint64_t seed = 8800;  // of the mixes; calibration's are others
};

// One kind of conditions: another draw of them a window.
struct WindowCondition {
  std::string name;
  bool calibrated = false;  // drawn from the family that calibration was fitted over
  int windows = 0;
  std::function<std::shared_ptr<const Dataset>(int window)> open;
};

// Mixes as calibration's, on test images; severities beyond "paper" and short of "moderate"; each
// perturbation of perturbed.h on a random share of images; the original pixels where there are any
// (of images that calibration saw in other pixels: a shift of pixels, not of images).
std::vector<WindowCondition> WindowConditions(const EvaluationData& data, const Task& task,
                                              int side, const WindowPlan& plan);

struct WindowError {
  std::string name, source;
  Interval mae;       // mean |estimate - truth|
  double bias = 0.0;  // mean estimate - truth
};

struct WindowFigures {
  std::string condition;
  bool calibrated = false;
  int windows = 0;
  std::int64_t images = 0;                           // a window
  double least_accuracy = 0.0, most_accuracy = 0.0;  // of T, over the windows
  int estimated = 0;        // windows with an estimate; the errors are of these
  Interval coverage;        // share of them whose 95 % interval holds the truth (Wilson)
  double mean_width = 0.0;  // of the intervals
  // Mean absolute error that chance alone makes of so few images, were each one's rate just what
  // PE's calibration has: no method that knows no more of an image can do better.
  double chance = 0.0;
  double outside = 0.0;             // share of windows marked outside calibrated conditions
  std::vector<WindowError> errors;  // "PE", "PE, uncalibrated", then the baselines
};

// `on_window` hears how many windows are done. Throws as JudgedRunner::Run. REQUIRES: metadata has
// a calibration.
WindowFigures JudgeWindows(JudgedRunner& runner, const WindowCondition& condition,
                           const EstimatorMetadata& metadata,
                           std::span<const WindowBaseline> baselines,
                           const std::function<void(int)>& on_window = nullptr);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_EVALUATION_WINDOWS_H_
