#include "estimator/monitor/outliers/outlier_metric.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

constexpr std::array<std::pair<OutlierMetric, std::string_view>, 10> kNames = {
    {{OutlierMetric::kSquared, "mse"},
     {OutlierMetric::kAbsolute, "mae"},
     {OutlierMetric::kCosine, "cosine"},
     {OutlierMetric::kStructure, "ssim"},
     {OutlierMetric::kLikelihood, "likelihood"},
     {OutlierMetric::kLatent, "latent"},
     {OutlierMetric::kBoth, "both"},
     {OutlierMetric::kDivergence, "kl"},
     {OutlierMetric::kClassDistance, "class"},
     {OutlierMetric::kEnergy, "energy"}}};

void CheckPair(std::span<const float> a, std::span<const float> b) {
  VIGIL_CHECK(!a.empty() && a.size() == b.size());
}

// SSIM of one channel.
double Structure(std::span<const float> a, std::span<const float> b) {
  constexpr double kRange = 6.0;
  constexpr double kC1 = 0.01 * kRange * 0.01 * kRange, kC2 = 0.03 * kRange * 0.03 * kRange;
  const auto count = static_cast<double>(a.size());
  double sum_a = 0.0, sum_b = 0.0, aa = 0.0, bb = 0.0, ab = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum_a += a[i];
    sum_b += b[i];
    aa += static_cast<double>(a[i]) * a[i];
    bb += static_cast<double>(b[i]) * b[i];
    ab += static_cast<double>(a[i]) * b[i];
  }
  const double mean_a = sum_a / count, mean_b = sum_b / count;
  const double var_a = std::max(0.0, aa / count - mean_a * mean_a);
  const double var_b = std::max(0.0, bb / count - mean_b * mean_b);
  const double covariance = ab / count - mean_a * mean_b;
  return (2.0 * mean_a * mean_b + kC1) * (2.0 * covariance + kC2) /
         ((mean_a * mean_a + mean_b * mean_b + kC1) * (var_a + var_b + kC2));
}

}  // namespace

std::string_view OutlierMetricName(OutlierMetric metric) {
  return std::ranges::find(kNames, metric, &decltype(kNames)::value_type::first)->second;
}

OutlierMetric OutlierMetricFromName(std::string_view name) {
  std::string names;
  for (const auto& [metric, known] : kNames) {
    if (known == name) return metric;
    names += Text(names.empty() ? "" : ", ", known);
  }
  throw Error(Fault::kApi, ErrorCode::kNotFound,
              Text("outlier metric '", name, "': expected one of ", names));
}

std::vector<OutlierMetric> MetricsOf(AutoencoderKind kind) {
  using enum OutlierMetric;
  if (kind == AutoencoderKind::kJoint) return {kLatent, kClassDistance, kEnergy};
  std::vector<OutlierMetric> metrics = {kSquared,    kAbsolute, kCosine, kStructure,
                                        kLikelihood, kLatent,   kBoth};
  if (kind == AutoencoderKind::kVariational) metrics.push_back(kDivergence);
  return metrics;
}

OutlierMetric DefaultMetric(AutoencoderKind kind) {
  return kind == AutoencoderKind::kJoint ? OutlierMetric::kClassDistance : OutlierMetric::kAbsolute;
}

double MeanSquaredError(std::span<const float> view, std::span<const float> reconstruction) {
  CheckPair(view, reconstruction);
  double sum = 0.0;
  for (std::size_t i = 0; i < view.size(); ++i) {
    const double missed = static_cast<double>(view[i]) - reconstruction[i];
    sum += missed * missed;
  }
  return sum / static_cast<double>(view.size());
}

double MeanAbsoluteError(std::span<const float> view, std::span<const float> reconstruction) {
  CheckPair(view, reconstruction);
  double sum = 0.0;
  for (std::size_t i = 0; i < view.size(); ++i)
    sum += std::abs(static_cast<double>(view[i]) - reconstruction[i]);
  return sum / static_cast<double>(view.size());
}

double CosineDistance(std::span<const float> view, std::span<const float> reconstruction) {
  CheckPair(view, reconstruction);
  double product = 0.0, view_squares = 0.0, squares = 0.0;
  for (std::size_t i = 0; i < view.size(); ++i) {
    product += static_cast<double>(view[i]) * reconstruction[i];
    view_squares += static_cast<double>(view[i]) * view[i];
    squares += static_cast<double>(reconstruction[i]) * reconstruction[i];
  }
  const double lengths = std::sqrt(view_squares * squares);
  return lengths > 0.0 ? 1.0 - product / lengths : 1.0;
}

double StructureDistance(std::span<const float> view, std::span<const float> reconstruction,
                         std::size_t channels) {
  CheckPair(view, reconstruction);
  VIGIL_CHECK(channels > 0 && view.size() % channels == 0);
  const std::size_t area = view.size() / channels;
  double sum = 0.0;
  for (std::size_t c = 0; c < channels; ++c)
    sum += Structure(view.subspan(c * area, area), reconstruction.subspan(c * area, area));
  return 1.0 - sum / static_cast<double>(channels);
}

double ResidualNegativeLogLikelihood(std::span<const float> view,
                                     std::span<const float> reconstruction,
                                     std::span<const float> channel_variance) {
  CheckPair(view, reconstruction);
  VIGIL_CHECK(!channel_variance.empty() && view.size() % channel_variance.size() == 0);
  const std::size_t area = view.size() / channel_variance.size();
  double sum = 0.0;
  for (std::size_t i = 0; i < view.size(); ++i) {
    const double missed = static_cast<double>(view[i]) - reconstruction[i];
    const double variance = channel_variance[i / area];
    sum += 0.5 * (missed * missed / variance + std::log(variance));
  }
  return sum / static_cast<double>(view.size());
}

double StandardNormalDivergence(std::span<const float> mean, std::span<const float> log_variance) {
  VIGIL_CHECK(mean.size() == log_variance.size());
  double sum = 0.0;
  for (std::size_t i = 0; i < mean.size(); ++i) {
    const double log = log_variance[i];
    sum += 0.5 * (static_cast<double>(mean[i]) * mean[i] + std::exp(log) - 1.0 - log);
  }
  return sum;
}

}  // namespace vigil
