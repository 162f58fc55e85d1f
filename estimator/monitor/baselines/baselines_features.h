// Scores of how familiar T's features are: the tapped maps, pooled over their area to one vector.
#ifndef VIGIL_ESTIMATOR_MONITOR_BASELINES_BASELINES_FEATURES_H_
#define VIGIL_ESTIMATOR_MONITOR_BASELINES_BASELINES_FEATURES_H_

#include <span>
#include <vector>

#include "estimator/monitor/cholesky.h"

namespace vigil {

// Mean and standard deviation of each channel of a feature map [1, C, ...], appended to `pooled`.
// The deviation says what the mean cannot: blur and flat light lower it. REQUIRES: channels divides
// map.size().
void PoolChannels(std::span<const float> map, std::size_t channels, std::vector<float>& pooled);

struct LabelledFeatures {
  std::span<const float> features;
  int label = 0;  // the true class
};

// Lee et al. 2018: a Gaussian a class, all of one covariance; the score is minus the squared
// Mahalanobis distance to the nearest class mean. The covariance is shrunk towards its diagonal:
// (1 - kShrinkage) S + kShrinkage diag(S), which also keeps dead channels from ending the fit.
class Mahalanobis {
 public:
  static constexpr double kShrinkage = 0.1;
  // REQUIRES: at least two samples, all of one length.
  explicit Mahalanobis(std::span<const LabelledFeatures> training);
  double Score(std::span<const float> features) const;

 private:
  Cholesky covariance_;
  std::vector<std::vector<double>> means_;  // of the classes, whitened
};

// Sun et al. 2022: features of length one; the score is minus the distance to the k-th nearest of
// the training set.
class NearestNeighbours {
 public:
  // k is lowered to the training set's size. REQUIRES: at least one sample, all of one length.
  NearestNeighbours(std::span<const LabelledFeatures> training, int k);
  double Score(std::span<const float> features) const;

 private:
  std::size_t length_, k_;
  std::vector<float> known_;  // one row of length_ a sample
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_BASELINES_BASELINES_FEATURES_H_
