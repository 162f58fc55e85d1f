#include "estimator/monitor/outliers/outlier_fit.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

constexpr std::size_t kSteps = 200;  // between quantiles: a step is half a percent

// From products around the mean to a covariance that can be inverted.
void DivideBy(std::vector<double>& covariance, double count) {
  const auto size = static_cast<std::size_t>(std::lround(std::sqrt(covariance.size())));
  double trace = 0.0;
  for (std::size_t i = 0; i < size; ++i) trace += covariance[i * size + i];
  for (double& value : covariance) value /= count;
  // A number of the latent that never moves has no variance; a ten-thousandth of the mean one
  // stands in, which rounding in the metadata cannot undo.
  const double floor = 1e-4 * trace / count / static_cast<double>(size);
  for (std::size_t i = 0; i < size; ++i) covariance[i * size + i] += floor;
}

void TakeAway(std::vector<double>& products, const std::vector<double>& sum, double count) {
  const std::size_t size = sum.size();
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j < size; ++j) products[i * size + j] -= sum[i] * sum[j] / count;
  }
}

std::vector<double> Mean(const std::vector<double>& sum, double count) {
  std::vector<double> mean = sum;
  for (double& value : mean) value /= count;
  return mean;
}

std::vector<double> QuantilesOf(std::vector<double> scores, OutlierMetric metric) {
  for (const double score : scores) {
    if (std::isfinite(score)) continue;
    throw Error(Fault::kTraining, ErrorCode::kInvalidValue,
                Text("a known record's score by '", OutlierMetricName(metric), "' is ", score,
                     ": expected finite scores"));
  }
  std::ranges::sort(scores);
  std::vector<double> steps;
  for (std::size_t i = 0; i <= kSteps; ++i) {
    const double place = static_cast<double>(i * (scores.size() - 1)) / kSteps;
    const auto below = static_cast<std::size_t>(place);
    const auto above = std::min(below + 1, scores.size() - 1);
    const double rest = place - static_cast<double>(below);
    steps.push_back(scores[below] + rest * (scores[above] - scores[below]));
  }
  return steps;
}

}  // namespace

void OutlierFit::Sums::Add(std::span<const float> latent) {
  const std::size_t size = latent.size();
  sum.resize(size);
  products.resize(size * size);
  for (std::size_t i = 0; i < size; ++i) {
    sum[i] += latent[i];
    for (std::size_t j = 0; j < size; ++j)
      products[i * size + j] += static_cast<double>(latent[i]) * latent[j];
  }
  count += 1.0;
}

void OutlierFit::Add(const OutlierOutputs& outputs, int label) {
  all_.Add(outputs.latent);
  if (metadata_.kind == AutoencoderKind::kJoint) classes_[label].Add(outputs.latent);
  residual_squares_.resize(outputs.view.size());
  for (std::size_t i = 0; i < outputs.view.size(); ++i) {
    const double missed = static_cast<double>(outputs.view[i]) - outputs.reconstruction[i];
    residual_squares_[i] += missed * missed;
  }
}

void OutlierFit::SetResidualVariance(std::size_t channels) {
  metadata_.residual_variance.assign(channels, 0.0f);
  if (channels == 0) return;
  const std::size_t area = residual_squares_.size() / channels;
  double total = 0.0;
  for (const double squares : residual_squares_) total += squares;
  // A channel that is always met exactly counts a ten-thousandth of the mean variance.
  const double floor = 1e-4 * total / static_cast<double>(residual_squares_.size());
  for (std::size_t c = 0; c < channels; ++c) {
    double squares = 0.0;
    for (std::size_t i = 0; i < area; ++i) squares += residual_squares_[c * area + i];
    const double variance = (squares / static_cast<double>(area) + floor) / all_.count;
    metadata_.residual_variance[c] =
        std::max(static_cast<float>(variance), std::numeric_limits<float>::min());
  }
}

void OutlierFit::EndFirstRound(std::size_t channels) {
  constexpr double kFewest = 100;
  if (all_.count < kFewest) {
    throw Error(Fault::kTraining, ErrorCode::kInvalidValue,
                Text(all_.count, " known records: expected at least ", kFewest));
  }
  LatentStatistics& latent = metadata_.latent;
  latent.mean = Mean(all_.sum, all_.count);
  latent.covariance = all_.products;
  TakeAway(latent.covariance, all_.sum, all_.count);
  DivideBy(latent.covariance, all_.count);
  if (!classes_.empty()) {
    latent.class_covariance = all_.products;
    for (const auto& [label, sums] : classes_) {
      latent.class_means.push_back(Mean(sums.sum, sums.count));
      TakeAway(latent.class_covariance, sums.sum, sums.count);
    }
    DivideBy(latent.class_covariance, all_.count);
  }
  SetResidualVariance(channels);
  metadata_.records = static_cast<std::int64_t>(all_.count);
  scorer_.emplace(metadata_);
}

void OutlierFit::AddAgain(const OutlierOutputs& outputs) {
  VIGIL_CHECK(scorer_.has_value());
  for (const OutlierMetric metric : MetricsOf(metadata_.kind)) {
    if (metric == OutlierMetric::kBoth) continue;  // it wants the others' quantiles
    scores_[metric].push_back(scorer_->Score(metric, outputs));
  }
}

OutlierMetadata OutlierFit::Finish(OutlierMetric metric) {
  for (const auto& [each, scores] : scores_) metadata_.quantiles[each] = QuantilesOf(scores, each);
  if (scores_.contains(OutlierMetric::kLikelihood)) {
    const OutlierScorer scorer(metadata_);
    const std::vector<double>& latent = scores_.at(OutlierMetric::kLatent);
    std::vector<double> both;
    for (std::size_t i = 0; i < latent.size(); ++i)
      both.push_back(scorer.Both(scores_.at(OutlierMetric::kLikelihood)[i], latent[i]));
    metadata_.quantiles[OutlierMetric::kBoth] = QuantilesOf(both, OutlierMetric::kBoth);
  }
  if (!metadata_.quantiles.contains(metric)) {
    throw Error(
        Fault::kTraining, ErrorCode::kInvalidValue,
        Text("metric '", OutlierMetricName(metric), "': no score of ",
             AutoencoderKindName(metadata_.kind), " on ", metadata_.records, " known records"));
  }
  metadata_.metric = metric;
  return metadata_;
}

}  // namespace vigil
