// Pooling, block by block of channels.
#include <algorithm>

#include "engine/cpu/native/kernels.h"
#include "engine/cpu/native/window_plan.h"

namespace vigil::cpu::native {
namespace {

void Add(KernelContext& context, const std::array<Window, 2>& windows, bool include_pad,
         void (*kernel)(const WindowJob&)) {
  const auto plan =
      PlanWindows(windows, context.OutputShape(0), include_pad, context.team().threads());
  const SlotId x = context.Input(0, BlockedLayout(context.InputShape(0)));
  const SlotId y = context.Output(0, BlockedLayout(context.OutputShape(0)));
  context.builder().AddFunction(
      [=, &team = context.team()](SlotPointers slots) {
        RunWindows(*plan, kernel, team, FloatsAt(slots, x),
                   [output = FloatsAt(slots, y)](WindowJob& job, std::int64_t, std::int64_t at) {
                     job.y = output + at;
                   });
      },
      std::array{x, y});
}

bool Applicable(const KernelContext& context) {
  return context.attrs<PoolAttrs>() && context.InputShape(0).rank() == 4;
}

void Build(KernelContext& context) {
  const PoolAttrs& attrs = *context.attrs<PoolAttrs>();
  const Shape& x = context.InputShape(0);
  Add(context, WindowsOf({x[2], x[3]}, attrs.kernel, attrs.strides, attrs.pads, attrs.dilations),
      attrs.count_include_pad,
      attrs.kind == PoolKind::kMax ? context.vectors().max_pool : context.vectors().average_pool);
}

bool GlobalApplicable(const KernelContext& context) {
  return context.attrs<GlobalPoolAttrs>() && context.InputShape(0).rank() == 4;
}

void BuildGlobal(KernelContext& context) {
  const Shape& x = context.InputShape(0);
  Add(context, WindowsOf({x[2], x[3]}, {x[2], x[3]}, {1, 1}, {0, 0, 0, 0}, {1, 1}), false,
      context.attrs<GlobalPoolAttrs>()->kind == PoolKind::kMax ? context.vectors().max_pool
                                                               : context.vectors().average_pool);
}

}  // namespace

const Kernel kPoolKernel{"own pooling", Applicable, Build};
const Kernel kGlobalPoolKernel{"own pooling of the plane", GlobalApplicable, BuildGlobal};

}  // namespace vigil::cpu::native
