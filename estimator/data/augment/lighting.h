// Lighting failures: too dark or too bright, too flat or too hard.
#ifndef VIGIL_ESTIMATOR_DATA_AUGMENT_LIGHTING_H_
#define VIGIL_ESTIMATOR_DATA_AUGMENT_LIGHTING_H_

#include "estimator/data/augment/severity.h"
#include "estimator/data/dataset.h"
#include "estimator/data/random.h"

namespace vigil {

// value -> (value - 127.5) * contrast + 127.5 + 255 * brightness, clipped to 0..255.
void AdjustLighting(Image& image, double brightness, double contrast);

// Brightness up or down by severity.brightness and contrast up or down by severity.contrast, each
// direction as likely. Draws four numbers.
void ChangeLighting(Image& image, const AugmentSeverity& severity, Random& random);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_AUGMENT_LIGHTING_H_
