// Localization failures: the box of the detector is beside its object, too tight or too loose.
#ifndef VIGIL_ESTIMATOR_DATA_AUGMENT_LOCALIZATION_H_
#define VIGIL_ESTIMATOR_DATA_AUGMENT_LOCALIZATION_H_

#include "estimator/data/augment/severity.h"
#include "estimator/data/dataset.h"
#include "estimator/data/random.h"

namespace vigil {

// The box moved in a random direction by severity.shift of its size, then grown or shrunk (as
// likely) about its center by a factor from severity.zoom. Draws four numbers.
Box DisplaceBox(const Box& box, const AugmentSeverity& severity, Random& random);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_AUGMENT_LOCALIZATION_H_
