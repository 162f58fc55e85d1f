// The ways in which an autoencoder (models/autoencoder.h) can say how unlike known records one is
// (SOURCES.md G2, G3, G4). Pure functions; all grow with unlikeness.
#ifndef VIGIL_ESTIMATOR_MONITOR_OUTLIERS_OUTLIER_METRIC_H_
#define VIGIL_ESTIMATOR_MONITOR_OUTLIERS_OUTLIER_METRIC_H_

#include <span>
#include <string_view>
#include <vector>

#include "estimator/models/autoencoder.h"

namespace vigil {

enum class OutlierMetric {
  kSquared,     // mean squared error of the reconstruction
  kAbsolute,    // mean absolute error
  kCosine,      // 1 - cosine of view and reconstruction
  kStructure,   // 1 - SSIM of the feature maps
  kLikelihood,  // negative log likelihood of the residual, normal, a variance a channel
  kLatent,      // squared Mahalanobis distance of the latent from the known ones' mean
  // The stranger of kLikelihood and kLatent, each by how far it lies from its median on known
  // records, in units of the way to the 90 % quantile above or the 10 % quantile below: what is
  // rebuilt too well, or lies nearer to the mean than known records do, is not typical either
  // (Nalisnick et al. 2019). Blur and darkness are so.
  kBoth,
  kDivergence,     // of a variational latent from the standard normal (KL), in nats
  kClassDistance,  // squared Mahalanobis distance of the latent to the nearest class's mean
  kEnergy,         // minus the log of the sum of the classifier's exponentials (Liu et al. 2020)
};

std::string_view OutlierMetricName(OutlierMetric metric);  // "mse", "mae", "cosine", "ssim", ...
// Throws Error (Api, kNotFound) that lists the names.
OutlierMetric OutlierMetricFromName(std::string_view name);
// Those that a network of this kind allows: a joint one has no decoder, only it has classes.
std::vector<OutlierMetric> MetricsOf(AutoencoderKind kind);
// The one that told shifts from known records best (`vigil evaluate --monitors`).
OutlierMetric DefaultMetric(AutoencoderKind kind);

// REQUIRES (all of these): both of one length, not empty.
double MeanSquaredError(std::span<const float> view, std::span<const float> reconstruction);
double MeanAbsoluteError(std::span<const float> view, std::span<const float> reconstruction);
// 1 where either is all zeros.
double CosineDistance(std::span<const float> view, std::span<const float> reconstruction);
// Wang et al. 2004 with one window, the whole map, a channel; the mean over the channels. The
// constants are those of the paper for a range of 6, three deviations to either side.
// REQUIRES: channels divides their length.
double StructureDistance(std::span<const float> view, std::span<const float> reconstruction,
                         std::size_t channels);
// The mean over the elements, without the constant. REQUIRES: one variance > 0 a channel, their
// number divides the length.
double ResidualNegativeLogLikelihood(std::span<const float> view,
                                     std::span<const float> reconstruction,
                                     std::span<const float> channel_variance);
// Of independent normals from standard ones. REQUIRES: as many of both.
double StandardNormalDivergence(std::span<const float> mean, std::span<const float> log_variance);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_OUTLIERS_OUTLIER_METRIC_H_
