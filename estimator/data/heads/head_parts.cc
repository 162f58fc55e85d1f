#include "estimator/data/heads/head_parts.h"

#include <numbers>

#include "estimator/data/heads/noise.h"

namespace vigil {
namespace {

constexpr float kPi = std::numbers::pi_v<float>;

Mesh SkinMesh(const HeadShape& shape) {
  constexpr int kColumns = 72, kRows = 60;
  return MakeGrid(kColumns, kRows, true, [&](float u, float v) {
    // Closer columns where the features are.
    const float t = 2.0f * u - 1.0f;
    const float azimuth = kPi * t * (0.5f + 0.5f * t * t);
    return SurfacePoint{SkinPoint(shape, azimuth, kPi * v - kPi / 2)};
  });
}

Mesh EarMesh(const HeadShape& shape, float side) {
  const Vec3 center{side * (shape.half_width + 0.015f), 0.0f, -0.06f};
  return MakeGrid(14, 10, true, [&](float u, float v) {
    const float around = 2.0f * kPi * u, elevation = kPi * v - kPi / 2;
    const Vec3 ball{std::sin(around) * std::cos(elevation), std::sin(elevation),
                    std::cos(around) * std::cos(elevation)};
    // A flat shell that stands off backwards, narrower at the lobe.
    const float narrow = 1.0f - 0.3f * SmoothStep(0.1f, -1.0f, ball.y);
    Vec3 p = ball * Vec3{0.045f, 0.19f, 0.12f * narrow};
    p.x += side * std::max(0.0f, -p.z) * 0.55f;
    return SurfacePoint{center + p};
  });
}

// Height of the hairline all around the head.
float HairlineY(const Appearance& look, float azimuth) {
  const float turn = std::abs(azimuth);
  const float temple = look.hairline_y - 0.30f * SmoothStep(0.45f, 1.05f, turn);
  const float ear = temple - (temple - 0.10f) * SmoothStep(1.0f, 1.45f, turn);
  return ear - 0.55f * SmoothStep(1.55f, 2.3f, turn);
}

Mesh CapMesh(const HeadShape& shape, const Appearance& look) {
  const bool curly = look.style == HairStyle::kCurly;
  return MakeGrid(56, 36, true, [&](float u, float v) {
    const float azimuth = 2.0f * kPi * u - kPi;
    const float elevation = -0.75f + (kPi / 2 + 0.75f) * v;
    const Vec3 skin = SkinPoint(shape, azimuth, elevation);
    float cover = skin.y - HairlineY(look, azimuth);
    if (look.style == HairStyle::kFringeOfHair) cover = std::min(cover, 0.42f - skin.y);
    cover += 0.09f * (ValueNoise({skin.x * 9.0f, skin.y * 9.0f, skin.z * 9.0f}, look.seed) - 0.5f);
    float height = look.hair_thickness * SmoothStep(0.0f, 0.30f, cover);
    const float grain = curly ? 7.0f : 3.5f;
    height *= 0.75f +
              (curly ? 0.9f : 0.5f) * ValueNoise(skin * grain + Vec3{40.0f, 0.0f, 0.0f}, look.seed);
    const Vec3 outward = Normalized(skin + Vec3{0.0f, 0.1f, 0.0f});
    return SurfacePoint{skin + outward * (height + (cover > 0.0f ? 0.012f : -0.02f)), cover};
  });
}

Mesh CurtainMesh(const HeadShape& shape, const Appearance& look) {
  Mesh mesh = MakeGrid(40, 22, false, [&](float u, float v) {
    const float open = 1.22f;  // the face, in radians from the front
    const float y = -look.hair_length + (0.62f + look.hair_length) * v;
    const float edge = open + 0.25f * (ValueNoise({y * 3.0f, 3.0f, 0.0f}, look.seed) - 0.5f);
    const float azimuth = edge + (2.0f * kPi - 2.0f * edge) * u;
    const float flat = y > 0.0f ? std::sqrt(1.0f - y * y) : 1.0f - 0.06f * std::min(1.0f, -y);
    const float wave = 0.05f * (ValueNoise({azimuth * 3.0f, y * 1.5f, 0.0f}, look.seed) - 0.5f) +
                       0.02f * std::sin(22.0f * azimuth);
    const float wide = (shape.half_width + look.hair_thickness * 0.9f + wave) * flat;
    const float deep = (shape.back_depth + look.hair_thickness * 0.9f + wave) * flat;
    const float tips = y + 0.12f - 0.3f * ValueNoise({azimuth * 8.0f, 0.0f, 0.0f}, look.seed);
    return SurfacePoint{{wide * std::sin(azimuth), y, deep * std::cos(azimuth)},
                        tips + look.hair_length};
  });
  mesh.two_sided = true;
  return mesh;
}

void AddHair(const HeadShape& shape, const Appearance& look, std::vector<HeadPart>& parts) {
  if (look.style == HairStyle::kBald) return;
  parts.push_back({PartKind::kHair, CapMesh(shape, look)});
  if (look.style == HairStyle::kLong) parts.push_back({PartKind::kHair, CurtainMesh(shape, look)});
  if (look.style == HairStyle::kBun) {
    const float back = look.hairline_y > 0.58f ? -0.55f : -0.95f;
    parts.push_back({PartKind::kHair, MakeEllipsoid({0.0f, back > -0.9f ? 1.02f : 0.55f, back},
                                                    {0.27f, 0.25f, 0.27f}, 18, 12)});
  }
}

void AddGlasses(const HeadShape& shape, const Appearance& look, std::vector<HeadPart>& parts) {
  constexpr float kRimRadius = 0.017f;
  const float front = FacePoint(shape, 0.0f, shape.eye_y + 0.03f).z + 0.06f;
  const float wide = look.round_glasses ? 0.20f : 0.22f, tall = look.round_glasses ? 0.19f : 0.14f;
  const float power = look.round_glasses ? 1.0f : 0.6f;  // squarer below one
  const auto bent = [&](float x, float y) { return Vec3{x, y, front - 0.22f * x * x}; };
  for (const float side : {-1.0f, 1.0f}) {
    std::vector<Vec3> rim;
    for (int i = 0; i <= 24; ++i) {
      const float angle = 2.0f * kPi * static_cast<float>(i) / 24.0f;
      const float c = std::cos(angle), s = std::sin(angle);
      rim.push_back(
          bent(side * (shape.eye_x + 0.01f) + wide * std::copysign(std::pow(std::abs(c), power), c),
               shape.eye_y - 0.02f + tall * std::copysign(std::pow(std::abs(s), power), s)));
    }
    parts.push_back({PartKind::kRim, MakeTube(rim, kRimRadius)});
    const float edge = shape.eye_x + 0.01f + wide;
    const std::vector<Vec3> temple = {
        bent(side * edge, shape.eye_y + 0.03f),
        {side * (edge + 0.10f), shape.eye_y + 0.04f, front - 0.30f},
        {side * (shape.half_width + 0.03f), shape.eye_y + 0.06f, 0.0f}};
    parts.push_back({PartKind::kRim, MakeTube(temple, kRimRadius)});
  }
  const float inner = shape.eye_x + 0.01f - wide;
  const std::vector<Vec3> bridge = {bent(-inner, shape.eye_y + 0.01f),
                                    {0.0f, shape.eye_y + 0.04f, front + 0.03f},
                                    bent(inner, shape.eye_y + 0.01f)};
  parts.push_back({PartKind::kRim, MakeTube(bridge, kRimRadius)});
}

Mesh NeckMesh(const HeadShape& shape) {
  return MakeGrid(28, 8, true, [&](float u, float v) {
    const float around = 2.0f * kPi * u, y = -1.75f + 1.45f * v;
    const float wide =
        0.62f * shape.half_width * (1.0f + 0.35f * SmoothStep(-1.0f, -1.6f, y)) *
        std::sqrt(std::max(0.02f, 1.0f - std::pow(std::max(0.0f, y + 0.75f) / 0.46f, 2.0f)));
    return SurfacePoint{{wide * std::sin(around), y, -0.22f + 0.95f * wide * std::cos(around)}};
  });
}

Mesh ShoulderMesh() {
  return MakeGrid(40, 20, true, [&](float u, float v) {
    const float azimuth = 2.0f * kPi * u - kPi, elevation = kPi * v - kPi / 2;
    const float flat = std::cos(elevation);
    const Vec3 p{1.75f * std::sin(azimuth) * flat, 1.35f * std::sin(elevation),
                 0.70f * std::cos(azimuth) * flat};
    // The slope from the neck to the shoulders.
    const float collar = 0.20f * Bump(p.x / 0.55f) * SmoothStep(0.0f, 1.2f, p.y);
    return SurfacePoint{p + Vec3{0.0f, -2.55f + collar, -0.28f}};
  });
}

}  // namespace

std::vector<HeadPart> BuildHeadParts(const HeadShape& shape, const Appearance& look) {
  std::vector<HeadPart> parts;
  parts.push_back({PartKind::kSkin, SkinMesh(shape)});
  parts.push_back({PartKind::kEar, EarMesh(shape, -1.0f)});
  parts.push_back({PartKind::kEar, EarMesh(shape, 1.0f)});
  AddHair(shape, look, parts);
  if (look.glasses) AddGlasses(shape, look, parts);
  parts.push_back({PartKind::kNeck, NeckMesh(shape)});
  parts.push_back({PartKind::kCloth, ShoulderMesh()});
  return parts;
}

}  // namespace vigil
