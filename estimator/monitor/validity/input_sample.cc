// This stands on T's path: vectors of eight, one accumulator each, over whole rows.
#include "estimator/monitor/validity/input_sample.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "engine/base/hash.h"
#include "engine/tensor/encoding.h"

namespace vigil {
namespace {

constexpr std::int64_t kValuesAChannel = 2048;
constexpr std::int64_t kLanes = 8;

using Lanes [[gnu::vector_size(kLanes * sizeof(float))]] = float;
using Counts [[gnu::vector_size(kLanes * sizeof(std::int32_t))]] = std::int32_t;

// Where rows lie: `planes` of `rows` x `width` values, one after the other.
struct Planes {
  std::int64_t planes = 0, rows = 0, width = 0;
  std::int64_t sampled_rows = 0, lag = 0;  // lag 0: no neighbours are looked at

  std::int64_t Row(std::int64_t i) const {  // of the i-th that is sampled
    const std::int64_t usable = rows - lag;
    return i * usable / sampled_rows;
  }
};

Planes PlanesOf(const Shape& shape) {
  Planes planes;
  planes.planes = ChannelsOf(shape);
  planes.width = shape[shape.rank() - 1];
  planes.rows = shape.elements() / shape[0] / planes.planes / planes.width;
  // Neighbours below are `lag` rows on, and those to the right run into the next row at most.
  const bool picture = shape.rank() == 4 && planes.planes > 1 && planes.rows > planes.planes &&
                       planes.width > planes.planes;
  planes.lag = picture ? planes.planes : 0;
  planes.sampled_rows =
      std::clamp<std::int64_t>(kValuesAChannel / planes.width, 1, planes.rows - planes.lag);
  return planes;
}

struct Tally {
  double sum = 0.0, squares = 0.0, near = 0.0, far = 0.0;
  float low = std::numeric_limits<float>::infinity(), high = -low;
  std::int64_t at_ends = 0, values = 0;
};

// By reference: functions that pass vectors by value have another ABI with AVX than without.
[[gnu::always_inline]] inline void Load(const float* x, Lanes& lanes) {
  std::memcpy(&lanes, x, sizeof lanes);
}

// |x - v|
[[gnu::always_inline]] inline void AddDistance(const float* x, const Lanes& v, Lanes& sum) {
  Lanes difference;
  Load(x, difference);
  difference -= v;
  sum += difference < 0.0f ? -difference : difference;
}

void AddOne(const float* x, const Planes& planes, ChannelLimits limits, Tally& tally) {
  const float v = *x;
  tally.sum += v;
  tally.squares += static_cast<double>(v) * v;
  tally.low = std::min(tally.low, v);
  tally.high = std::max(tally.high, v);
  tally.at_ends += v <= limits.low || v >= limits.high ? 1 : 0;
  if (planes.lag == 0) return;
  tally.near += std::abs(x[1] - v) + std::abs(x[planes.width] - v);
  tally.far += std::abs(x[planes.lag] - v) + std::abs(x[planes.lag * planes.width] - v);
}

// Lanes go on from row to row, and come together once a plane: a row may be as short as four
// vectors.
[[gnu::always_inline]] inline void AddRows(const float* plane, const Planes& planes,
                                           ChannelLimits limits, Tally& tally) {
  Lanes sum{}, squares{}, near{}, far{};
  Lanes low = Lanes{} + tally.low, high = Lanes{} + tally.high;
  Counts inside{};  // minus how many
  const std::int64_t whole = planes.width / kLanes * kLanes;
  for (std::int64_t row = 0; row < planes.sampled_rows; ++row) {
    const float* x = plane + planes.Row(row) * planes.width;
    for (std::int64_t i = 0; i < whole; i += kLanes) {
      Lanes v;
      Load(x + i, v);
      sum += v;
      squares += v * v;
      low = v < low ? v : low;
      high = v > high ? v : high;
      inside += (v > limits.low) & (v < limits.high);
      if (planes.lag > 0) {
        AddDistance(x + i + 1, v, near);
        AddDistance(x + i + planes.width, v, near);
        AddDistance(x + i + planes.lag, v, far);
        AddDistance(x + i + planes.lag * planes.width, v, far);
      }
    }
    for (std::int64_t i = whole; i < planes.width; ++i) AddOne(x + i, planes, limits, tally);
  }
  tally.at_ends += whole * planes.sampled_rows;
  tally.values = planes.width * planes.sampled_rows;
  for (int lane = 0; lane < kLanes; ++lane) {
    tally.sum += sum[lane];
    tally.squares += squares[lane];
    tally.near += near[lane];
    tally.far += far[lane];
    tally.low = std::min(tally.low, low[lane]);
    tally.high = std::max(tally.high, high[lane]);
    tally.at_ends += inside[lane];
  }
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] void AddRowsAvx2(const float* plane, const Planes& planes,
                                         ChannelLimits limits, Tally& tally) {
  AddRows(plane, planes, limits, tally);
}
#endif

Tally TallyOf(const float* plane, const Planes& planes, ChannelLimits limits) {
  Tally tally;
#if defined(__x86_64__)
  static const bool avx2 = __builtin_cpu_supports("avx2");
  if (avx2) {
    AddRowsAvx2(plane, planes, limits, tally);
    return tally;
  }
#endif
  AddRows(plane, planes, limits, tally);
  return tally;
}

}  // namespace

ChannelLimits InputSample::Range() const {
  ChannelLimits range{channels[0].low, channels[0].high};
  for (std::size_t c = 1; c < channel_count; ++c) {
    range.low = std::min(range.low, channels[c].low);
    range.high = std::max(range.high, channels[c].high);
  }
  return range;
}

double InputSample::Mean(std::size_t channel) const {
  return channels[channel].sum / static_cast<double>(values_a_channel);
}

double InputSample::Deviation(std::size_t channel) const {
  const double mean = Mean(channel);
  const double variance =
      channels[channel].squares / static_cast<double>(values_a_channel) - mean * mean;
  return std::sqrt(std::max(variance, 0.0));
}

std::uint64_t InputSample::Fingerprint() const {
  Hasher hasher;
  for (const SampledChannel& channel : std::span(channels).first(channel_count)) {
    hasher.Add(std::bit_cast<std::uint64_t>(channel.sum));
    hasher.Add(std::bit_cast<std::uint64_t>(channel.squares));
  }
  return hasher.Add(std::bit_cast<std::uint64_t>(near)).value();
}

std::optional<InputSample> SampleInput(ConstTensorView input,
                                       std::span<const ChannelLimits> limits) {
  const Shape& shape = input.desc.shape;
  if (input.desc.dtype != DType::kFloat32 || shape.rank() < 2 || shape.elements() == 0) return {};
  const Planes planes = PlanesOf(shape);
  InputSample sample;
  sample.channel_count =
      static_cast<std::size_t>(std::min<std::int64_t>(planes.planes, kSampledChannels));
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  Tally total;
  for (std::size_t c = 0; c < sample.channel_count; ++c) {
    const ChannelLimits limit =
        c < limits.size() ? limits[c] : ChannelLimits{-kInfinity, kInfinity};
    const float* plane =
        input.as<float>().data() + static_cast<std::int64_t>(c) * planes.rows * planes.width;
    const Tally tally = TallyOf(plane, planes, limit);
    sample.channels[c] = {tally.sum, tally.squares, tally.low, tally.high, tally.at_ends};
    sample.values_a_channel = tally.values;
    total.near += tally.near;
    total.far += tally.far;
    total.values += tally.values;
  }
  // Two differences a value, across and down.
  sample.near = total.near / static_cast<double>(2 * total.values);
  sample.far = total.far / static_cast<double>(2 * total.values);
  return sample;
}

}  // namespace vigil
