// The few numbers that a check reads off an input: of rows spread over it, not of all its values.
#ifndef VIGIL_ESTIMATOR_MONITOR_VALIDITY_INPUT_SAMPLE_H_
#define VIGIL_ESTIMATOR_MONITOR_VALIDITY_INPUT_SAMPLE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/tensor/tensor.h"

namespace vigil {

inline constexpr std::size_t kSampledChannels = 4;  // the first of an input

// What a channel's values may be, or are.
struct ChannelLimits {
  float low = 0.0f, high = 0.0f;
};

// Of one channel's sampled values.
struct SampledChannel {
  double sum = 0.0, squares = 0.0;
  float low = 0.0f, high = 0.0f;
  std::int64_t at_ends = 0;  // values at or beyond the limits of the channel

  friend bool operator==(const SampledChannel&, const SampledChannel&) = default;
};

struct InputSample {
  std::array<SampledChannel, kSampledChannels> channels;
  std::size_t channel_count = 0;      // of `channels`
  std::int64_t values_a_channel = 0;  // that were looked at
  // Mean differences between values and those that follow in memory, across and down: the next one,
  // and the one as many places on as there are channels. In planes near ones differ less; where
  // pixels are interleaved it is the other way round. Zero where there are no neighbours.
  double near = 0.0, far = 0.0;

  ChannelLimits Range() const;  // over all channels
  double Mean(std::size_t channel) const;
  double Deviation(std::size_t channel) const;
  // Of two inputs the same only where all of these numbers are, which what a sensor gives never is.
  std::uint64_t Fingerprint() const;
};

// Samples a float32 input [1, C, ..., W]: rows at even distances, some 2,048 values of each of the
// first four channels; a vector [1, N] is one channel. Of a batch the first is looked at. `limits`
// are the channels', in order; those that are not there have none. Nothing for other element types.
// Values are taken as they are: NaN spoils the sums. Allocates nothing; 150,528 values take some
// microseconds.
std::optional<InputSample> SampleInput(ConstTensorView input,
                                       std::span<const ChannelLimits> limits);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_VALIDITY_INPUT_SAMPLE_H_
