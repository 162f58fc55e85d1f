#include "estimator/data/augment/lighting.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace vigil {

void AdjustLighting(Image& image, double brightness, double contrast) {
  std::array<std::uint8_t, 256> table{};
  for (std::size_t value = 0; value < table.size(); ++value) {
    const double changed =
        (static_cast<double>(value) - 127.5) * contrast + 127.5 + 255.0 * brightness;
    table[value] = static_cast<std::uint8_t>(std::clamp(std::floor(changed + 0.5), 0.0, 255.0));
  }
  for (std::uint8_t& value : image.rgb) value = table[value];
}

void ChangeLighting(Image& image, const AugmentSeverity& severity, Random& random) {
  const double brightness =
      random.Sign() * random.Uniform(severity.brightness.low, severity.brightness.high);
  const double factor = random.Uniform(severity.contrast.low, severity.contrast.high);
  AdjustLighting(image, brightness, random.Chance(0.5) ? factor : 1.0 / factor);
}

}  // namespace vigil
