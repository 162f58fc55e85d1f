#include "estimator/data/heads/material.h"

#include "estimator/data/heads/noise.h"

namespace vigil {
namespace {

// 1 inside, 0 outside of a zero line, `soft` wide.
float Inside(float distance, float soft) { return SmoothStep(soft, -soft, distance); }

void PaintEye(const HeadShape& shape, const Appearance& look, float x, float y, Surface& surface) {
  const float width = shape.eye_half_width;
  const float dx = (std::abs(x) - shape.eye_x) / width, dy = y - shape.eye_y;
  if (std::abs(dx) > 1.5f || std::abs(dy) > 0.16f) return;
  const float arch = std::max(0.0f, 1.0f - dx * dx);
  const float upper = 0.072f * look.eye_openness * arch, lower = -0.048f * arch;
  Vec3 skin = surface.albedo;
  // The fold of the lid, and the shade that the socket gathers.
  skin = skin * (1.0f - 0.30f * Bump((dy - upper - 0.035f) / 0.014f) * arch);
  skin = skin * (1.0f - 0.22f * Bump(dx / 1.0f) * Bump((dy + 0.08f) / 0.04f));
  const float open =
      Inside(dy - upper, 0.010f) * Inside(lower - dy, 0.010f) * Inside(std::abs(dx) - 0.97f, 0.05f);
  const float from_center = std::hypot(dx * width, dy - 0.008f);
  Vec3 ball = Lerp(Vec3{0.74f, 0.72f, 0.70f}, look.iris, Inside(from_center - 0.056f, 0.008f));
  ball = Lerp(ball, {0.004f, 0.004f, 0.004f}, Inside(from_center - 0.024f, 0.006f));
  ball = ball * (0.45f + 0.55f * SmoothStep(0.0f, 0.045f, upper - dy));  // shadow of the lid
  surface.albedo = Lerp(skin, ball, open);
  const float lash = Bump((dy - upper) / 0.013f) * Inside(std::abs(dx) - 1.02f, 0.06f);
  surface.albedo = Lerp(surface.albedo, {0.012f, 0.009f, 0.008f}, 0.85f * lash);
  surface.gloss = surface.gloss * (1.0f - open) + 0.9f * open;
  surface.sharpness += 60.0f * open;
}

void PaintBrow(const HeadShape& shape, const Appearance& look, float x, float y, Surface& surface) {
  const float side = std::abs(x) - shape.eye_x;
  if (std::abs(side) > 0.26f || std::abs(y - shape.brow_y) > 0.12f) return;
  const float line = shape.brow_y + 0.02f - 0.9f * (side - 0.02f) * (side - 0.02f);
  const float thick = look.brow_thickness * (1.0f - 0.5f * SmoothStep(0.0f, 0.2f, side));
  const float hairs = 0.75f + 0.5f * ValueNoise({x * 60.0f, y * 60.0f, 0.0f}, look.seed);
  const float amount = Inside(std::abs(y - line) - thick, 0.014f) *
                       Inside(std::abs(side) - 0.185f, 0.03f) * std::min(1.0f, hairs);
  surface.albedo = Lerp(surface.albedo, look.hair * 0.6f, 0.9f * amount);
}

void PaintMouth(const HeadShape& shape, const Appearance& look, float x, float y,
                Surface& surface) {
  const float dx = x / shape.mouth_half_width, dy = y - shape.mouth_y;
  if (std::abs(dx) > 1.2f || std::abs(dy) > 0.16f) return;
  const float arch = std::max(0.0f, 1.0f - dx * dx);
  const float bow = 0.012f * Bump(dx / 0.16f);  // of the upper lip
  const float upper = 0.075f * std::sqrt(arch) - bow, lower = -0.088f * std::sqrt(arch);
  const float lips =
      Inside(dy - upper, 0.012f) * Inside(lower - dy, 0.014f) * Inside(std::abs(dx) - 1.0f, 0.05f);
  surface.albedo = Lerp(surface.albedo, look.lips, lips);
  const float slit = Bump((dy - 0.012f * dx * dx) / 0.012f) * Inside(std::abs(dx) - 1.0f, 0.06f);
  surface.albedo = Lerp(surface.albedo, look.lips * 0.12f, 0.85f * slit);
  surface.gloss += 0.15f * lips;
}

void PaintNostrils(const HeadShape& shape, float x, float y, Surface& surface) {
  if (std::abs(x) > 0.2f || std::abs(y - shape.nose_tip_y) > 0.15f) return;
  const float spread = 0.55f * shape.nose_width;
  const float hole =
      Bump((std::abs(x) - spread) / 0.032f) * Bump((y - shape.nose_tip_y + 0.050f) / 0.024f);
  surface.albedo = surface.albedo * (1.0f - 0.85f * hole);
}

void PaintBeard(const HeadShape& shape, const Appearance& look, Vec3 p, Surface& surface) {
  if (look.beard <= 0.0f && look.moustache <= 0.0f) return;
  const float hairs = 0.75f + 0.5f * ValueNoise(p * Vec3{50.0f, 30.0f, 50.0f}, look.seed + 1);
  // Below a line from the ear to the corner of the mouth, around the lips.
  const float line = -0.30f - 0.22f * SmoothStep(0.55f, 0.15f, std::abs(p.x));
  float beard = look.beard * Inside(p.y - line, 0.07f) * SmoothStep(-0.25f, 0.0f, p.z);
  const float lip_line = p.y - shape.mouth_y - 0.10f;
  const float above_lip =
      Bump(lip_line / 0.055f) * Inside(std::abs(p.x) - 1.05f * shape.mouth_half_width, 0.05f);
  beard = std::max(beard, look.moustache * above_lip);
  surface.albedo = Lerp(surface.albedo, look.hair * 0.75f, std::min(0.95f, beard * hairs));
  surface.gloss *= 1.0f - 0.7f * beard;
}

Surface SkinAt(const HeadShape& shape, const Appearance& look, Vec3 p) {
  Surface surface{look.skin, 0.10f, 14.0f};
  surface.albedo = surface.albedo * (0.93f + 0.14f * ValueNoise(p * 7.0f, look.seed + 2)) *
                   (0.97f + 0.06f * ValueNoise(p * 31.0f, look.seed + 3));
  if (p.z < 0.1f) return surface;
  if (std::abs(p.y - shape.nose_tip_y) < 0.4f) {
    const float cheeks = Bump((std::abs(p.x) - 0.40f) / 0.16f) * Bump((p.y + 0.22f) / 0.14f);
    const float tip = Bump(p.x / 0.11f) * Bump((p.y - shape.nose_tip_y) / 0.10f);
    surface.albedo = surface.albedo *
                     Lerp({1.0f, 1.0f, 1.0f}, {1.0f, 0.74f, 0.70f}, 0.35f * cheeks + 0.30f * tip);
  }
  if (look.freckles > 0.0f && p.y < 0.1f && p.y > -0.4f) {
    const float spots = SmoothStep(0.72f, 0.85f, ValueNoise(p * 40.0f, look.seed + 4));
    surface.albedo = surface.albedo * (1.0f - look.freckles * spots);
  }
  PaintNostrils(shape, p.x, p.y, surface);
  PaintBeard(shape, look, p, surface);
  PaintMouth(shape, look, p.x, p.y, surface);
  PaintEye(shape, look, p.x, p.y, surface);
  PaintBrow(shape, look, p.x, p.y, surface);
  return surface;
}

Surface EarAt(const Appearance& look, Vec3 p) {
  const float hollow = Bump((p.y - 0.02f) / 0.10f) * Bump((p.z + 0.07f) / 0.06f);
  return {look.skin * Vec3{0.98f, 0.84f, 0.80f} * (1.0f - 0.45f * hollow), 0.08f, 12.0f};
}

Surface HairAt(const Appearance& look, Vec3 p) {
  // Strands run down from the crown: fine around the head, long along it.
  const float around = std::atan2(p.x, p.z);
  const float strands = ValueNoise({around * 34.0f, p.y * 3.0f, 0.0f}, look.seed + 5);
  const float locks = ValueNoise({around * 9.0f, p.y * 2.0f, 7.0f}, look.seed + 6);
  const float shade = look.style == HairStyle::kCurly ? 0.5f + ValueNoise(p * 16.0f, look.seed + 7)
                                                      : 0.55f + 0.5f * strands + 0.4f * locks;
  return {look.hair * shade, 0.10f + 0.12f * strands, 10.0f};
}

Surface ClothAt(const Appearance& look, Vec3 p) {
  float second = 0.0f;
  if (look.cloth_pattern == 1) second = SmoothStep(-0.2f, 0.2f, std::sin(p.y * 26.0f));
  if (look.cloth_pattern == 2) second = SmoothStep(-0.2f, 0.2f, std::sin(p.x * 24.0f));
  if (look.cloth_pattern == 3)
    second = SmoothStep(0.5f, 0.56f, ValueNoise(p * 4.0f, look.seed + 8));
  const float weave = 0.9f + 0.2f * ValueNoise(p * 25.0f, look.seed + 9);
  return {Lerp(look.cloth, look.cloth_second, second) * weave, 0.0f, 8.0f};
}

}  // namespace

Surface SurfaceAt(const HeadShape& shape, const Appearance& look, PartKind kind, Vec3 point) {
  switch (kind) {
    case PartKind::kSkin:
      return SkinAt(shape, look, point);
    case PartKind::kEar:
      return EarAt(look, point);
    case PartKind::kHair:
      return HairAt(look, point);
    case PartKind::kRim:
      return {look.rim, 0.5f, 30.0f};
    case PartKind::kNeck:
      // The chin keeps the light from the neck.
      return {look.skin * (0.55f + 0.40f * SmoothStep(-0.75f, -1.35f, point.y)), 0.05f, 10.0f};
    case PartKind::kCloth:
      return ClothAt(look, point);
  }
  return {};
}

}  // namespace vigil
