// QLinearConv, ONNX 10, and ConvInteger, ONNX 10, two-dimensional; also what DequantizeLinear,
// Conv and QuantizeLinear become (graph/fuse_quantized.h).
#ifndef VIGIL_ENGINE_OPS_QUANTIZED_CONV_H_
#define VIGIL_ENGINE_OPS_QUANTIZED_CONV_H_

#include <array>
#include <cstdint>

#include "engine/ops/requantize.h"

namespace vigil {

// Inputs: x [N, C, H, W] and weights [M, C / groups, kH, kW], each int8 or uint8; bias [M], int32,
// where product.has_bias. Output [N, M, oH, oW] of product.type; sizes as Conv's. Padding is x's
// zero point, a real zero. All arithmetic is in integers: every backend gives the same bits.
struct QConvAttrs {
  std::array<std::int64_t, 2> kernel{1, 1};
  std::array<std::int64_t, 2> strides{1, 1};
  std::array<std::int64_t, 4> pads{0, 0, 0, 0};
  std::array<std::int64_t, 2> dilations{1, 1};
  std::int64_t groups = 1;
  QuantizedProduct product;
};

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_QUANTIZED_CONV_H_
