#include "estimator/monitor/outliers/outlier_scorer.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/base/error.h"
#include "estimator/monitor/baselines/baselines_output.h"

namespace vigil {
namespace {

double QuantileOf(std::span<const double> steps, double share) {
  const double place = share * static_cast<double>(steps.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(place), steps.size() - 2);
  const double rest = place - static_cast<double>(below);
  return steps[below] + rest * (steps[below + 1] - steps[below]);
}

}  // namespace

double ShareBelow(std::span<const double> quantiles, double score) {
  VIGIL_CHECK(quantiles.size() >= 2);
  // Equal steps are equal scores of many records: half of them count as below.
  const auto [first, last] = std::ranges::equal_range(quantiles, score);
  const auto steps = static_cast<double>(quantiles.size() - 1);
  if (first != last) {
    const auto from = static_cast<double>(first - quantiles.begin());
    const auto to = static_cast<double>(last - quantiles.begin()) - 1.0;
    return 0.5 * (from + to) / steps;
  }
  if (first == quantiles.begin()) return 0.0;
  if (first == quantiles.end()) return 1.0;
  const double low = *(first - 1), high = *first;
  return (static_cast<double>(first - quantiles.begin()) - 1.0 + (score - low) / (high - low)) /
         steps;
}

OutlierScorer::OutlierScorer(OutlierMetadata metadata)
    : metadata_(std::move(metadata)),
      covariance_(metadata_.latent.covariance, metadata_.latent.mean.size()) {
  if (!metadata_.latent.class_means.empty())
    class_covariance_.emplace(metadata_.latent.class_covariance, metadata_.latent.mean.size());
}

double OutlierScorer::Distance(const Cholesky& covariance, std::span<const double> mean,
                               std::span<const float> latent) const {
  VIGIL_CHECK(latent.size() == mean.size());
  std::vector<double> centred(latent.begin(), latent.end());
  for (std::size_t i = 0; i < centred.size(); ++i) centred[i] -= mean[i];
  double squares = 0.0;
  for (const double value : covariance.SolveLower(std::move(centred))) squares += value * value;
  return squares;
}

double OutlierScorer::FromMedian(OutlierMetric metric, double score) const {
  const std::vector<double>& steps = metadata_.quantiles.at(metric);
  const double median = QuantileOf(steps, 0.5);
  const double edge = QuantileOf(steps, score > median ? 0.9 : 0.1);
  // All but constant on known records: any difference counts.
  const double least = 1e-9 * (1.0 + std::abs(median));
  return std::abs(score - median) / std::max(std::abs(edge - median), least);
}

double OutlierScorer::Both(double likelihood, double latent) const {
  return std::max(FromMedian(OutlierMetric::kLikelihood, likelihood),
                  FromMedian(OutlierMetric::kLatent, latent));
}

double OutlierScorer::Score(OutlierMetric metric, const OutlierOutputs& outputs) const {
  switch (metric) {
    case OutlierMetric::kSquared:
      return MeanSquaredError(outputs.view, outputs.reconstruction);
    case OutlierMetric::kAbsolute:
      return MeanAbsoluteError(outputs.view, outputs.reconstruction);
    case OutlierMetric::kCosine:
      return CosineDistance(outputs.view, outputs.reconstruction);
    case OutlierMetric::kStructure:
      return StructureDistance(outputs.view, outputs.reconstruction,
                               metadata_.residual_variance.size());
    case OutlierMetric::kLikelihood:
      return ResidualNegativeLogLikelihood(outputs.view, outputs.reconstruction,
                                           metadata_.residual_variance);
    case OutlierMetric::kLatent:
      return Distance(covariance_, metadata_.latent.mean, outputs.latent);
    case OutlierMetric::kBoth:
      return Both(Score(OutlierMetric::kLikelihood, outputs),
                  Score(OutlierMetric::kLatent, outputs));
    case OutlierMetric::kDivergence:
      return StandardNormalDivergence(outputs.latent, outputs.log_variance);
    case OutlierMetric::kClassDistance: {
      VIGIL_CHECK(class_covariance_.has_value());
      double nearest =
          Distance(*class_covariance_, metadata_.latent.class_means[0], outputs.latent);
      for (const std::vector<double>& mean : metadata_.latent.class_means)
        nearest = std::min(nearest, Distance(*class_covariance_, mean, outputs.latent));
      return nearest;
    }
    case OutlierMetric::kEnergy:
      return -NegativeEnergy(outputs.classes);
  }
  return 0.0;
}

double OutlierScorer::Share(OutlierMetric metric, double score) const {
  return ShareBelow(metadata_.quantiles.at(metric), score);
}

std::vector<float> OutlierScorer::Embedding(const OutlierOutputs& outputs) const {
  const std::size_t size = metadata_.latent.mean.size();
  VIGIL_CHECK(outputs.latent.size() == size);
  std::vector<float> embedding(size);
  for (std::size_t i = 0; i < size; ++i) {
    const double deviation = std::sqrt(metadata_.latent.covariance[i * size + i]);
    embedding[i] = static_cast<float>((outputs.latent[i] - metadata_.latent.mean[i]) / deviation);
  }
  return embedding;
}

}  // namespace vigil
