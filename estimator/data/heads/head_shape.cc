#include "estimator/data/heads/head_shape.h"

#include <limits>
#include <numbers>

namespace vigil {
namespace {

constexpr float kHairline = 0.62f;
constexpr float kBoxMargin = 1.12f;

float JawWidth(const HeadShape& shape, float y) {
  return 1.0f - shape.jaw_taper * SmoothStep(0.05f, -1.0f, y);
}

// The lower face is carried forward, or an ellipsoid would have no chin.
float FrontScale(const HeadShape& shape, float y) {
  return 1.0f + shape.chin_forward * SmoothStep(-0.30f, -0.95f, y) -
         0.05f * SmoothStep(0.2f, 0.6f, y);
}

// Behind the chin the underside rises to the throat, which makes the jaw's edge.
Vec3 LiftUnderside(Vec3 p) {
  p.y += 0.30f * SmoothStep(-0.50f, -1.0f, p.y) * SmoothStep(0.46f, 0.02f, p.z);
  return p;
}

float BackScale(float y) { return 1.0f - 0.50f * SmoothStep(-0.05f, -0.85f, y); }

// What stands out of the smooth front, in z.
float Relief(const HeadShape& shape, float x, float y) {
  const float side = std::abs(x);
  // From the root between the eyes the ridge rises to the tip, and ends below it at once.
  const float root = shape.eye_y + 0.10f;
  const float down = std::clamp((root - y) / (root - shape.nose_tip_y), 0.0f, 1.3f);
  const float profile =
      down <= 1.0f ? down * (0.55f + 0.45f * down) : SmoothStep(1.28f, 1.0f, down);
  const float width = shape.nose_width * (0.62f + 0.5f * down);
  float z = shape.nose_length * profile * Bump(x / width);
  z += 0.4f * shape.nose_length * Bump((side - 0.85f * shape.nose_width) / 0.055f) *
       Bump((y - shape.nose_tip_y - 0.01f) / 0.07f);  // wings of the nose
  z -= 0.075f * Bump((side - shape.eye_x) / 0.17f) * Bump((y - shape.eye_y) / 0.11f);
  z += 0.055f * Bump((side - shape.eye_x) / 0.10f) * Bump((y - shape.eye_y) / 0.055f);  // eyeball
  z += shape.brow_ridge * Bump((side - 0.25f) / 0.26f) * Bump((y - shape.brow_y + 0.02f) / 0.075f);
  z += shape.cheek * Bump((side - 0.42f) / 0.17f) * Bump((y + 0.16f) / 0.15f);
  const float lip_width = Bump(x / (1.1f * shape.mouth_half_width));
  z += shape.lips * lip_width *
       (Bump((y - shape.mouth_y - 0.050f) / 0.045f) + Bump((y - shape.mouth_y + 0.055f) / 0.05f));
  z -= 0.03f * Bump(x / 0.25f) * Bump((y - shape.mouth_y + 0.16f) / 0.05f);  // above the chin
  z += 0.07f * Bump(x / 0.20f) * Bump((y + 0.84f) / 0.12f);
  return z;
}

}  // namespace

HeadShape DrawHeadShape(Random& random) {
  const auto vary = [&](float value, double fraction) {
    const double step = std::clamp(random.Normal(), -2.0, 2.0) / 2.0;
    return value * static_cast<float>(1.0 + fraction * step);
  };
  HeadShape shape;
  shape.half_width = vary(shape.half_width, 0.09);
  shape.half_depth = vary(shape.half_depth, 0.06);
  shape.back_depth = vary(shape.back_depth, 0.08);
  shape.jaw_taper = vary(shape.jaw_taper, 0.45);
  shape.chin_forward = vary(shape.chin_forward, 0.25);
  shape.nose_length = vary(shape.nose_length, 0.35);
  shape.nose_width = vary(shape.nose_width, 0.30);
  shape.nose_tip_y = vary(shape.nose_tip_y, 0.20);
  shape.brow_ridge = vary(shape.brow_ridge, 0.80);
  shape.cheek = vary(shape.cheek, 0.70);
  shape.lips = vary(shape.lips, 0.50);
  shape.eye_x = vary(shape.eye_x, 0.10);
  shape.eye_half_width = vary(shape.eye_half_width, 0.15);
  shape.brow_y = vary(shape.brow_y, 0.14);
  shape.mouth_y = vary(shape.mouth_y, 0.08);
  shape.mouth_half_width = vary(shape.mouth_half_width, 0.22);
  return shape;
}

Vec3 SkinPoint(const HeadShape& shape, float azimuth, float elevation) {
  const float flat = std::cos(elevation), y = std::sin(elevation);
  const float forward = std::cos(azimuth) * flat;
  const float x = shape.half_width * std::sin(azimuth) * flat * JawWidth(shape, y);
  if (forward <= 0.0f) return LiftUnderside({x, y, shape.back_depth * forward * BackScale(y)});
  // The relief fades to the sides, where the front ends.
  return LiftUnderside({x, y,
                        shape.half_depth * forward * FrontScale(shape, y) +
                            Relief(shape, x, y) * SmoothStep(0.0f, 0.4f, forward)});
}

Vec3 FacePoint(const HeadShape& shape, float x, float y) {
  y = std::clamp(y, -0.97f, 0.97f);
  const float flat = std::sqrt(1.0f - y * y);
  const float reach = shape.half_width * flat * JawWidth(shape, y);
  x = std::clamp(x, -0.97f * reach, 0.97f * reach);
  return SkinPoint(shape, std::asin(x / reach), std::asin(y));
}

Landmarks FaceLandmarks(const HeadShape& shape) {
  return {FacePoint(shape, -shape.eye_x, shape.eye_y), FacePoint(shape, shape.eye_x, shape.eye_y),
          FacePoint(shape, 0.0f, shape.nose_tip_y), FacePoint(shape, 0.0f, shape.mouth_y),
          FacePoint(shape, 0.0f, -0.93f)};
}

Box FaceBox(const HeadShape& shape, const HeadView& view) {
  constexpr int kColumns = 40, kRows = 20;
  constexpr float kPi = std::numbers::pi_v<float>;
  constexpr float kInfinite = std::numeric_limits<float>::infinity();
  Vec3 low{kInfinite, kInfinite, 0}, high{-kInfinite, -kInfinite, 0};
  const float top = std::asin(kHairline);
  for (int row = 0; row <= kRows; ++row) {
    const float elevation = -kPi / 2 + (top + kPi / 2) * static_cast<float>(row) / kRows;
    for (int column = 0; column < kColumns; ++column) {
      const float azimuth = 2.0f * kPi * static_cast<float>(column) / kColumns;
      const Vec3 p = view.Project(SkinPoint(shape, azimuth, elevation));
      low = {std::min(low.x, p.x), std::min(low.y, p.y), 0};
      high = {std::max(high.x, p.x), std::max(high.y, p.y), 0};
    }
  }
  return {(low.x + high.x) / 2, (low.y + high.y) / 2,
          kBoxMargin * std::max(high.x - low.x, high.y - low.y)};
}

HeadView CanonicalView(const Box& box, const Truth& pose) {
  const Rotation rotation = PoseRotation(pose.pitch, pose.yaw, pose.roll);
  const Box unit = FaceBox(HeadShape{}, HeadView(rotation, 0.0f, 0.0f, 1.0f));
  const float scale = box.size / unit.size;
  return {rotation, box.center_x - unit.center_x * scale, box.center_y - unit.center_y * scale,
          scale};
}

}  // namespace vigil
