// Three-vectors and rotations for the rendered heads: x to the right of the image, y up, z towards
// the viewer; one unit is about the height from a chin to the eyes.
#ifndef VIGIL_ESTIMATOR_DATA_HEADS_VECTOR_H_
#define VIGIL_ESTIMATOR_DATA_HEADS_VECTOR_H_

#include <algorithm>
#include <cmath>

namespace vigil {

struct Vec3 {
  float x = 0.0f, y = 0.0f, z = 0.0f;

  friend constexpr Vec3 operator+(Vec3 a, Vec3 b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
  friend constexpr Vec3 operator-(Vec3 a, Vec3 b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
  friend constexpr Vec3 operator*(Vec3 a, Vec3 b) { return {a.x * b.x, a.y * b.y, a.z * b.z}; }
  friend constexpr Vec3 operator*(Vec3 a, float s) { return {a.x * s, a.y * s, a.z * s}; }
};

constexpr float Dot(Vec3 a, Vec3 b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
constexpr Vec3 Cross(Vec3 a, Vec3 b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
inline Vec3 Normalized(Vec3 a) { return a * (1.0f / std::sqrt(std::max(Dot(a, a), 1e-20f))); }
constexpr Vec3 Lerp(Vec3 a, Vec3 b, float t) { return a + (b - a) * t; }

// 0 below `low`, 1 above `high`, smooth between; falls where low > high.
constexpr float SmoothStep(float low, float high, float x) {
  const float t = std::clamp((x - low) / (high - low), 0.0f, 1.0f);
  return t * t * (3.0f - 2.0f * t);
}

// exp(-x * x)
inline float Bump(float x) { return std::exp(-x * x); }

struct Rotation {
  Vec3 row_x{1, 0, 0}, row_y{0, 1, 0}, row_z{0, 0, 1};

  constexpr Vec3 operator()(Vec3 p) const { return {Dot(row_x, p), Dot(row_y, p), Dot(row_z, p)}; }
};

// Pitch about the ears first (positive turns the face down), then yaw about the vertical (positive
// turns it to the right of the image), then roll in the image plane (positive is clockwise). The z
// of the rotated face direction is cos(yaw) * cos(pitch): the directness of SOURCES.md P2.
inline Rotation PoseRotation(float pitch_degrees, float yaw_degrees, float roll_degrees) {
  constexpr float kDegree = 0.017453292519943295f;
  const float cp = std::cos(pitch_degrees * kDegree), sp = std::sin(pitch_degrees * kDegree);
  const float cy = std::cos(yaw_degrees * kDegree), sy = std::sin(yaw_degrees * kDegree);
  const float cr = std::cos(roll_degrees * kDegree), sr = std::sin(roll_degrees * kDegree);
  const Vec3 yawed_x{cy, sy * sp, sy * cp};
  const Vec3 yawed_y{0.0f, cp, -sp};
  const Vec3 yawed_z{-sy, cy * sp, cy * cp};
  return {yawed_x * cr + yawed_y * sr, yawed_y * cr - yawed_x * sr, yawed_z};
}

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_HEADS_VECTOR_H_
