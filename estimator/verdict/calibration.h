// What PE's numbers turned out to mean where the truth was known (DESIGN.md contract 8).
#ifndef VIGIL_ESTIMATOR_VERDICT_CALIBRATION_H_
#define VIGIL_ESTIMATOR_VERDICT_CALIBRATION_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "estimator/verdict/blends.h"
#include "estimator/verdict/strata.h"

namespace vigil {

// PE's judgement of one image whose truth is known. A mix is one draw of conditions: its own shares
// of causes and severities. Mixes share no images, or their noise would pass for agreement.
struct CalibrationSample {
  int mix = 0;
  float p_correct = 0.0f;
  std::array<float, kCauseCount> p_cause{};
  bool correct = false;
};

struct CalibrationOptions {
  float threshold = 0.5f;  // the gate's for p_correct
  int bands = 10;
};

// Counts of one mix over the strata.
struct MixCounts {
  std::vector<std::int32_t> seen, right;
};

// What a few labelled records of the device said of the rates (recalibration.h): the log odds of a
// stratum become shift + slope * log odds.
struct CalibrationAdjustment {
  double shift = 0.0, slope = 1.0;
  // Of the two, in the order shift^2, shift * slope, slope^2.
  std::array<double, 3> covariance{};
  std::int64_t labels = 0;
};

// The binned calibrated mean. Everything derives from the counts:
//   rate of a stratum  (right + 8 * band rate) / (seen + 8), where the band rate is that of its
//                      confidence band over all causes, made to rise with confidence by pooling
//                      adjacent violators. A stratum seen often keeps its own rate; a rare one
//                      leans on its band. The 8 pseudo-records weigh little beside hundreds.
//   rate uncertainty   delete-one-mix jackknife of the whole fit: mixes are the sampling unit.
//   between-mix        how much the mean outcome of a mix left out of the fit differs from its
//                      calibrated mean beyond sampling: overdispersion phi, so that the variance is
//                      phi * mean of rate * (1 - rate); fitted as Paule and Mandel do, so that the
//                      standardised squares of the mixes' errors add up to their number.
// Some 40 mixes of 100 images make intervals that hold what they promise (tests/monitor); with 15
// of 60, phi is often read as 0 where it is not, and intervals of 95 % held 91 % in simulation.
// An adjustment changes the rates that these counts give, and its own uncertainty comes on top of
// theirs; mixes, phi and discrimination stay what calibration found.
// Immutable, freely shared among threads.
class Calibration {
 public:
  static constexpr int kMinimumMixes = 8;
  static constexpr double kMinimumAuroc = 0.6;  // below, PE cannot tell right from wrong

  // Throws Error (Model, kMalformed) that names the mix for counts that cannot be: another number
  // of strata, right > seen, negative, an empty mix, fewer than kMinimumMixes.
  Calibration(Strata strata, std::vector<MixCounts> mixes, double auroc, double blend_tolerance);

  // The same with this adjustment in place of its own; none: as it was fitted. Throws Error (Model,
  // kMalformed) for numbers that are not finite, a slope that is not positive, or no covariance.
  Calibration WithAdjustment(std::optional<CalibrationAdjustment> adjustment) const;
  const std::optional<CalibrationAdjustment>& adjustment() const { return adjustment_; }
  // As the mixes' counts give it, without the adjustment.
  double FittedRate(int stratum) const { return fitted_[static_cast<std::size_t>(stratum)]; }

  const Strata& strata() const { return strata_; }
  const std::vector<MixCounts>& mixes() const { return mixes_; }
  std::int64_t samples() const { return samples_; }
  double accuracy() const { return accuracy_; }  // of T over all samples
  double auroc() const { return auroc_; }        // of p_correct over all samples
  double blend_tolerance() const { return blend_tolerance_; }
  // Share of the outcomes' variance that the rates explain: 0 says nothing, 1 says all.
  double discrimination() const { return discrimination_; }
  double overdispersion() const { return overdispersion_; }

  double rate(int stratum) const { return rates_[static_cast<std::size_t>(stratum)]; }
  double Calibrate(float p_correct, std::span<const float, kCauseCount> p_cause) const {
    return rate(strata_.StratumOf(p_correct, p_cause));
  }
  // Variance of sum(shares * rate) for want of more calibration. REQUIRES: shares.size() ==
  // strata().size().
  double RateVariance(std::span<const double> shares) const;

  // The mixes' histograms over the strata, for DistanceFromBlends.
  std::vector<Histogram> Histograms() const;

 private:
  double AdjustmentVariance(std::span<const double> shares) const;

  Strata strata_;
  std::vector<MixCounts> mixes_;
  double auroc_, blend_tolerance_;
  std::int64_t samples_ = 0;
  double accuracy_ = 0.0, discrimination_ = 0.0;
  double overdispersion_ = 0.0;
  std::optional<CalibrationAdjustment> adjustment_;
  std::vector<double> fitted_;  // without the adjustment
  std::vector<double> rates_;
  std::vector<std::vector<double>> rates_without_;  // [mix left out][stratum], as rates_
  std::vector<std::vector<double>> fitted_without_;
};

// Throws Error (Training, kInvalidValue) that names the numbers: too few mixes, a p that is not in
// [0, 1], T always right or always wrong.
Calibration FitCalibration(std::span<const CalibrationSample> samples,
                           const CalibrationOptions& options = {});

// JSON of version 1: {"version", "threshold", "edges", "auroc", "blend_tolerance", "mixes":
// [{"seen": [...], "right": [...]}]}, the counts in the order of the strata. Version 2, written
// where there is one, adds "adjustment": {"shift", "slope", "covariance": [3 numbers], "labels"}.
std::string CalibrationToJson(const Calibration& calibration);
// Throws Error (Model, kMalformed) that names the field; (Model, kUnsupported) for another version.
Calibration CalibrationFromJson(std::string_view json);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_VERDICT_CALIBRATION_H_
