#include "estimator/evaluation/replay_cells.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

// Samples of a cell or of several together.
struct Sums {
  double count = 0.0;
  std::vector<double> sum;

  void Add(std::span<const float> values) {
    sum.resize(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) sum[i] += values[i];
    count += 1.0;
  }
  // With `weight` samples more that are all `prior`.
  std::vector<double> MeanLeaningOn(const std::vector<double>& prior, double weight) const {
    std::vector<double> mean(prior.size());
    for (std::size_t i = 0; i < mean.size(); ++i) {
      const double own = sum.empty() ? 0.0 : sum[i];
      mean[i] = (own + weight * prior[i]) / (count + weight);
    }
    return mean;
  }
};

// Squares and products around cells' own means; diagonal: squares alone.
struct Scatter {
  double freedom = 0.0;
  std::vector<double> products;

  void Add(std::span<const float> values, const Sums& cell, CellSpread spread) {
    const std::size_t size = values.size();
    std::vector<double> away(size);
    for (std::size_t i = 0; i < size; ++i) away[i] = values[i] - cell.sum[i] / cell.count;
    if (spread == CellSpread::kDiagonal) {
      products.resize(size);
      for (std::size_t i = 0; i < size; ++i) products[i] += away[i] * away[i];
    } else {
      products.resize(size * size);
      for (std::size_t i = 0; i < size; ++i) {
        for (std::size_t j = 0; j < size; ++j) products[i * size + j] += away[i] * away[j];
      }
    }
    freedom += 1.0 - 1.0 / cell.count;  // a cell of n gives n - 1 in all
  }
  std::vector<double> LeaningOn(const std::vector<double>& prior, double weight) const {
    std::vector<double> covariance(prior.size());
    for (std::size_t i = 0; i < covariance.size(); ++i) {
      const double own = products.empty() ? 0.0 : products[i];
      covariance[i] = (own + weight * prior[i]) / (freedom + weight);
    }
    return covariance;
  }
};

using LabelSide = std::pair<int, bool>;           // (label, correct)
using CauseSide = std::pair<bool, std::uint8_t>;  // (correct, causes)

// No variance is nothing: a number that never varies would end the factorisation.
void KeepPositive(std::vector<double>& covariance, std::size_t size, CellSpread spread) {
  const std::size_t step = spread == CellSpread::kFull ? size + 1 : 1;
  double trace = 0.0;
  for (std::size_t i = 0; i < covariance.size(); i += step) trace += covariance[i];
  const double least = 1e-6 * trace / static_cast<double>(size) + 1e-12;
  for (std::size_t i = 0; i < covariance.size(); i += step) covariance[i] += least;
}

}  // namespace

