#include "engine/cpu/native/conv_plan.h"

namespace vigil::cpu::native {

Layout ConvOutputLayout(const Shape& shape, std::int64_t groups) {
  const bool blocked = (groups == 1 || shape[1] / groups % kLanes == 0) && shape[1] >= kLanes / 2;
  return blocked ? BlockedLayout(shape) : PlainLayout(shape);
}

void SetTerms(TilePlan& plan, const Layout& x, std::span<const std::int64_t> taps) {
  const std::int64_t channels = x.shape[1] / plan.groups;
  const std::int64_t together = x.blocked() ? kLanes : 1;
  plan.offsets.clear();
  for (std::int64_t group = 0; group < plan.groups; ++group) {
    for (const std::int64_t tap : taps) {
      for (std::int64_t c = group * channels; c < (group + 1) * channels; ++c) {
        plan.offsets.push_back(c / together * x.PlaneStride() + c % together +
                               tap * x.PixelStride());
      }
    }
  }
  plan.terms = static_cast<std::int64_t>(taps.size()) * channels;
}

std::vector<std::int64_t> TapsOf(const Pair& kernel, const Pair& dilations, const Layout& x) {
  std::vector<std::int64_t> taps;
  for (std::int64_t i = 0; i < kernel[0]; ++i) {
    for (std::int64_t j = 0; j < kernel[1]; ++j)
      taps.push_back(i * dilations[0] * x.shape[3] + j * dilations[1]);
  }
  return taps;
}

void SetRows(TilePlan& plan, const Pair& kernel, const Pair& strides, const Layout& x,
             const Shape& y, int tile_pixels) {
  const bool flat = kernel == Pair{1, 1} && strides == Pair{1, 1};
  if (flat) {
    CutIntoRows(plan, y[2] * y[3], tile_pixels);
  } else {
    plan.rows = y[2];
    plan.row_pixels = plan.last_row_pixels = y[3];
  }
  plan.x_step = strides[1] * x.PixelStride();
  plan.x_row = flat ? plan.row_pixels * plan.x_step : strides[0] * x.shape[3] * x.PixelStride();
}

void SetOutput(TilePlan& plan, const Layout& y) {
  const std::int64_t plane = y.shape[2] * y.shape[3];
  plan.samples = y.shape[0];
  plan.channels = y.shape[1] / plan.groups;
  plan.y_sample = y.SampleStride();
  plan.y_lane = y.blocked() ? 1 : plane;
  plan.y_block = kLanes * plane;
  plan.y_group = y.blocked() ? plan.blocks() * plan.y_block : plan.channels * plane;
  plan.whole_blocks = y.blocked();
}

}  // namespace vigil::cpu::native
