#include "estimator/monitor/validity/feature_density.h"

#include <algorithm>
#include <cmath>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "estimator/monitor/cholesky.h"

namespace vigil {
namespace {

constexpr double kFreedom = 4.0;

std::size_t Triangle(std::size_t size) { return size * (size + 1) / 2; }

}  // namespace

InputFeatures::InputFeatures(const InputSample& sample, double span) {
  const double floor = span / 512.0;
  for (std::size_t c = 0; c < sample.channel_count; ++c) values_[size_++] = sample.Mean(c);
  for (std::size_t c = 0; c < sample.channel_count; ++c)
    values_[size_++] = std::log(std::max(sample.Deviation(c), floor));
  values_[size_++] = std::log((sample.far + floor / 8.0) / (sample.near + floor / 8.0));
}

FeatureDensity::FeatureDensity(std::span<const double> rows, std::size_t columns, double ridge) {
  const std::size_t count = rows.size() / columns;
  if (count < columns + 2) {
    throw Error(Fault::kTraining, ErrorCode::kInvalidValue,
                Text(count, " inputs to learn ", columns, " features from: expected at least ",
                     columns + 2));
  }
  const double n = static_cast<double>(count);
  mean_.assign(columns, 0.0);
  for (std::size_t i = 0; i < rows.size(); ++i) mean_[i % columns] += rows[i] / n;
  std::vector<double> covariance(columns * columns, 0.0);
  for (std::size_t r = 0; r < count; ++r) {
    const auto row = rows.subspan(r * columns, columns);
    for (std::size_t i = 0; i < columns; ++i) {
      for (std::size_t j = 0; j <= i; ++j)
        covariance[i * columns + j] += (row[i] - mean_[i]) * (row[j] - mean_[j]) / (n - 1.0);
    }
  }
  for (std::size_t i = 0; i < columns; ++i) covariance[i * columns + i] += ridge * ridge;
  const Cholesky factor(std::move(covariance), columns);
  // Column j of L^-1 is L^-1 e_j.
  whitening_.assign(Triangle(columns), 0.0);
  for (std::size_t j = 0; j < columns; ++j) {
    std::vector<double> unit(columns, 0.0);
    unit[j] = 1.0;
    const std::vector<double> column = factor.SolveLower(std::move(unit));
    for (std::size_t i = j; i < columns; ++i) whitening_[Triangle(i) + j] = column[i];
  }
  for (std::size_t i = 0; i < columns; ++i)
    log_determinant_ += std::log(whitening_[Triangle(i) + i]);
}

FeatureDensity::FeatureDensity(std::vector<double> mean, std::vector<double> whitening)
    : mean_(std::move(mean)), whitening_(std::move(whitening)) {
  const auto refuse = [](const std::string& what) {
    throw Error(Fault::kModel, ErrorCode::kMalformed, what);
  };
  if (mean_.empty() || mean_.size() > InputFeatures::kMost ||
      whitening_.size() != Triangle(mean_.size())) {
    refuse(Text("a density of ", mean_.size(), " features and ", whitening_.size(),
                " whitening numbers: expected 1 to ", InputFeatures::kMost,
                " and a triangle of them"));
  }
  const auto finite = [](double v) { return std::isfinite(v); };
  if (!std::ranges::all_of(mean_, finite) || !std::ranges::all_of(whitening_, finite))
    refuse("a density holds a number that is not finite");
  for (std::size_t i = 0; i < mean_.size(); ++i) {
    const double diagonal = whitening_[Triangle(i) + i];
    if (diagonal <= 0.0) refuse(Text("whitening number ", diagonal, ": expected more than 0"));
    log_determinant_ += std::log(diagonal);
  }
}

double FeatureDensity::Distance(std::span<const double> a, std::span<const double> b) const {
  double squared = 0.0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < mean_.size(); ++i) {
    double component = 0.0;
    for (std::size_t j = 0; j <= i; ++j) component += whitening_[at++] * (a[j] - b[j]);
    squared += component * component;
  }
  return squared;
}

double FeatureDensity::Log(std::span<const double> features) const {
  const double size = static_cast<double>(mean_.size());
  return log_determinant_ -
         0.5 * (kFreedom + size) * std::log1p(Distance(features, mean_) / kFreedom);
}

}  // namespace vigil
