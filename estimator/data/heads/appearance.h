// What a person looks like, apart from the proportions of the head.
#ifndef VIGIL_ESTIMATOR_DATA_HEADS_APPEARANCE_H_
#define VIGIL_ESTIMATOR_DATA_HEADS_APPEARANCE_H_

#include <cstdint>

#include "estimator/data/heads/vector.h"
#include "estimator/data/random.h"

namespace vigil {

// Colours of the rendered heads are linear light, 0..1; DisplayColor makes them from sRGB-like
// bytes.
Vec3 DisplayColor(float red, float green, float blue);

enum class HairStyle { kBald, kFringeOfHair, kShort, kFull, kLong, kBun, kCurly };

struct Appearance {
  Vec3 skin, lips, hair, iris;
  HairStyle style = HairStyle::kShort;
  float hair_thickness = 0.08f;
  float hairline_y = 0.60f;  // on the forehead
  float hair_length = 1.2f;  // of long hair, below the eyes
  float brow_thickness = 0.035f;
  float eye_openness = 1.0f;
  float beard = 0.0f;  // 0 shaven, 0.3 stubble, 0.9 full
  float moustache = 0.0f;
  float freckles = 0.0f;
  bool glasses = false;  // clear ones with thin rims: no occlusion
  bool round_glasses = false;
  Vec3 rim;
  Vec3 cloth, cloth_second;
  int cloth_pattern = 0;   // 0 plain, 1 horizontal stripes, 2 vertical stripes, 3 blotches
  std::uint32_t seed = 0;  // of the textures
};

Appearance DrawAppearance(Random& random);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_HEADS_APPEARANCE_H_
