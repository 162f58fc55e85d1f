// Random Fourier features (Rahimi and Recht 2007): the mean over a sample of what stands here is
// all that a two-sample test by maximum mean discrepancy needs of it.
#ifndef VIGIL_ESTIMATOR_MONITOR_DRIFT_RANDOM_FEATURES_H_
#define VIGIL_ESTIMATOR_MONITOR_DRIFT_RANDOM_FEATURES_H_

#include <cstddef>
#include <span>
#include <vector>

namespace vigil {

// Of a Gaussian kernel whose width is the square root of the number of inputs, which for inputs of
// deviation 1 is near the median distance of two of them. A vector's features have length 1. The
// same on every machine. Thread-safe.
class RandomFeatures {
 public:
  static constexpr std::size_t kFrequencies = 16;
  static constexpr std::size_t kFeatures = 2 * kFrequencies;

  explicit RandomFeatures(std::size_t inputs);

  // Adds the features of `x`. REQUIRES: x.size() == inputs, sum.size() == kFeatures.
  void AddTo(std::span<const double> x, std::span<float> sum) const;

 private:
  std::vector<float> frequencies_;  // [kFrequencies, inputs]
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_DRIFT_RANDOM_FEATURES_H_
