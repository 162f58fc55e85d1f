#include <span>

#include "estimator/data/augment/occluders.h"
#include "estimator/data/heads/noise.h"

namespace vigil {
namespace {

struct Finger {
  Vec3 from, to;
  float radius;
  bool nail;
};

// Painted one over the other; each is a rounded limb, dark where it turns away.
void PaintLimb(Sprite& sprite, const Finger& finger) {
  const auto distance = [=](float x, float y) {
    return CapsuleDistance(x, y, finger.from, finger.to, finger.radius);
  };
  sprite.Fill(distance, [=](float x, float y) {
    const float depth = std::clamp(-distance(x, y) / finger.radius, 0.0f, 1.0f);
    const float round = std::sqrt(depth * (2.0f - depth));
    const float grain = 0.06f * (ValueNoise({x * 22.0f, y * 22.0f, 0.0f}, 5) - 0.5f);
    return Ink{Vec3{1, 1, 1} * (0.52f + 0.46f * round + grain), 1.0f};
  });
  if (!finger.nail) return;
  const Vec3 tip = Lerp(finger.from, finger.to, 0.97f);
  sprite.Fill(
      [=](float x, float y) {
        return EllipseDistance(x - tip.x, y - tip.y, 0.55f * finger.radius, 0.7f * finger.radius);
      },
      Ink{{1.0f, 0.90f, 0.88f}, 0.75f});
}

constexpr Finger kOpen[] = {{{-0.02f, -0.62f, 0}, {0.00f, -0.20f, 0}, 0.20f, false},  // wrist
                            {{0.20f, -0.22f, 0}, {0.44f, 0.14f, 0}, 0.078f, true},    // thumb
                            {{-0.22f, 0.00f, 0}, {-0.38f, 0.34f, 0}, 0.060f, true},   // little
                            {{-0.10f, 0.05f, 0}, {-0.17f, 0.47f, 0}, 0.068f, true},
                            {{0.03f, 0.06f, 0}, {0.03f, 0.53f, 0}, 0.071f, true},
                            {{0.16f, 0.03f, 0}, {0.22f, 0.46f, 0}, 0.070f, true},
                            {{-0.06f, -0.14f, 0}, {0.05f, -0.16f, 0}, 0.235f, false}};  // palm
constexpr Finger kAcross[] = {{{0.75f, -0.30f, 0}, {0.40f, -0.10f, 0}, 0.19f, false},
                              {{0.22f, -0.26f, 0}, {-0.26f, -0.27f, 0}, 0.066f, true},
                              {{0.22f, -0.14f, 0}, {-0.38f, -0.14f, 0}, 0.072f, true},
                              {{0.22f, -0.01f, 0}, {-0.42f, 0.00f, 0}, 0.074f, true},
                              {{0.22f, 0.12f, 0}, {-0.36f, 0.14f, 0}, 0.072f, true},
                              {{0.34f, 0.10f, 0}, {0.22f, 0.36f, 0}, 0.076f, true},
                              {{0.30f, -0.10f, 0}, {0.34f, 0.02f, 0}, 0.20f, false}};
constexpr Finger kFist[] = {
    {{0.06f, -0.66f, 0}, {0.04f, -0.25f, 0}, 0.19f, false},
    {{0.00f, -0.10f, 0}, {0.04f, -0.12f, 0}, 0.25f, false},
    {{0.18f, 0.02f, 0}, {0.27f, 0.52f, 0}, 0.075f, true},  // forefinger along the cheek
    {{0.10f, 0.10f, 0}, {0.08f, -0.06f, 0}, 0.076f, false},
    {{-0.03f, 0.08f, 0}, {-0.05f, -0.08f, 0}, 0.074f, false},
    {{-0.16f, 0.03f, 0}, {-0.17f, -0.11f, 0}, 0.068f, false},
    {{0.24f, -0.16f, 0}, {-0.02f, -0.17f, 0}, 0.072f, true}};  // thumb

}  // namespace

Occluder PaintHand(int design) {
  constexpr const char* kNames[kHandDesigns] = {"open hand", "hand across", "fist"};
  Occluder hand{OccluderKind::kHand, kNames[design], Sprite(0.80f, 0.80f)};
  const std::span<const Finger> limbs = design == 0   ? std::span<const Finger>(kOpen)
                                        : design == 1 ? std::span<const Finger>(kAcross)
                                                      : std::span<const Finger>(kFist);
  for (const Finger& limb : limbs) PaintLimb(hand.sprite, limb);
  return hand;
}

std::vector<Occluder> PaintOccluders() {
  std::vector<Occluder> all;
  for (int i = 0; i < kMugDesigns; ++i) all.push_back(PaintMug(i));
  for (int i = 0; i < kGlassesDesigns; ++i) all.push_back(PaintGlasses(i));
  for (int i = 0; i < kMaskDesigns; ++i) all.push_back(PaintMask(i));
  for (int i = 0; i < kHandDesigns; ++i) all.push_back(PaintHand(i));
  return all;
}

}  // namespace vigil
