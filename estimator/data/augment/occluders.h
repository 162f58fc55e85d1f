// The fifteen objects that come before a face (SOURCES.md P8).
#ifndef VIGIL_ESTIMATOR_DATA_AUGMENT_OCCLUDERS_H_
#define VIGIL_ESTIMATOR_DATA_AUGMENT_OCCLUDERS_H_

#include <string>
#include <vector>

#include "estimator/data/augment/sprite.h"

namespace vigil {

enum class OccluderKind { kMug, kGlasses, kMask, kHand };

struct Occluder {
  OccluderKind kind = OccluderKind::kMug;
  std::string name;
  Sprite sprite;
};

// Units of the sprites. Mugs and hands: head units about the mouth. Glasses: head units along the
// frame, from the bridge out and back along the temples. Masks: radians around the head by head
// units up, about the point between nose and mouth.
inline constexpr int kMugDesigns = 4, kGlassesDesigns = 4, kMaskDesigns = 4, kHandDesigns = 3;
Occluder PaintMug(int design);
Occluder PaintGlasses(int design);
Occluder PaintMask(int design);
Occluder PaintHand(int design);

// All fifteen, painted anew (tens of milliseconds).
std::vector<Occluder> PaintOccluders();

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_AUGMENT_OCCLUDERS_H_
