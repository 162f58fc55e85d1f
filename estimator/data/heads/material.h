// The colours of a person's surfaces, as functions of the point in the part's own space.
#ifndef VIGIL_ESTIMATOR_DATA_HEADS_MATERIAL_H_
#define VIGIL_ESTIMATOR_DATA_HEADS_MATERIAL_H_

#include "estimator/data/heads/appearance.h"
#include "estimator/data/heads/head_parts.h"
#include "estimator/data/heads/head_shape.h"

namespace vigil {

struct Surface {
  Vec3 albedo;             // linear light
  float gloss = 0.0f;      // strength of the highlight
  float sharpness = 8.0f;  // exponent of the highlight
};

Surface SurfaceAt(const HeadShape& shape, const Appearance& look, PartKind kind, Vec3 point);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_HEADS_MATERIAL_H_
