// Occlusion failures: something is before the face.
#ifndef VIGIL_ESTIMATOR_DATA_AUGMENT_OCCLUSION_H_
#define VIGIL_ESTIMATOR_DATA_AUGMENT_OCCLUSION_H_

#include <vector>

#include "estimator/data/augment/occluders.h"
#include "estimator/data/augment/severity.h"
#include "estimator/data/dataset.h"
#include "estimator/data/random.h"

namespace vigil {

// The fifteen objects, painted once. Immutable, shared freely.
class Occlusion {
 public:
  Occlusion() : occluders_(PaintOccluders()) {}

  // One object in a colour of the day on the face that box and pose tell of, in the light that the
  // face is in. Its place comes from the landmarks of the canonical head in that pose, so any
  // picture with a pose will do: mugs and hands at the mouth, glasses at the eyes, masks on nose
  // and mouth.
  void Apply(Image& image, const Box& box, const Truth& pose, const AugmentSeverity& severity,
             Random& random) const;

  // The same with the object chosen. REQUIRES: 0 <= object < count().
  void ApplyObject(int object, Image& image, const Box& box, const Truth& pose,
                   const AugmentSeverity& severity, Random& random) const;

  int count() const { return static_cast<int>(occluders_.size()); }
  const Occluder& at(int object) const { return occluders_[static_cast<std::size_t>(object)]; }

 private:
  std::vector<Occluder> occluders_;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_AUGMENT_OCCLUSION_H_
