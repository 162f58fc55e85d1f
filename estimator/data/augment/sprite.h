// Flat pictures with alpha, painted from distance functions: what occluders are made of.
#ifndef VIGIL_ESTIMATOR_DATA_AUGMENT_SPRITE_H_
#define VIGIL_ESTIMATOR_DATA_AUGMENT_SPRITE_H_

#include <functional>
#include <vector>

#include "estimator/data/heads/vector.h"

namespace vigil {

// What is painted at a point: a display colour (0..1), and how far the colour of the day, drawn
// when the occluder is placed, replaces it by tinting.
struct Ink {
  Vec3 color;
  float tint = 0.0f;
  float alpha = 1.0f;

  friend Ink operator*(Ink ink, float s) { return {ink.color * s, ink.tint * s, ink.alpha * s}; }
  friend Ink operator+(Ink a, Ink b) {
    return {a.color + b.color, a.tint + b.tint, a.alpha + b.alpha};
  }
};

// Points are (x, y) in [-half_width, half_width] x [-half_height, half_height], y up. Colour and
// tint are stored multiplied by alpha, so that they interpolate without fringes.
class Sprite {
 public:
  using Distance = std::function<float(float x, float y)>;  // negative inside
  using Paint = std::function<Ink(float x, float y)>;

  Sprite(float half_width, float half_height);

  // Paints over what is there, with an edge one texel soft.
  void Fill(const Distance& distance, const Paint& paint);
  void Fill(const Distance& distance, const Ink& ink);

  // Bilinear; nothing outside. Premultiplied.
  Ink At(float x, float y) const;

  float half_width() const { return half_width_; }
  float half_height() const { return half_height_; }

 private:
  float half_width_, half_height_;
  float texel_;  // size of one
  int columns_, rows_;
  std::vector<Ink> texels_;
};

// Distances of simple shapes, centered at the origin unless points are given.
float BoxDistance(float x, float y, float half_width, float half_height, float corner);
float CapsuleDistance(float x, float y, Vec3 from, Vec3 to, float radius);     // z is not used
float EllipseDistance(float x, float y, float half_width, float half_height);  // approximate

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_AUGMENT_SPRITE_H_
