// What an autoencoder's numbers are on known records: what its metadata are made of.
#ifndef VIGIL_ESTIMATOR_MONITOR_OUTLIERS_OUTLIER_FIT_H_
#define VIGIL_ESTIMATOR_MONITOR_OUTLIERS_OUTLIER_FIT_H_

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "estimator/monitor/outliers/outlier_scorer.h"

namespace vigil {

// Hears known records one by one, twice: variances and the latent's distribution come from the
// first round, quantiles of the scores from the second. Keeps sums, and one number a record and
// metric.
class OutlierFit {
 public:
  // `metadata` says task, kind, taps and what is known; the rest is what this finds.
  explicit OutlierFit(OutlierMetadata metadata) : metadata_(std::move(metadata)) {}

  // The first round. `label`: the true decision; counts for kJoint alone.
  void Add(const OutlierOutputs& outputs, int label);
  // Throws Error (Training, kInvalidValue) where there are too few records, or the latent does not
  // vary. `channels` of the view; 0 for kJoint, which gives none.
  void EndFirstRound(std::size_t channels);
  // The second.
  void AddAgain(const OutlierOutputs& outputs);
  // The metric that readings are made of is `metric`. Throws Error (Training, kInvalidValue) for
  // scores that are not finite or none.
  OutlierMetadata Finish(OutlierMetric metric);

 private:
  struct Sums {
    std::vector<double> sum, products;  // of the latents; products row-major
    double count = 0.0;
    void Add(std::span<const float> latent);
  };
  void SetResidualVariance(std::size_t channels);

  OutlierMetadata metadata_;
  Sums all_;
  std::map<int, Sums> classes_;
  std::vector<double> residual_squares_;  // an element of the view
  std::optional<OutlierScorer> scorer_;   // of the first round
  std::map<OutlierMetric, std::vector<double>> scores_;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_OUTLIERS_OUTLIER_FIT_H_
