// From an exact int32 accumulator to eight bits, in integers alone: floating point may differ in
// the last place from device to device, and so would its ties.
#ifndef VIGIL_ENGINE_OPS_REQUANTIZE_H_
#define VIGIL_ENGINE_OPS_REQUANTIZE_H_

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/ops/epilogue.h"
#include "engine/ops/quantize_rule.h"

namespace vigil {

// A positive real number as multiplier / 2^shift; multiplier 0, or 2^30 to 2^31 - 1; shift 22 to
// 62. Off by at most 2^-31 of itself, a 128th of what float32 would be.
struct FixedPoint {
  std::int32_t multiplier = 0;
  std::int32_t shift = 62;

  friend bool operator==(const FixedPoint&, const FixedPoint&) = default;
};

// Numbers of 256 and more count as 256, those below 2^-32 as 0: by either, every accumulator
// saturates or vanishes alike. REQUIRES: real is finite and not negative.
FixedPoint FixedPointOf(double real);

// value * multiplier / 2^shift to the nearest integer, ties to even. A value whose product leaves
// 2^31 stays beyond eight bits, on its side.
inline std::int32_t ScaleRounded(std::int32_t value, const FixedPoint& by) {
  const std::int64_t product = std::int64_t{value} * by.multiplier;
  const std::int64_t floor = product >> by.shift;
  const std::int64_t rest = product - (floor << by.shift);
  const std::int64_t middle = std::int64_t{1} << (by.shift - 1);
  const bool up = rest > middle || (rest == middle && (floor & 1) != 0);
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(floor + up, -65536, 65536));
}

// How quantised products end, shared by QConv and QGemm. For weights of M output channels, the real
// output is (accumulator * x_scale * weight_scale[m]); the accumulator is the exact sum, modulo
// 2^32, of (x - x_zero_point) * (w - weight_zero_point[m]) and the bias, which is int32 in steps of
// x_scale * weight_scale[m].
struct QuantizedProduct {
  std::int32_t x_zero_point = 0;
  std::vector<std::int32_t> weight_zero_points{0};  // 1 or M
  bool has_bias = false;
  // int32: the output is the accumulator, and nothing below matters. Else int8 or uint8.
  DType type = DType::kInt32;
  float x_scale = 1.0f;
  std::vector<float> weight_scales{1.0f};  // 1 or M
  float y_scale = 1.0f;
  std::int32_t y_zero_point = 0;
  Activation activation;  // fused: Relu or Clip, on the real output
};

// The bounds that saturation and the activation put on the output: quantisation is monotonous, so
// clamping real numbers first or their steps afterwards is the same.
IntRange OutputRange(const QuantizedProduct& product);

// One a channel, or one for all.
std::vector<FixedPoint> MultipliersOf(const QuantizedProduct& product);

// Throws Error (Model) for what the other fields cannot be, of `channels` output channels.
void CheckProduct(const QuantizedProduct& product, DType x, DType weights, std::int64_t channels);

// "bias is ...": int32 [channels].
void RequireBias(const TensorDesc& bias, std::int64_t channels);

// Elements less the zero point of their channel, element i being of channel i / inner, modulo their
// number; one zero point is every channel's.
std::vector<std::int32_t> Centred(const ConstTensorView& view,
                                  std::span<const std::int32_t> zero_points, std::size_t inner);

// Turns accumulators into elements of an output of product.type.
class OutputWriter {
 public:
  explicit OutputWriter(const QuantizedProduct& product);
  // Element i of the tensor at `y`, which belongs to output channel m.
  void Write(void* y, std::size_t i, std::size_t m, std::int32_t accumulator) const;

 private:
  DType type_;
  std::vector<FixedPoint> multipliers_;
  std::int32_t zero_point_ = 0;
  IntRange range_;
};

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_REQUANTIZE_H_
