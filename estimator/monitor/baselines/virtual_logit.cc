#include "estimator/monitor/baselines/virtual_logit.h"

#include <algorithm>
#include <cmath>

#include "engine/base/error.h"
#include "estimator/monitor/baselines/baselines_output.h"
#include "estimator/monitor/eigen.h"

namespace vigil {

VirtualLogit::VirtualLogit(std::span<const BaselineInput> known, bool has_logits)
    : has_logits_(has_logits) {
  VIGIL_CHECK(known.size() >= 2);
  const std::size_t length = known.front().features.size();
  const auto count = static_cast<double>(known.size());
  mean_.resize(length);
  deviation_.resize(length);
  for (const BaselineInput& input : known) {
    VIGIL_CHECK(input.features.size() == length);
    for (std::size_t i = 0; i < length; ++i) mean_[i] += input.features[i] / count;
  }
  for (const BaselineInput& input : known) {
    for (std::size_t i = 0; i < length; ++i)
      deviation_[i] += (input.features[i] - mean_[i]) * (input.features[i] - mean_[i]) / count;
  }
  // Channels differ in scale by orders of magnitude; one that never fires stays out of it.
  for (double& deviation : deviation_) deviation = std::sqrt(deviation);
  const double floor = 1e-3 * *std::ranges::max_element(deviation_);
  for (double& deviation : deviation_) deviation = std::max(deviation, std::max(floor, 1e-12));

  std::vector<double> covariance(length * length), centred(length);
  for (const BaselineInput& input : known) {
    for (std::size_t i = 0; i < length; ++i)
      centred[i] = (input.features[i] - mean_[i]) / deviation_[i];
    for (std::size_t i = 0; i < length; ++i) {
      for (std::size_t j = 0; j < length; ++j)
        covariance[i * length + j] += centred[i] * centred[j] / count;
    }
  }
  EigenPairs pairs = SymmetricEigen(std::move(covariance), length);
  const auto half = static_cast<std::ptrdiff_t>(length / 2);
  rest_.assign(pairs.vectors.begin() + half, pairs.vectors.end());
  if (!has_logits_) return;
  double logits = 0.0, residuals = 0.0;
  for (const BaselineInput& input : known) {
    logits += *std::ranges::max_element(input.output);
    residuals += Residual(input.features);
  }
  if (residuals > 0.0) scale_ = logits / residuals;
}

double VirtualLogit::Residual(std::span<const float> features) const {
  VIGIL_CHECK(features.size() == mean_.size());
  std::vector<double> centred(features.size());
  for (std::size_t i = 0; i < features.size(); ++i)
    centred[i] = (features[i] - mean_[i]) / deviation_[i];
  double squares = 0.0;
  for (const std::vector<double>& direction : rest_) {
    double along = 0.0;
    for (std::size_t i = 0; i < centred.size(); ++i) along += direction[i] * centred[i];
    squares += along * along;
  }
  return std::sqrt(squares);
}

double VirtualLogit::Score(const BaselineInput& input) const {
  const double virtual_logit = scale_ * Residual(input.features);
  return has_logits_ ? NegativeEnergy(input.output) - virtual_logit : -virtual_logit;
}

}  // namespace vigil
