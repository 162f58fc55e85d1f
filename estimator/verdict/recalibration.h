// What a few labelled records of a device say of PE's calibration.
#ifndef VIGIL_ESTIMATOR_VERDICT_RECALIBRATION_H_
#define VIGIL_ESTIMATOR_VERDICT_RECALIBRATION_H_

#include <cstdint>
#include <span>
#include <vector>

#include "estimator/verdict/calibration.h"

namespace vigil {

// A verdict of PE's, and whether T was right there.
struct LabelledVerdict {
  float p_correct = 0.0f;
  std::array<float, kCauseCount> p_cause{};
  std::int64_t block = 0;  // labels of one block (a scene) may be right and wrong together
  bool correct = false;
};

struct RecalibrationOptions {
  // Standard deviations of the prior, normal around "nothing has changed". A shift of 0.6 changes
  // the odds by a factor of 1.8. In simulation (tests/verdict) these keep what 20 labels do to a
  // calibration that was right to half of those labels' own error, and move three quarters of the
  // way to a shift of 1 by 50 labels.
  double shift_deviation = 0.6;
  double slope_deviation = 0.15;
};

// Of labels that a fit had not seen.
struct HeldOutError {
  double mean_rate = 0.0;  // what the rates say the labels' share of right should be
  double log_loss = 0.0;   // nats a label
};

struct Recalibration {
  CalibrationAdjustment adjustment;
  std::int64_t labels = 0, right = 0;
  int blocks = 0;
  // How many labels count as one: 1 where errors of a block do not come together.
  double design_effect = 1.0;
  HeldOutError before, after;  // after: each block by a fit without it (in ten parts)
  // Mean log loss that is saved a label, and its standard error over blocks.
  double gain = 0.0, gain_error = 0.0;
  // More labels like these would have it that way.
  bool helps() const { return gain > 0.0; }
};

inline constexpr std::int64_t kFewestLabels = 10;
inline constexpr int kFewestLabelBlocks = 5;

// The most probable shift and slope of the strata's log odds, given the labels and the prior: with
// few labels nothing much happens, with more the shift is theirs, with many the slope too. Starts
// from the rates as calibration fitted them, so that recalibrating again does not add up. It asks
// of the labelled records only that, within a stratum, they were not chosen by whether T was right:
// choosing those of low p_correct is fine.
//
// Not for a PE that no longer ranks (its AUROC has fallen): no shift mends that.
// Throws Error (Input, kInvalidValue): fewer than kFewestLabels labels or kFewestLabelBlocks
// blocks, a probability outside [0, 1].
Recalibration Recalibrate(const Calibration& calibration, std::span<const LabelledVerdict> labels,
                          const RecalibrationOptions& options = {});

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_VERDICT_RECALIBRATION_H_
