// MaxPool 1-22, AveragePool 1-22, GlobalAveragePool and GlobalMaxPool 1-22, two-dimensional.
#ifndef VIGIL_ENGINE_OPS_POOL_H_
#define VIGIL_ENGINE_OPS_POOL_H_

#include <array>
#include <cstdint>

namespace vigil {

enum class PoolKind { kMax, kAverage };

// Input [N, C, H, W] of float32 (of integers too for the maximum), output [N, C, oH, oW]. Padding
// never wins a maximum; whether it counts in an average count_include_pad says; what ceil_mode
// reaches beyond the padding never counts. With ceil_mode a last window that would start in the end
// padding is left out. A window that would read padding alone is refused.
struct PoolAttrs {
  PoolKind kind = PoolKind::kMax;
  std::array<std::int64_t, 2> kernel{1, 1};
  std::array<std::int64_t, 2> strides{1, 1};
  std::array<std::int64_t, 4> pads{0, 0, 0, 0};  // top, left, bottom, right
  std::array<std::int64_t, 2> dilations{1, 1};
  bool ceil_mode = false;
  bool count_include_pad = false;
};

// Input [N, C, H, W], output [N, C, 1, 1]: the mean or the maximum of each plane.
struct GlobalPoolAttrs {
  PoolKind kind = PoolKind::kAverage;
};

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_POOL_H_
