// What quantised operators share: checks, ranges of types, and integers as they are computed with.
#ifndef VIGIL_ENGINE_OPS_QUANTIZE_RULE_H_
#define VIGIL_ENGINE_OPS_QUANTIZE_RULE_H_

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/ops/quantize.h"
#include "engine/tensor/tensor.h"

namespace vigil {

struct IntRange {
  std::int32_t low = 0, high = 0;
};
// REQUIRES: int8 or uint8.
IntRange RangeOf(DType type);

// What QuantizeLinear makes of one number.
std::int32_t QuantizedValue(float x, float scale, std::int32_t zero_point, const IntRange& range);

// Throw Error (Model, kInvalidType | kInvalidValue | kInvalidShape).
void RequireEightBits(std::string_view role, DType type);
void RequireScales(std::string_view role, std::span<const float> scales);
void RequireZeroPoints(std::string_view role, std::span<const std::int32_t> zero_points,
                       DType type);
void RequireScale(const QuantizeScale& scale, const Shape& shape, DType type);

// The elements of an int8, uint8 or int32 tensor.
std::vector<std::int32_t> ToInt32(const ConstTensorView& view);

// Sums and products modulo 2^32, as every device computes them.
inline std::int32_t WrappedSum(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
}
inline std::int32_t WrappedDifference(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) - static_cast<std::uint32_t>(b));
}
inline std::int32_t WrappedProduct(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) * static_cast<std::uint32_t>(b));
}

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_QUANTIZE_RULE_H_
