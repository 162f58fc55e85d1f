// IEEE 754 binary16 <-> binary32, round to nearest even; no hardware support assumed.
#ifndef VIGIL_ENGINE_BASE_HALF_H_
#define VIGIL_ENGINE_BASE_HALF_H_

#include <bit>
#include <cstdint>

namespace vigil {

// Overflow becomes infinity, NaN stays NaN, subnormals are kept.
inline std::uint16_t FloatToHalf(float value) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits >> 16) & 0x8000u;
  const std::uint32_t magnitude = bits & 0x7fffffffu;
  if (magnitude >= 0x7f800000u) {  // infinity or NaN
    return static_cast<std::uint16_t>(sign | 0x7c00u | (magnitude > 0x7f800000u ? 0x200u : 0u));
  }
  if (magnitude >= 0x477ff000u) return static_cast<std::uint16_t>(sign | 0x7c00u);
  if (magnitude < 0x38800000u) {  // subnormal in half: let the float adder do the rounding
    const float scaled = std::bit_cast<float>(magnitude) + 0.5f;
    return static_cast<std::uint16_t>(sign | (std::bit_cast<std::uint32_t>(scaled) - 0x3f000000u));
  }
  const std::uint32_t odd = (magnitude >> 13) & 1u;
  return static_cast<std::uint16_t>(sign | ((magnitude + 0xc8000fffu + odd) >> 13));
}

inline float HalfToFloat(std::uint16_t half) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000u) << 16;
  const std::uint32_t magnitude = half & 0x7fffu;
  if (magnitude >= 0x7c00u) {
    return std::bit_cast<float>(sign | 0x7f800000u | ((magnitude & 0x3ffu) << 13));
  }
  if (magnitude >= 0x400u) return std::bit_cast<float>(sign | ((magnitude << 13) + 0x38000000u));
  const float subnormal = static_cast<float>(magnitude) * 0x1p-24f;
  return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(subnormal));
}

// HalfToFloat(FloatToHalf(value)) without a branch, so that compilers make vectors of it.
inline float RoundToHalf(float value) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t magnitude = bits & 0x7fffffffu;
  std::uint32_t rounded = (magnitude + 0xfffu + ((magnitude >> 13) & 1u)) & ~0x1fffu;
  rounded = rounded >= 0x47800000u ? 0x7f800000u : rounded;
  // Beside 0.5 the float adder's last place is half's least subnormal.
  const float subnormal = (std::bit_cast<float>(magnitude) + 0.5f) - 0.5f;
  rounded = magnitude < 0x38800000u ? std::bit_cast<std::uint32_t>(subnormal) : rounded;
  rounded = magnitude > 0x7f800000u ? 0x7fc00000u : rounded;
  return std::bit_cast<float>((bits & 0x80000000u) | rounded);
}

}  // namespace vigil

#endif  // VIGIL_ENGINE_BASE_HALF_H_
