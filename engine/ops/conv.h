// Conv, ONNX 1-22, two-dimensional.
#ifndef VIGIL_ENGINE_OPS_CONV_H_
#define VIGIL_ENGINE_OPS_CONV_H_

#include <array>
#include <cstdint>

#include "engine/ops/epilogue.h"

namespace vigil {

// Inputs: x [N, C, H, W]; weights [M, C / groups, kH, kW]; bias [M] where has_bias; the residual
// [N, M, oH, oW] where epilogue.residual. Output [N, M, oH, oW],
//   o = (in + pad_begin + pad_end - dilation * (kernel - 1) - 1) / stride + 1, rounded down.
// depthwise: groups == C == M.
struct ConvAttrs {
  std::array<std::int64_t, 2> kernel{1, 1};  // height, width
  std::array<std::int64_t, 2> strides{1, 1};
  std::array<std::int64_t, 4> pads{0, 0, 0, 0};  // top, left, bottom, right, as ONNX orders them
  std::array<std::int64_t, 2> dilations{1, 1};
  std::int64_t groups = 1;
  bool has_bias = false;
  Epilogue epilogue;
};

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_CONV_H_