CellGaussians::CellGaussians(std::span<const CellSample> samples, CellSpread spread)
    : spread_(spread) {
  Sums all;
  std::map<bool, Sums> sides;
  std::map<LabelSide, Sums> by_label;
  std::map<CauseSide, Sums> by_cause;
  std::map<ReplayCell, Sums> own;
  std::set<int> labels;
  std::set<std::uint8_t> causes;
  for (const auto& [cell, values] : samples) {
    if (dimensions_ == 0) dimensions_ = values.size();
    VIGIL_CHECK(values.size() == dimensions_);
    all.Add(values);
    sides[cell.correct].Add(values);
    by_label[{cell.label, cell.correct}].Add(values);
    by_cause[{cell.correct, cell.causes}].Add(values);
    own[cell].Add(values);
    labels.insert(cell.label);
    causes.insert(cell.causes);
    ++counts_[cell];
  }
  const bool enough =
      std::ranges::any_of(counts_, [](const auto& each) { return each.second >= kFewest; });
  if (!enough) {
    throw Error(Fault::kTraining, ErrorCode::kInvalidValue,
                Text(samples.size(), " records in ", counts_.size(), " cells of label, right or ",
                     "wrong, and causes: expected one of at least ", kFewest));
  }
  Scatter within;
  std::map<CauseSide, Scatter> within_cause;
  std::map<ReplayCell, Scatter> scatter;
  for (const auto& [cell, values] : samples) {
    within.Add(values, own.at(cell), spread);
    within_cause[{cell.correct, cell.causes}].Add(values, own.at(cell), spread);
    if (counts_.at(cell) >= kFewest) scatter[cell].Add(values, own.at(cell), spread);
  }
  const double weight =
      spread == CellSpread::kFull ? static_cast<double>(dimensions_) : kDiagonalWeight;
  const std::vector<double> mean_of_all = all.MeanLeaningOn(std::vector<double>(dimensions_), 0.0);
  const std::vector<double> covariance_of_all =
      within.LeaningOn(std::vector<double>(within.products.size()), 0.0);
  for (const bool correct : {false, true}) {
    const std::vector<double> side = sides[correct].MeanLeaningOn(mean_of_all, kMeanWeight);
    for (const std::uint8_t cause : causes) {
      const std::vector<double> of_cause =
          by_cause[{correct, cause}].MeanLeaningOn(side, kMeanWeight);
      const std::vector<double> covariance_of_cause =
          within_cause[{correct, cause}].LeaningOn(covariance_of_all, weight);
      for (const int label : labels) {
        const ReplayCell cell{label, correct, cause};
        std::vector<double> mean = by_label[{label, correct}].MeanLeaningOn(side, kMeanWeight);
        for (std::size_t i = 0; i < dimensions_; ++i) mean[i] += of_cause[i] - side[i];
        std::vector<double> covariance = covariance_of_cause;
        const auto count = counts_.find(cell);
        if (count != counts_.end() && count->second >= kFewest) {
          mean = own.at(cell).MeanLeaningOn(mean, kMeanWeight);
          covariance = scatter.at(cell).LeaningOn(covariance_of_cause, weight);
        }
        KeepPositive(covariance, dimensions_, spread);
        Gaussian& gaussian = cells_[cell];
        gaussian.mean = std::move(mean);
        const std::size_t step = spread == CellSpread::kFull ? dimensions_ + 1 : 1;
        for (std::size_t i = 0; i < covariance.size(); i += step)
          gaussian.variance.push_back(covariance[i]);
        if (spread == CellSpread::kFull)
          gaussian.covariance.emplace(std::move(covariance), dimensions_);
      }
    }
  }
}

const CellGaussians::Gaussian& CellGaussians::At(const ReplayCell& cell) const {
  const auto found = cells_.find(cell);
  VIGIL_CHECK(found != cells_.end());
  return found->second;
}

std::vector<double> CellGaussians::Draw(const ReplayCell& cell, Random& random) const {
  const Gaussian& gaussian = At(cell);
  std::vector<double> drawn(dimensions_);
  for (double& value : drawn) value = random.Normal();
  if (gaussian.covariance) {
    drawn = gaussian.covariance->MultiplyLower(std::move(drawn));
  } else {
    for (std::size_t i = 0; i < dimensions_; ++i) drawn[i] *= std::sqrt(gaussian.variance[i]);
  }
  for (std::size_t i = 0; i < dimensions_; ++i) drawn[i] += gaussian.mean[i];
  return drawn;
}

double CellGaussians::LogDensity(const ReplayCell& cell, std::span<const float> values) const {
  const Gaussian& gaussian = At(cell);
  VIGIL_CHECK(values.size() == dimensions_);
  std::vector<double> away(values.begin(), values.end());
  for (std::size_t i = 0; i < dimensions_; ++i) away[i] -= gaussian.mean[i];
  double squares = 0.0, logarithms = 0.0;
  if (gaussian.covariance) {
    for (const double value : gaussian.covariance->SolveLower(std::move(away)))
      squares += value * value;
    logarithms = gaussian.covariance->LogDeterminant();
  } else {
    for (std::size_t i = 0; i < dimensions_; ++i) {
      squares += away[i] * away[i] / gaussian.variance[i];
      logarithms += std::log(gaussian.variance[i]);
    }
  }
  const auto size = static_cast<double>(dimensions_);
  return -0.5 * (squares + logarithms + size * std::log(2.0 * std::numbers::pi));
}

std::int64_t CellGaussians::Parameters() const {
  const auto size = static_cast<std::int64_t>(dimensions_);
  const std::int64_t spread = spread_ == CellSpread::kFull ? size * (size + 1) / 2 : size;
  return static_cast<std::int64_t>(counts_.size()) * (1 + size + spread);
}

}  // namespace vigil
