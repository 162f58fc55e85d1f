// How likely the features of an input are, under one way of making inputs.
#ifndef VIGIL_ESTIMATOR_MONITOR_VALIDITY_FEATURE_DENSITY_H_
#define VIGIL_ESTIMATOR_MONITOR_VALIDITY_FEATURE_DENSITY_H_

#include <array>
#include <span>
#include <vector>

#include "estimator/monitor/validity/input_sample.h"

namespace vigil {

// Of C sampled channels: their means, the logarithms of their deviations, and the logarithm of far
// over near differences; 2 C + 1 numbers.
class InputFeatures {
 public:
  static constexpr std::size_t kMost = 2 * kSampledChannels + 1;

  // `span` is from the least to the greatest value that an input may have: deviations below 1/512
  // of it are taken as that, since nobody knows the logarithm of zero.
  InputFeatures(const InputSample& sample, double span);

  std::span<const double> values() const { return std::span(values_).first(size_); }

 private:
  std::array<double, kMost> values_{};
  std::size_t size_ = 0;
};

// Student's t of four degrees of freedom in several dimensions: what lies far out of everything
// that was learned says little for either side, where a Gaussian would be sure.
class FeatureDensity {
 public:
  FeatureDensity() = default;
  // From mean and covariance of the rows, `columns` numbers each, one row after the other; `ridge`
  // is added to each column's deviation, so that columns that agree do no harm. Throws Error
  // (Training, kInvalidValue) for fewer than columns + 2 rows.
  FeatureDensity(std::span<const double> rows, std::size_t columns, double ridge);
  // From what mean() and whitening() give. Throws Error (Model, kMalformed) for sizes that do not
  // agree, numbers that are not finite, or a diagonal that is not positive.
  FeatureDensity(std::vector<double> mean, std::vector<double> whitening);

  // Up to a constant that is the same for all densities of this size. REQUIRES: as many features.
  double Log(std::span<const double> features) const;
  // Squared, in units of the features' own spread. REQUIRES: as many features.
  double Distance(std::span<const double> a, std::span<const double> b) const;

  const std::vector<double>& mean() const { return mean_; }
  // W of W (x - mean), whose components are uncorrelated and of deviation one; the lower triangle,
  // row by row.
  const std::vector<double>& whitening() const { return whitening_; }
  bool empty() const { return mean_.empty(); }

 private:
  std::vector<double> mean_, whitening_;
  double log_determinant_ = 0.0;  // of W
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_VALIDITY_FEATURE_DENSITY_H_
