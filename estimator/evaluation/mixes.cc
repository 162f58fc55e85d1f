#include "estimator/evaluation/mixes.h"

#include <cmath>

#include "engine/base/text.h"
#include "estimator/data/random.h"

namespace vigil {

AugmentOptions DrawMix(const Task& task, int side, std::uint64_t seed, int index) {
  Random random{seed, static_cast<std::uint64_t>(index), 4711};
  AugmentOptions options;
  options.task = task;
  options.side = side;
  options.seed = random.Next();
  options.mix.untouched = random.Uniform(0.05, 0.8);
  options.mix.two_operations = random.Uniform();
  // Exponential weights, divided by their sum (which the set does), are uniform on the simplex.
  for (double& weight : options.mix.weight) weight = -std::log(1.0 - random.Uniform()) + 1e-3;
  options.mix.weight[static_cast<std::size_t>(Cause::kOther)] = 0.0;  // no operation makes it
  options.severity =
      BlendSeverity(SeverityFor(task, "moderate"), SeverityFor(task, "paper"), random.Uniform());
  return options;
}

AugmentSeverity BlendSeverity(const AugmentSeverity& from, const AugmentSeverity& to,
                              double share) {
  const auto blend = [share](const Range& a, const Range& b) {
    return Range{std::lerp(a.low, b.low, share), std::lerp(a.high, b.high, share)};
  };
  return {.name = Text(from.name, "..", to.name),
          .shift = blend(from.shift, to.shift),
          .zoom = blend(from.zoom, to.zoom),
          .blur_length = blend(from.blur_length, to.blur_length),
          .brightness = blend(from.brightness, to.brightness),
          .contrast = blend(from.contrast, to.contrast),
          .occluder_scale = blend(from.occluder_scale, to.occluder_scale),
          .occluder_offset = blend(from.occluder_offset, to.occluder_offset)};
}

}  // namespace vigil
