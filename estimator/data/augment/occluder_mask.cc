#include "estimator/data/augment/occluders.h"
#include "estimator/data/heads/noise.h"

namespace vigil {
namespace {

float MaskDistance(int design, float x, float y) {
  const float side = std::abs(x);
  switch (design) {
    case 0:  // surgical
      return BoxDistance(x, y + 0.02f, 0.98f, 0.40f - 0.10f * side * side, 0.08f);
    case 1:  // cloth: high on the nose, cut down under the eyes
      return std::max({side - 1.02f, y - 0.46f + 0.30f * std::pow(side, 1.3f),
                       -y - 0.50f + 0.38f * side * side});
    case 2:  // moulded
      return EllipseDistance(x, y + 0.02f, 0.88f, 0.46f);
    default:  // a scarf around everything
      return std::max(y - 0.36f + 0.10f * side, -y - 0.56f);
  }
}

float Folds(int design, float x, float y) {
  switch (design) {
    case 0:
      return 0.90f + 0.10f * std::sin(y * 30.0f) - 0.10f * SmoothStep(0.30f, 0.36f, y);
    case 1:
      return 0.96f - 0.22f * Bump(x / 0.018f) - 0.10f * Bump((y - 0.05f) / 0.3f) * std::abs(x);
    case 2:
      return 0.98f - 0.20f * Bump(x / 0.015f) -
             0.25f * SmoothStep(-0.10f, 0.02f, -std::abs(MaskDistance(2, x, y)));
    default:
      return 0.82f + 0.30f * (ValueNoise({x * 3.0f + y * 5.0f, y * 2.0f - x, 0.0f}, 17) - 0.3f);
  }
}

// How much of the cloth has the colour of the day.
float Pattern(int design, float x, float y) {
  if (design == 2) return 0.15f;
  if (design == 0) return 0.85f;
  if (design == 1) {
    const bool odd = (FloorToInt(x * 9.0f) + FloorToInt(y * 9.0f)) % 2 != 0;
    return odd ? 1.0f : 0.35f;
  }
  const float cell_x = x * 7.0f - std::floor(x * 7.0f) - 0.5f;
  const float cell_y = y * 7.0f - std::floor(y * 7.0f) - 0.5f;
  return SmoothStep(0.20f, 0.28f, std::hypot(cell_x, cell_y));
}

// From the mask's corners to the ears.
void FillStraps(Sprite& sprite) {
  for (const float side : {-1.0f, 1.0f}) {
    for (const float end : {-0.25f, 0.28f}) {
      const auto distance = [=](float x, float y) {
        return CapsuleDistance(x, y, {side * 0.8f, end * 0.8f, 0}, {side * 1.5f, 0.42f, 0}, 0.014f);
      };
      sprite.Fill(distance, Ink{{0.9f, 0.9f, 0.88f}});
    }
  }
}

}  // namespace

Occluder PaintMask(int design) {
  constexpr const char* kNames[kMaskDesigns] = {"surgical mask", "cloth mask", "moulded mask",
                                                "scarf"};
  Occluder mask{OccluderKind::kMask, kNames[design], Sprite(1.55f, 0.60f)};
  if (design != 3) FillStraps(mask.sprite);
  mask.sprite.Fill(
      [=](float x, float y) { return MaskDistance(design, x, y); },
      [=](float x, float y) {
        return Ink{Vec3{0.96f, 0.96f, 0.95f} * Folds(design, x, y), Pattern(design, x, y)};
      });
  return mask;
}

}  // namespace vigil
