// What others read a window's accuracy from, without labels: confidences alone. Each is fitted on a
// calibration set whose truth is known.
#ifndef VIGIL_ESTIMATOR_MONITOR_BASELINES_WINDOW_BASELINES_H_
#define VIGIL_ESTIMATOR_MONITOR_BASELINES_WINDOW_BASELINES_H_

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "estimator/monitor/baselines/baselines.h"

namespace vigil {

struct ScoredSample {
  double score = 0.0;
  bool correct = false;
  int mix = 0;  // of the calibration set's conditions
};

// The mean of confidences that are probabilities (Guillory et al. 2021 call it AC). REQUIRES: at
// least one.
double AverageConfidence(std::span<const double> confidences);

// Average thresholded confidence (Garg et al. 2022): the threshold above which lies the share of a
// validation set on which T is right; a window's accuracy is then read as its share above.
class ThresholdedConfidence {
 public:
  // REQUIRES: at least one sample.
  explicit ThresholdedConfidence(std::span<const ScoredSample> validation);
  // REQUIRES: at least one score.
  double Estimate(std::span<const double> scores) const;
  double threshold() const { return threshold_; }

 private:
  double threshold_ = 0.0;  // scores at or above count as right
};

// Difference of confidences (Guillory et al. 2021): accuracy moves as the average confidence does.
// As it stands, by as much (slope 1); regressed, by the line that fits the mixes' accuracies best.
class DifferenceOfConfidences {
 public:
  enum class Slope { kOne, kRegressed };
  // A regression over mixes that all have one confidence keeps slope 1. REQUIRES: at least one
  // sample.
  DifferenceOfConfidences(std::span<const ScoredSample> validation, Slope slope);
  // Within 0 and 1. REQUIRES: at least one confidence.
  double Estimate(std::span<const double> confidences) const;
  double slope() const { return slope_; }

 private:
  double confidence_ = 0.0, accuracy_ = 0.0, slope_ = 1.0;  // the line's point and slope
};

// Confidence-based performance estimation (NannyML): the mean of confidences that isotonic
// regression has calibrated. Scores may be of any scale.
class CalibratedConfidence {
 public:
  // REQUIRES: at least one sample.
  explicit CalibratedConfidence(std::span<const ScoredSample> validation);
  // Linear between the blocks of equal rate, constant beyond them.
  double Calibrate(double score) const;
  double Estimate(std::span<const double> scores) const;

 private:
  std::vector<double> score_, rate_;  // of the blocks, rising
};

struct MixedSample {
  BaselineSample sample;
  int mix = 0;
};

struct WindowBaseline {
  std::string name, source;
  std::function<double(std::span<const BaselineInput>)> estimate;
};

// All of the above on T's confidence: the maximum softmax, or for directness the probability that
// logistic regression gives for the distance to the threshold. The last is CBPE on the
// ConfidNet-style regression, which sees the taps as PE does; it takes two mixes or more. REQUIRES:
// two samples or more.
std::vector<WindowBaseline> FitWindowBaselines(const Task& task,
                                               std::span<const MixedSample> calibration);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_BASELINES_WINDOW_BASELINES_H_
