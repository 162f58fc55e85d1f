// Smooth value noise for textures and backgrounds.
#ifndef VIGIL_ESTIMATOR_DATA_HEADS_NOISE_H_
#define VIGIL_ESTIMATOR_DATA_HEADS_NOISE_H_

#include <cstdint>

#include "estimator/data/heads/vector.h"

namespace vigil {

inline float LatticeValue(int x, int y, int z, std::uint32_t seed) {
  std::uint32_t h = seed * 0x9e3779b1u + static_cast<std::uint32_t>(x) * 0x85ebca6bu +
                    static_cast<std::uint32_t>(y) * 0xc2b2ae35u +
                    static_cast<std::uint32_t>(z) * 0x27d4eb2fu;
  h = (h ^ (h >> 15)) * 0x2c1b3c6du;
  h = (h ^ (h >> 12)) * 0x297a2d39u;
  return static_cast<float>((h ^ (h >> 15)) >> 8) * 0x1p-24f;
}

// std::floor is a library call on baseline x86-64. REQUIRES: x fits an int.
constexpr int FloorToInt(float x) {
  const int toward_zero = static_cast<int>(x);
  return toward_zero - (static_cast<float>(toward_zero) > x ? 1 : 0);
}

// In 0..1, one random value a lattice point, trilinear with smooth weights between.
inline float ValueNoise(Vec3 p, std::uint32_t seed) {
  const int x = FloorToInt(p.x), y = FloorToInt(p.y), z = FloorToInt(p.z);
  const auto weight = [](float at, int lattice) {
    const float t = at - static_cast<float>(lattice);
    return t * t * (3.0f - 2.0f * t);
  };
  const float tx = weight(p.x, x), ty = weight(p.y, y), tz = weight(p.z, z);
  const auto along_x = [&](int dy, int dz) {
    const float low = LatticeValue(x, y + dy, z + dz, seed);
    return low + (LatticeValue(x + 1, y + dy, z + dz, seed) - low) * tx;
  };
  const float near_low = along_x(0, 0), far_low = along_x(0, 1);
  const float near = near_low + (along_x(1, 0) - near_low) * ty;
  const float far = far_low + (along_x(1, 1) - far_low) * ty;
  return near + (far - near) * tz;
}

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_HEADS_NOISE_H_
