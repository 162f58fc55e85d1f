#include "estimator/data/augment/localization.h"

#include <cmath>
#include <numbers>

namespace vigil {

Box DisplaceBox(const Box& box, const AugmentSeverity& severity, Random& random) {
  const double angle = random.Uniform(0.0, 2.0 * std::numbers::pi);
  const double distance = random.Uniform(severity.shift.low, severity.shift.high) * box.size;
  const double factor = random.Uniform(severity.zoom.low, severity.zoom.high);
  const double zoom = random.Chance(0.5) ? factor : 1.0 / factor;
  return {box.center_x + static_cast<float>(distance * std::cos(angle)),
          box.center_y + static_cast<float>(distance * std::sin(angle)),
          box.size * static_cast<float>(zoom)};
}

}  // namespace vigil
