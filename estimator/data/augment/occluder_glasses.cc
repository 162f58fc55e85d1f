#include "estimator/data/augment/occluders.h"

namespace vigil {
namespace {

constexpr float kLensX = 0.30f;  // of the middle of a lens
constexpr float kHinge = 0.60f;  // where the frame bends back

// One lens, x from its middle and outwards.
float LensDistance(int design, float x, float y) {
  switch (design) {
    case 0:  // wayfarer: narrower at the bottom
      return BoxDistance(x - 0.10f * y, y, 0.215f + 0.14f * y, 0.155f, 0.07f);
    case 1: {  // aviator: a drop that hangs outwards
      const float lean = x - 0.25f * (0.1f - y) + 0.02f;
      return std::min(EllipseDistance(lean, y + 0.02f, 0.215f, 0.175f),
                      BoxDistance(x, y - 0.08f, 0.21f, 0.06f, 0.05f));
    }
    default:  // round
      return EllipseDistance(x, y, 0.185f, 0.185f);
  }
}

float FrontDistance(int design, float x, float y) {
  if (design != 3) return LensDistance(design, std::abs(x) - kLensX, y);
  // A shield: one lens from temple to temple, with a notch for the nose.
  const float band = BoxDistance(x, y - 0.01f, 0.57f, 0.15f, 0.10f);
  return std::max(band, -EllipseDistance(x, y + 0.17f, 0.085f, 0.11f));
}

Ink Glass(int design, float x, float y) {
  const float side = design == 3 ? x : std::abs(x) - kLensX;
  const float streak = Bump((side - 0.6f * y + 0.05f) / 0.045f);  // a window in it
  const Vec3 dark =
      Vec3{0.05f, 0.05f, 0.06f} + Vec3{0.14f, 0.12f, 0.10f} * SmoothStep(0.1f, -0.2f, y);
  return {dark + Vec3{0.22f, 0.24f, 0.28f} * streak, 0.0f, design == 1 ? 0.90f : 0.96f};
}

}  // namespace

Occluder PaintGlasses(int design) {
  constexpr const char* kNames[kGlassesDesigns] = {"wayfarers", "aviators", "round sunglasses",
                                                   "shield sunglasses"};
  Occluder glasses{OccluderKind::kGlasses, kNames[design], Sprite(1.45f, 0.32f)};
  const float thick = design == 1 ? 0.014f : design == 2 ? 0.020f : 0.034f;
  const Ink frame{{0.9f, 0.9f, 0.9f}, 1.0f};
  glasses.sprite.Fill(
      [](float x, float y) {
        return std::max(BoxDistance(std::abs(x) - 1.0f, y - 0.07f, 0.45f, 0.030f, 0.02f),
                        kHinge - 0.06f - std::abs(x));
      },
      frame);
  glasses.sprite.Fill(
      [=](float x, float y) { return BoxDistance(x, y - 0.06f, 0.13f, thick, 0.01f); }, frame);
  glasses.sprite.Fill([=](float x, float y) { return FrontDistance(design, x, y); },
                      [=](float x, float y) { return Glass(design, x, y); });
  glasses.sprite.Fill(
      [=](float x, float y) { return std::abs(FrontDistance(design, x, y)) - thick; },
      [=](float, float y) {
        return Ink{Vec3{1, 1, 1} * (0.75f + 0.9f * (y + 0.05f)), 1.0f};
      });
  return glasses;
}

}  // namespace vigil
