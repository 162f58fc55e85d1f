#include "estimator/monitor/baselines/baselines_features.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "engine/base/error.h"

namespace vigil {
namespace {

struct ClassMean {
  std::vector<double> sum;
  double count = 0.0;
};

std::map<int, ClassMean> MeansOf(std::span<const LabelledFeatures> training) {
  VIGIL_CHECK(training.size() >= 2);
  std::map<int, ClassMean> classes;
  const std::size_t length = training.front().features.size();
  for (const LabelledFeatures& sample : training) {
    VIGIL_CHECK(sample.features.size() == length);
    ClassMean& mean = classes[sample.label];
    mean.sum.resize(length);
    for (std::size_t i = 0; i < length; ++i) mean.sum[i] += sample.features[i];
    mean.count += 1.0;
  }
  for (auto& [label, mean] : classes) {
    for (double& value : mean.sum) value /= mean.count;
  }
  return classes;
}

Cholesky SharedCovariance(std::span<const LabelledFeatures> training,
                          const std::map<int, ClassMean>& classes) {
  const std::size_t length = training.front().features.size();
  std::vector<double> covariance(length * length);
  std::vector<double> centred(length);
  for (const LabelledFeatures& sample : training) {
    const std::vector<double>& mean = classes.at(sample.label).sum;
    for (std::size_t i = 0; i < length; ++i) centred[i] = sample.features[i] - mean[i];
    for (std::size_t i = 0; i < length; ++i) {
      for (std::size_t j = 0; j <= i; ++j) covariance[i * length + j] += centred[i] * centred[j];
    }
  }
  double trace = 0.0;
  for (std::size_t i = 0; i < length; ++i) trace += covariance[i * length + i];
  // A channel that never fires has no variance; a millionth of the mean one stands in for it.
  const double floor = std::max(1e-6 * trace / static_cast<double>(length), 1e-12);
  for (std::size_t i = 0; i < length; ++i) {
    for (std::size_t j = 0; j < i; ++j) covariance[i * length + j] *= 1.0 - Mahalanobis::kShrinkage;
    covariance[i * length + i] += floor;
  }
  for (double& value : covariance) value /= static_cast<double>(training.size());
  return Cholesky(std::move(covariance), length);
}

std::vector<float> OfLengthOne(std::span<const float> features) {
  double squares = 0.0;
  for (const float value : features) squares += static_cast<double>(value) * value;
  const auto factor = static_cast<float>(squares > 0.0 ? 1.0 / std::sqrt(squares) : 0.0);
  std::vector<float> scaled(features.begin(), features.end());
  for (float& value : scaled) value *= factor;
  return scaled;
}

}  // namespace

void PoolChannels(std::span<const float> map, std::size_t channels, std::vector<float>& pooled) {
  VIGIL_CHECK(channels > 0 && map.size() % channels == 0);
  const std::size_t area = map.size() / channels;
  for (std::size_t c = 0; c < channels; ++c) {
    double sum = 0.0, squares = 0.0;
    for (const float value : map.subspan(c * area, area)) {
      sum += value;
      squares += static_cast<double>(value) * value;
    }
    const double mean = sum / static_cast<double>(area);
    const double variance = squares / static_cast<double>(area) - mean * mean;
    pooled.push_back(static_cast<float>(mean));
    pooled.push_back(static_cast<float>(std::sqrt(std::max(0.0, variance))));
  }
}

Mahalanobis::Mahalanobis(std::span<const LabelledFeatures> training)
    : covariance_(SharedCovariance(training, MeansOf(training))) {
  for (const auto& [label, mean] : MeansOf(training)) {
    means_.push_back(covariance_.SolveLower(mean.sum));
  }
}

double Mahalanobis::Score(std::span<const float> features) const {
  const std::vector<double> white = covariance_.SolveLower({features.begin(), features.end()});
  double nearest = std::numeric_limits<double>::infinity();
  for (const std::vector<double>& mean : means_) {
    double squares = 0.0;
    for (std::size_t i = 0; i < white.size(); ++i) {
      squares += (white[i] - mean[i]) * (white[i] - mean[i]);
    }
    nearest = std::min(nearest, squares);
  }
  return -nearest;
}

NearestNeighbours::NearestNeighbours(std::span<const LabelledFeatures> training, int k)
    : length_(training.empty() ? 0 : training.front().features.size()),
      k_(std::min(static_cast<std::size_t>(k), training.size())) {
  VIGIL_CHECK(!training.empty() && k > 0);
  for (const LabelledFeatures& sample : training) {
    VIGIL_CHECK(sample.features.size() == length_);
    const std::vector<float> scaled = OfLengthOne(sample.features);
    known_.insert(known_.end(), scaled.begin(), scaled.end());
  }
}

double NearestNeighbours::Score(std::span<const float> features) const {
  VIGIL_CHECK(features.size() == length_);
  const std::vector<float> scaled = OfLengthOne(features);
  std::vector<float> squares(known_.size() / length_);
  for (std::size_t row = 0; row < squares.size(); ++row) {
    const float* known = known_.data() + row * length_;
    float sum = 0.0f;
    for (std::size_t i = 0; i < length_; ++i)
      sum += (scaled[i] - known[i]) * (scaled[i] - known[i]);
    squares[row] = sum;
  }
  const auto kth = squares.begin() + static_cast<std::ptrdiff_t>(k_ - 1);
  std::ranges::nth_element(squares, kth);
  return -std::sqrt(static_cast<double>(*kth));
}

}  // namespace vigil
