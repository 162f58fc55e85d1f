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
