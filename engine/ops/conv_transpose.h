// ConvTranspose, ONNX 1-22, two-dimensional.
#ifndef VIGIL_ENGINE_OPS_CONV_TRANSPOSE_H_
#define VIGIL_ENGINE_OPS_CONV_TRANSPOSE_H_

#include <array>
#include <cstdint>

#include "engine/ops/epilogue.h"

namespace vigil {

// Inputs: x [N, C, H, W]; weights [C, M / groups, kH, kW]; bias [M] where has_bias; the residual
// [N, M, oH, oW] where epilogue.residual. Output [N, M, oH, oW],
//   o = stride * (in - 1) + dilation * (kernel - 1) + 1 + output_pad - pad_begin - pad_end:
// tap k of input i adds to output i * stride - pad_begin + k * dilation. The importer turns
// output_shape and auto_pad into pads.
struct ConvTransposeAttrs {
  std::array<std::int64_t, 2> kernel{1, 1};  // height, width
  std::array<std::int64_t, 2> strides{1, 1};
  std::array<std::int64_t, 4> pads{0, 0, 0, 0};  // top, left, bottom, right
  std::array<std::int64_t, 2> dilations{1, 1};
  std::array<std::int64_t, 2> output_pads{0, 0};  // further rows and columns at the end
  std::int64_t groups = 1;
  bool has_bias = false;
  Epilogue epilogue;
};

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_CONV_TRANSPOSE_H_
