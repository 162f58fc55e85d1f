// What is behind the heads: walls, windows, foliage, lamps out of focus.
#ifndef VIGIL_ESTIMATOR_DATA_HEADS_BACKGROUND_H_
#define VIGIL_ESTIMATOR_DATA_HEADS_BACKGROUND_H_

#include <vector>

#include "estimator/data/heads/vector.h"
#include "estimator/data/random.h"

namespace vigil {

// Linear light, side x side, rows from the top; drawn at half the resolution, as it is out of
// focus.
std::vector<Vec3> PaintBackground(int side, Random& random);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_HEADS_BACKGROUND_H_
