// How strong augmentations are: ranges as data, so that tuning a task is one line of the table.
#ifndef VIGIL_ESTIMATOR_DATA_AUGMENT_SEVERITY_H_
#define VIGIL_ESTIMATOR_DATA_AUGMENT_SEVERITY_H_

#include <string>
#include <string_view>
#include <vector>

#include "estimator/models/task.h"

namespace vigil {

// Drawn from uniformly.
struct Range {
  double low = 0.0, high = 0.0;
};

// The low ends are mild on purpose: an operation that was applied need not be the reason of a
// failure, and one must not be able to tell causes from the pixels at a glance (SOURCES.md, "Read
// Table 6 with care").
struct AugmentSeverity {
  std::string name;
  Range shift;            // localization: distance the box moves, in box sizes
  Range zoom;             // localization: factor by which the box grows, or shrinks
  Range blur_length;      // blur: length of the motion, in sides of the crop
  Range brightness;       // lighting: added or taken away, in full scales
  Range contrast;         // lighting: factor by which contrast grows, or shrinks
  Range occluder_scale;   // occlusion: size of the object, 1 fits the canonical face
  Range occluder_offset;  // occlusion: distance from its place, in box sizes
};

// "paper" makes T fail about as often as the paper's sets do (Tables 1 and 6); "moderate" lies
// between that and clean images. Throws Error (Api, kNotFound) that lists the names.
AugmentSeverity SeverityFor(const Task& task, std::string_view name);
std::vector<std::string> SeverityNames();

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_AUGMENT_SEVERITY_H_
