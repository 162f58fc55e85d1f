// Conv with as many groups as channels: every output channel is a window over one input channel.
#include <algorithm>

#include "engine/cpu/native/kernels.h"
#include "engine/cpu/native/tile_plan.h"
#include "engine/cpu/native/window_plan.h"

namespace vigil::cpu::native {
namespace {

bool Applicable(const KernelContext& context) {
  const ConvAttrs* attrs = context.attrs<ConvAttrs>();
  return attrs && context.InputShape(0).rank() == 4 && context.Constant(1) &&
         attrs->groups == context.InputShape(0)[1] && attrs->groups == context.OutputShape(0)[1] &&
         attrs->groups > 1 && (!attrs->has_bias || context.Constant(2));
}

void Build(KernelContext& context) {
  const ConvAttrs& attrs = *context.attrs<ConvAttrs>();
  const Shape& shape = context.InputShape(0);
  const auto windows =
      WindowsOf({shape[2], shape[3]}, attrs.kernel, attrs.strides, attrs.pads, attrs.dilations);
  const auto plan = PlanWindows(windows, context.OutputShape(0), false, context.team().threads());
  // [blocks, taps, kLanes], as one group whose terms are the taps.
  TilePlan packing;
  packing.channels = shape[1];
  packing.terms = attrs.kernel[0] * attrs.kernel[1];
  const float* values = context.Constant(1)->as<float>().data();
  const std::int64_t taps = packing.terms;
  const SlotId weights = PackWeights(
      context.builder(), packing,
      [&](std::int64_t channel, std::int64_t tap) { return values[channel * taps + tap]; });
  const SlotId bias =
      PackBias(context.builder(), packing, attrs.has_bias ? context.Constant(2) : nullptr);
  const SlotId x = context.Input(0, BlockedLayout(shape));
  const FinishPlan finish(context, attrs.epilogue, BlockedLayout(context.OutputShape(0)));
  std::vector<SlotId> uses = finish.uses();
  uses.insert(uses.end(), {x, weights, bias});
  const std::int64_t blocks = packing.blocks();
  context.builder().AddFunction(
      [=, kernel = context.vectors().depthwise, &team = context.team()](SlotPointers slots) {
        const float* w = FloatsAt(slots, weights);
        const float* b = FloatsAt(slots, bias);
        float* y = finish.Output(slots);
        const Finish all = finish.At(slots);
        RunWindows(*plan, kernel, team, static_cast<const float*>(FloatsAt(slots, x)),
                   [&](WindowJob& job, std::int64_t plane, std::int64_t at) {
                     job.y = y + at;
                     job.weights = w + plane % blocks * taps * kLanes;
                     job.bias = b + plane % blocks * kLanes;
                     job.finish = Shifted(all, at);
                   });
      },
      uses);
}

}  // namespace

const Kernel kDepthwiseKernel{"own depthwise convolution", Applicable, Build};

}  // namespace vigil::cpu::native
