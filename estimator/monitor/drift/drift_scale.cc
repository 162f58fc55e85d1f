#include "estimator/monitor/drift/drift_scale.h"

#include <algorithm>
#include <cmath>

#include "engine/base/error.h"

namespace vigil {
namespace {

constexpr double kFurthest = 20.0;

void StandardiseBy(std::span<double> values, std::span<const float> mean,
                   std::span<const float> deviation) {
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = std::clamp((values[i] - mean[i]) / deviation[i], -kFurthest, kFurthest);
}

}  // namespace

void DriftScale::Standardise(DriftFeatures& features) const {
  StandardiseBy(features.signals, mean, deviation);
  StandardiseBy(features.vector, vector_mean, vector_deviation);
}

std::size_t DriftScale::BinOf(double value, std::size_t binned) const {
  static constexpr float kHalves[kDriftEdges] = {-1.5f, -1.0f, -0.5f, 0.0f, 0.5f, 1.0f, 1.5f};
  const float* first = edges.empty() ? kHalves : edges.data() + binned * kDriftEdges;
  // A value on an edge lies below it: shares of a constant stay in one bin.
  return static_cast<std::size_t>(std::lower_bound(first, first + kDriftEdges, value) - first);
}

void ScaleBuilder::Add(const DriftFeatures& features) {
  const std::size_t size = features.signals.size() + features.vector.size();
  mean_.resize(size);
  squares_.resize(size);
  ++records_;
  std::size_t at = 0;
  const auto add = [&](double value) {
    const double before = value - mean_[at];
    mean_[at] += before / static_cast<double>(records_);
    squares_[at] += before * (value - mean_[at]);
    ++at;
  };
  for (const double value : features.signals) add(value);
  for (const double value : features.vector) add(value);
}

DriftScale ScaleBuilder::Scale(std::span<const SignalInfo> signals) const {
  const std::size_t scalars = signals.size() - 1;  // the last is the vector
  VIGIL_CHECK(records_ > 0 && mean_.size() >= scalars);
  DriftScale scale;
  for (std::size_t i = 0; i < mean_.size(); ++i) {
    double deviation = std::sqrt(squares_[i] / static_cast<double>(records_));
    const bool of_unit = i >= scalars || signals[i].least_deviation < 0.01;
    deviation = std::max(deviation, i < scalars ? signals[i].least_deviation : 1e-6);
    if (of_unit) deviation = std::max(deviation, 0.02 * std::abs(mean_[i]));
    (i < scalars ? scale.mean : scale.vector_mean).push_back(static_cast<float>(mean_[i]));
    (i < scalars ? scale.deviation : scale.vector_deviation)
        .push_back(static_cast<float>(deviation));
  }
  return scale;
}

}  // namespace vigil
