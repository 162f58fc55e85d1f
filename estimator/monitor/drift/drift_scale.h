// What one deviation of a record is, signal by signal: everything after works in these units.
#ifndef VIGIL_ESTIMATOR_MONITOR_DRIFT_DRIFT_SCALE_H_
#define VIGIL_ESTIMATOR_MONITOR_DRIFT_DRIFT_SCALE_H_

#include <cstdint>
#include <span>
#include <vector>

#include "estimator/monitor/drift/drift_features.h"

namespace vigil {

// Bins of the signals whose distribution is compared: eight, with seven edges between.
inline constexpr std::size_t kDriftBins = 8;
inline constexpr std::size_t kDriftEdges = kDriftBins - 1;

struct DriftScale {
  std::vector<float> mean, deviation;                // of the scalar signals
  std::vector<float> vector_mean, vector_deviation;  // of DriftFeatures::vector
  // In deviations from the mean, kDriftEdges for each binned signal; empty: every half deviation.
  std::vector<float> edges;

  // In place; nothing lies further than 20 deviations off afterwards, so that no record outweighs
  // all others of its block.
  void Standardise(DriftFeatures& features) const;
  // Of a standardised value of the binned signal with this number.
  std::size_t BinOf(double value, std::size_t binned) const;

  template <typename Archive>
  void Visit(Archive& archive) {
    archive(mean, deviation, vector_mean, vector_deviation, edges);
  }
};

// Means and deviations over a stream of records.
class ScaleBuilder {
 public:
  void Add(const DriftFeatures& features);
  std::int64_t records() const { return records_; }
  // A deviation is never less than the signal's least, nor than 2 % of the mean of a number that
  // has a unit. REQUIRES: records() > 0, of the layout that the signals are of.
  DriftScale Scale(std::span<const SignalInfo> signals) const;

  template <typename Archive>
  void Visit(Archive& archive) {
    archive(records_, mean_, squares_);
  }

 private:
  std::int64_t records_ = 0;
  std::vector<double> mean_, squares_;  // of signals, then vector (Welford)
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_DRIFT_DRIFT_SCALE_H_
