#include "estimator/monitor/drift/random_features.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

namespace vigil {

RandomFeatures::RandomFeatures(std::size_t inputs) {
  // The engine's numbers are laid down by the standard, those of its distributions are not.
  std::mt19937_64 random(20250601);
  const auto uniform = [&] { return (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53; };
  const double width = std::sqrt(static_cast<double>(std::max<std::size_t>(inputs, 1)));
  for (std::size_t i = 0; i < kFrequencies * inputs; ++i) {
    const double radius = std::sqrt(-2.0 * std::log(uniform()));
    frequencies_.push_back(
        static_cast<float>(radius * std::cos(2.0 * std::numbers::pi * uniform()) / width));
  }
}

void RandomFeatures::AddTo(std::span<const double> x, std::span<float> sum) const {
  const float scale = 1.0f / std::sqrt(static_cast<float>(kFrequencies));
  const float* row = frequencies_.data();
  for (std::size_t f = 0; f < kFrequencies; ++f, row += x.size()) {
    float phase = 0.0f;
    for (std::size_t i = 0; i < x.size(); ++i) phase += row[i] * static_cast<float>(x[i]);
    sum[2 * f] += scale * std::cos(phase);
    sum[2 * f + 1] += scale * std::sin(phase);
  }
}

}  // namespace vigil
