// Linear models in closed form or by Newton's steps: small, exact, no training component.
#ifndef VIGIL_ESTIMATOR_MONITOR_REGRESSION_H_
#define VIGIL_ESTIMATOR_MONITOR_REGRESSION_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

// Rows of numbers, one a sample.
struct Rows {
  std::size_t columns = 0;
  std::vector<double> values;

  std::size_t size() const { return columns == 0 ? 0 : values.size() / columns; }
  std::span<const double> row(std::size_t i) const {
    return std::span(values).subspan(i * columns, columns);
  }
  // The first row says how many columns there are. REQUIRES: later ones agree.
  void Add(std::span<const double> row);
};

// Each column to mean 0 and standard deviation 1; a constant one to 0.
class Standardiser {
 public:
  explicit Standardiser(const Rows& rows);
  std::vector<double> Apply(std::span<const double> row) const;

 private:
  std::vector<double> mean_, factor_;
};

// bias + weight . row
struct LinearModel {
  std::vector<double> weight;
  double bias = 0.0;
  double Predict(std::span<const double> row) const;
};

// Least squares with penalty * |weight|^2 a sample; the bias is free. Standardise first.
// REQUIRES: at least one row, as many targets, penalty > 0.
LinearModel FitRidge(const Rows& rows, std::span<const double> targets, double penalty);

// Logistic regression by iteratively reweighted least squares, the same penalty on the mean
// log-likelihood. Predict gives log odds. Targets are 0 or 1. REQUIRES: as FitRidge.
LinearModel FitLogistic(const Rows& rows, std::span<const double> targets, double penalty);

// A hidden layer whose weights are drawn, not learned (Rahimi and Recht 2008): with ridge
// regression on top, a network of one hidden layer that is fitted in closed form. Inputs should be
// standardised.
class RandomUnits {
 public:
  RandomUnits(std::size_t inputs, std::size_t units, std::uint64_t seed);
  // The row itself, then max(0, w . row + b) of every unit.
  std::vector<double> Expand(std::span<const double> row) const;

 private:
  std::size_t inputs_;
  std::vector<double> weight_;  // inputs_ + 1 a unit, the last the bias
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_REGRESSION_H_
