#include "estimator/data/augment/sprite.h"

#include "estimator/data/heads/noise.h"

namespace vigil {
namespace {

constexpr int kTexelsAcross = 176;

}  // namespace

Sprite::Sprite(float half_width, float half_height)
    : half_width_(half_width),
      half_height_(half_height),
      texel_(2.0f * std::max(half_width, half_height) / kTexelsAcross),
      columns_(static_cast<int>(std::ceil(2.0f * half_width / texel_))),
      rows_(static_cast<int>(std::ceil(2.0f * half_height / texel_))),
      texels_(static_cast<std::size_t>(columns_) * static_cast<std::size_t>(rows_),
              Ink{{}, 0.0f, 0.0f}) {}

void Sprite::Fill(const Distance& distance, const Paint& paint) {
  for (int row = 0; row < rows_; ++row) {
    for (int column = 0; column < columns_; ++column) {
      const float x = (static_cast<float>(column) + 0.5f) * texel_ - half_width_;
      const float y = (static_cast<float>(row) + 0.5f) * texel_ - half_height_;
      const float coverage = SmoothStep(texel_, -texel_, distance(x, y));
      if (coverage <= 0.0f) continue;
      const Ink ink = paint(x, y);
      const float alpha = ink.alpha * coverage;
      Ink& texel = texels_[static_cast<std::size_t>(row * columns_ + column)];
      texel = texel * (1.0f - alpha) + Ink{ink.color * alpha, ink.tint * alpha, alpha};
    }
  }
}

void Sprite::Fill(const Distance& distance, const Ink& ink) {
  Fill(distance, [&](float, float) { return ink; });
}

Ink Sprite::At(float x, float y) const {
  const float u = (x + half_width_) / texel_ - 0.5f, v = (y + half_height_) / texel_ - 0.5f;
  const int column = FloorToInt(u), row = FloorToInt(v);
  const float right = u - static_cast<float>(column), up = v - static_cast<float>(row);
  const auto texel = [&](int dx, int dy) {
    const int i = column + dx, j = row + dy;
    if (i < 0 || j < 0 || i >= columns_ || j >= rows_) return Ink{{}, 0.0f, 0.0f};
    return texels_[static_cast<std::size_t>(j * columns_ + i)];
  };
  return (texel(0, 0) * (1.0f - right) + texel(1, 0) * right) * (1.0f - up) +
         (texel(0, 1) * (1.0f - right) + texel(1, 1) * right) * up;
}

float BoxDistance(float x, float y, float half_width, float half_height, float corner) {
  const float dx = std::abs(x) - half_width + corner, dy = std::abs(y) - half_height + corner;
  return std::hypot(std::max(dx, 0.0f), std::max(dy, 0.0f)) + std::min(std::max(dx, dy), 0.0f) -
         corner;
}

float CapsuleDistance(float x, float y, Vec3 from, Vec3 to, float radius) {
  const float ax = x - from.x, ay = y - from.y, bx = to.x - from.x, by = to.y - from.y;
  const float t = std::clamp((ax * bx + ay * by) / (bx * bx + by * by), 0.0f, 1.0f);
  return std::hypot(ax - t * bx, ay - t * by) - radius;
}

float EllipseDistance(float x, float y, float half_width, float half_height) {
  return (std::hypot(x / half_width, y / half_height) - 1.0f) * std::min(half_width, half_height);
}

}  // namespace vigil
