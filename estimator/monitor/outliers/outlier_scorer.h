// From an autoencoder's outputs on one record to scores, and to what those mean.
#ifndef VIGIL_ESTIMATOR_MONITOR_OUTLIERS_OUTLIER_SCORER_H_
#define VIGIL_ESTIMATOR_MONITOR_OUTLIERS_OUTLIER_SCORER_H_

#include <optional>
#include <span>
#include <vector>

#include "estimator/monitor/cholesky.h"
#include "estimator/monitor/outliers/outlier_metadata.h"

namespace vigil {

// One record's rows of the outputs; those that the kind has not are empty.
struct OutlierOutputs {
  std::span<const float> latent, log_variance, classes, view, reconstruction;
};

// Immutable.
class OutlierScorer {
 public:
  // REQUIRES: metadata that ReadOutlierMetadata accepts, or those of FitOutliers.
  explicit OutlierScorer(OutlierMetadata metadata);

  const OutlierMetadata& metadata() const { return metadata_; }
  // How unlike, in the metric's own units; not finite where the outputs are not. REQUIRES: a metric
  // of the kind (MetricsOf).
  double Score(OutlierMetric metric, const OutlierOutputs& outputs) const;
  // kBoth from its parts.
  double Both(double likelihood, double latent) const;
  // The share of known records that look less unlike by this metric, 0 to 1, between two quantiles
  // linear.
  double Share(OutlierMetric metric, double score) const;
  // The latent, each number from its mean in its standard deviations.
  std::vector<float> Embedding(const OutlierOutputs& outputs) const;

 private:
  double Distance(const Cholesky& covariance, std::span<const double> mean,
                  std::span<const float> latent) const;
  double FromMedian(OutlierMetric metric, double score) const;

  OutlierMetadata metadata_;
  Cholesky covariance_;
  std::optional<Cholesky> class_covariance_;
};

// The share of known records below `score`, from quantiles in equal steps. REQUIRES: two or more,
// never falling.
double ShareBelow(std::span<const double> quantiles, double score);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_OUTLIERS_OUTLIER_SCORER_H_
