#include "estimator/monitor/regression.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

#include "engine/base/error.h"
#include "estimator/monitor/cholesky.h"

namespace vigil {
namespace {

// Solves for the weights and, last, the bias of weighted least squares with a penalty.
std::vector<double> SolveWeighted(const Rows& rows, std::span<const double> sample_weight,
                                  std::span<const double> targets, double penalty) {
  const std::size_t size = rows.columns + 1;
  std::vector<double> gram(size * size), moment(size), row(size, 1.0);
  for (std::size_t n = 0; n < rows.size(); ++n) {
    std::ranges::copy(rows.row(n), row.begin());
    for (std::size_t i = 0; i < size; ++i) {
      const double scaled = sample_weight[n] * row[i];
      for (std::size_t j = 0; j <= i; ++j) gram[i * size + j] += scaled * row[j];
      moment[i] += scaled * targets[n];
    }
  }
  const auto count = static_cast<double>(rows.size());
  for (std::size_t i = 0; i < rows.columns; ++i) gram[i * size + i] += penalty * count;
  return Cholesky(std::move(gram), size).Solve(std::move(moment));
}

LinearModel FromSolution(std::vector<double> solution) {
  LinearModel model{.bias = solution.back()};
  solution.pop_back();
  model.weight = std::move(solution);
  return model;
}

}  // namespace

void Rows::Add(std::span<const double> row) {
  if (values.empty()) columns = row.size();
  VIGIL_CHECK(row.size() == columns);
  values.insert(values.end(), row.begin(), row.end());
}

Standardiser::Standardiser(const Rows& rows) : mean_(rows.columns), factor_(rows.columns) {
  const auto count = static_cast<double>(rows.size());
  for (std::size_t n = 0; n < rows.size(); ++n) {
    for (std::size_t i = 0; i < rows.columns; ++i) mean_[i] += rows.row(n)[i] / count;
  }
  for (std::size_t n = 0; n < rows.size(); ++n) {
    for (std::size_t i = 0; i < rows.columns; ++i) {
      const double away = rows.row(n)[i] - mean_[i];
      factor_[i] += away * away / count;
    }
  }
  for (double& factor : factor_) factor = factor > 1e-18 ? 1.0 / std::sqrt(factor) : 0.0;
}

std::vector<double> Standardiser::Apply(std::span<const double> row) const {
  VIGIL_CHECK(row.size() == mean_.size());
  std::vector<double> standard(row.size());
  for (std::size_t i = 0; i < row.size(); ++i) standard[i] = (row[i] - mean_[i]) * factor_[i];
  return standard;
}

double LinearModel::Predict(std::span<const double> row) const {
  VIGIL_CHECK(row.size() == weight.size());
  double sum = bias;
  for (std::size_t i = 0; i < row.size(); ++i) sum += weight[i] * row[i];
  return sum;
}

LinearModel FitRidge(const Rows& rows, std::span<const double> targets, double penalty) {
  VIGIL_CHECK(rows.size() > 0 && targets.size() == rows.size() && penalty > 0.0);
  const std::vector<double> equal(rows.size(), 1.0);
  return FromSolution(SolveWeighted(rows, equal, targets, penalty));
}

LinearModel FitLogistic(const Rows& rows, std::span<const double> targets, double penalty) {
  VIGIL_CHECK(rows.size() > 0 && targets.size() == rows.size() && penalty > 0.0);
  LinearModel model{.weight = std::vector<double>(rows.columns)};
  std::vector<double> weight(rows.size()), working(rows.size());
  for (int step = 0; step < 50; ++step) {
    for (std::size_t n = 0; n < rows.size(); ++n) {
      const double odds = model.Predict(rows.row(n));
      const double p = 1.0 / (1.0 + std::exp(-odds));
      weight[n] = std::max(p * (1.0 - p), 1e-6);
      working[n] = odds + (targets[n] - p) / weight[n];
    }
    LinearModel next = FromSolution(SolveWeighted(rows, weight, working, penalty));
    double change = std::abs(next.bias - model.bias);
    for (std::size_t i = 0; i < rows.columns; ++i) {
      change = std::max(change, std::abs(next.weight[i] - model.weight[i]));
    }
    model = std::move(next);
    if (change < 1e-9) break;
  }
  return model;
}

// The engine's numbers are given by the standard, those of its distributions are not.
RandomUnits::RandomUnits(std::size_t inputs, std::size_t units, std::uint64_t seed)
    : inputs_(inputs), weight_(units * (inputs + 1)) {
  std::mt19937_64 random(seed);
  const auto uniform = [&] { return (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53; };
  for (std::size_t i = 0; i < weight_.size(); ++i) {
    const double normal =
        std::sqrt(-2.0 * std::log(uniform())) * std::cos(2.0 * std::numbers::pi * uniform());
    const bool bias = i % (inputs_ + 1) == inputs_;
    weight_[i] = bias ? normal : normal / std::sqrt(static_cast<double>(inputs_));
  }
}

std::vector<double> RandomUnits::Expand(std::span<const double> row) const {
  VIGIL_CHECK(row.size() == inputs_);
  std::vector<double> expanded(row.begin(), row.end());
  for (std::size_t at = 0; at < weight_.size(); at += inputs_ + 1) {
    double sum = weight_[at + inputs_];
    for (std::size_t i = 0; i < inputs_; ++i) sum += weight_[at + i] * row[i];
    expanded.push_back(std::max(0.0, sum));
  }
  return expanded;
}

}  // namespace vigil
