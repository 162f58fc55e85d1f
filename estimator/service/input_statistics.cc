#include "estimator/service/input_statistics.h"

#include <algorithm>
#include <cmath>

#include "engine/tensor/encoding.h"

namespace vigil {
namespace {

constexpr std::size_t kMaxChannels = 7;

// Channel c's elements begin at c * channel_step and lie `step` apart.
template <typename T>
std::vector<float> Statistics(std::span<const T> values, std::size_t channels,
                              std::size_t channel_step, std::size_t step, double unit) {
  if (values.empty()) return {};
  const std::size_t each = values.size() / channels;
  std::vector<float> statistics;
  for (std::size_t c = 0; c < std::min(channels, kMaxChannels); ++c) {
    const T* at = values.data() + c * channel_step;
    double sum = 0.0, squares = 0.0;
    for (std::size_t i = 0; i < each; ++i) {
      const double v = static_cast<double>(at[i * step]) * unit;
      sum += v;
      squares += v * v;
    }
    const double mean = sum / static_cast<double>(each);
    const double variance = squares / static_cast<double>(each) - mean * mean;
    statistics.push_back(static_cast<float>(mean));
    statistics.push_back(static_cast<float>(std::sqrt(std::max(variance, 0.0))));
  }
  const auto [low, high] = std::ranges::minmax(values);
  statistics.push_back(static_cast<float>(static_cast<double>(low) * unit));
  statistics.push_back(static_cast<float>(static_cast<double>(high) * unit));
  return statistics;
}

}  // namespace

std::vector<float> InputStatistics(ConstTensorView input) {
  const Shape& shape = input.desc.shape;
  if (input.desc.dtype == DType::kFloat32) {
    const auto channels = static_cast<std::size_t>(ChannelsOf(shape));
    const auto values = input.as<float>();
    return Statistics(values, channels, values.size() / channels, 1, 1.0);
  }
  if (input.desc.dtype == DType::kUInt8 && shape.rank() == 4) {
    const auto channels = static_cast<std::size_t>(shape[3]);
    return Statistics(input.as<std::uint8_t>(), channels, 1, channels, 1.0 / 255.0);
  }
  return {};
}

}  // namespace vigil
