// Small harm done to the features of one record.
#ifndef VIGIL_ESTIMATOR_MONITOR_ROBUSTNESS_DISTURBANCE_H_
#define VIGIL_ESTIMATOR_MONITOR_ROBUSTNESS_DISTURBANCE_H_

#include <array>
#include <cstdint>
#include <random>
#include <span>
#include <string_view>
#include <vector>

#include "engine/tensor/tensor.h"

namespace vigil {

// What is done, and what its size is a share of:
//   gaussian      normal noise on every value; its deviation, of the channel's own
//   dropout       values become 0, the others grow so that the mean stays; how many
//   quantisation  values move to a grid that begins anywhere; its step, of the channel's range
//   worst         every channel is shifted by so much that T's answer suffers most (the direction
//   is
//                 the caller's); the root mean square of the shifts, of the channel's deviation
enum class DisturbanceKind : std::uint8_t { kGaussian, kDropout, kQuantisation, kWorst };
inline constexpr int kDisturbanceKinds = 4;
std::string_view DisturbanceName(DisturbanceKind kind);

struct Disturbance {
  DisturbanceKind kind = DisturbanceKind::kGaussian;
  double size = 0.1;  // in (0, 1]
  int count = 1;      // draws of it
};

// What disturbances are measured by: one record's own features. Channels are dimension 1 of a shape
// of rank 3 or more; a vector is one channel.
class FeatureScale {
 public:
  // `tap` is float32 of batch 1.
  explicit FeatureScale(ConstTensorView tap);

  std::size_t channels() const { return deviation_.size(); }
  std::size_t plane() const { return plane_; }  // values of a channel
  double deviation(std::size_t channel) const { return deviation_[channel]; }
  double range(std::size_t channel) const { return range_[channel]; }
  double low(std::size_t channel) const { return low_[channel]; }
  // Root of the sum of the squared distances from the channels' means.
  double norm() const { return norm_; }

 private:
  std::size_t plane_ = 0;
  std::vector<double> deviation_, range_, low_;
  double norm_ = 0.0;
};

// Writes the disturbed features, of every kind but kWorst: the same bits do the same, on every
// machine. REQUIRES: as many values as the scale was made of.
void Disturb(const Disturbance& disturbance, const FeatureScale& scale,
             std::span<const float> features, std::mt19937_64& bits, std::span<float> disturbed);

// Directions of shifts have a number a channel; those of a vector, which is one channel, one a
// value.
std::size_t DirectionSize(const FeatureScale& scale);
// features + size * deviation * direction.
void Shift(double size, std::span<const double> direction, const FeatureScale& scale,
           std::span<const float> features, std::span<float> shifted);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_ROBUSTNESS_DISTURBANCE_H_
