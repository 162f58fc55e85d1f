// QuantizeLinear, ONNX 10-21, and DequantizeLinear, 10-21: between real numbers and eight bits,
//   real = (q - zero_point) * scale.
// Types of fewer or more bits, floats of eight, and blocks (opset 21) are not supported.
#ifndef VIGIL_ENGINE_OPS_QUANTIZE_H_
#define VIGIL_ENGINE_OPS_QUANTIZE_H_

#include <cstdint>
#include <vector>

#include "engine/tensor/dtype.h"

namespace vigil {

// One scale and zero point for the tensor, or one for each index of dimension `axis`.
struct QuantizeScale {
  std::int64_t axis = 1;
  std::vector<float> scales{1.0f};           // finite, more than 0
  std::vector<std::int32_t> zero_points{0};  // as many as scales
};

// x float32 -> y of `type` (int8 or uint8) and the same shape:
//   y = saturate(round(x / scale) + zero_point), ties to even. NaN gives the zero point.
struct QuantizeAttrs {
  QuantizeScale scale;
  DType type = DType::kUInt8;
};

// x int8, uint8 or int32 -> y float32 of the same shape. The zero point of int32 is 0.
struct DequantizeAttrs {
  QuantizeScale scale;
};

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_QUANTIZE_H_
