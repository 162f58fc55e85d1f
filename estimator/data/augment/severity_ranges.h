// The ranges of a severity by name, as descriptions and documents call them.
#ifndef VIGIL_ESTIMATOR_DATA_AUGMENT_SEVERITY_RANGES_H_
#define VIGIL_ESTIMATOR_DATA_AUGMENT_SEVERITY_RANGES_H_

#include <array>
#include <string_view>

#include "estimator/data/augment/severity.h"

namespace vigil {

struct SeverityRange {
  std::string_view name;
  Range AugmentSeverity::*range;
  Range limits;  // what makes sense
};

inline constexpr std::array<SeverityRange, 7> kSeverityRanges = {{
    {"shift", &AugmentSeverity::shift, {0.0, 4.0}},
    {"zoom", &AugmentSeverity::zoom, {1.0, 16.0}},
    {"blur_length", &AugmentSeverity::blur_length, {0.0, 2.0}},
    {"brightness", &AugmentSeverity::brightness, {0.0, 1.0}},
    {"contrast", &AugmentSeverity::contrast, {1.0, 100.0}},
    {"occluder_scale", &AugmentSeverity::occluder_scale, {0.1, 4.0}},
    {"occluder_offset", &AugmentSeverity::occluder_offset, {0.0, 4.0}},
}};

// nullptr for another name.
constexpr const SeverityRange* FindSeverityRange(std::string_view name) {
  for (const SeverityRange& range : kSeverityRanges) {
    if (range.name == name) return &range;
  }
  return nullptr;
}

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_AUGMENT_SEVERITY_RANGES_H_
