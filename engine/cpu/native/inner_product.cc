// Gemm of activations [M, K] with constant weights: a row of M pixels of K channels.
#include "engine/cpu/native/kernels.h"
#include "engine/cpu/native/tile_plan.h"

namespace vigil::cpu::native {
namespace {

bool Applicable(const KernelContext& context) {
  const GemmAttrs* attrs = context.attrs<GemmAttrs>();
  if (!attrs || attrs->trans_a || attrs->alpha != 1.0f || !context.Constant(1)) return false;
  if (context.InputShape(0)[1] == 0) return false;
  if (!attrs->has_bias) return true;
  // One number a column; other broadcasts of c are left to the reference.
  const Shape& bias = context.InputShape(2);
  return context.Constant(2) && attrs->beta == 1.0f && bias.rank() > 0 &&
         bias.elements() == context.OutputShape(0)[1] && bias[bias.rank() - 1] == bias.elements();
}

TilePlan MakePlan(KernelContext& context) {
  const std::int64_t inner = context.InputShape(0)[1];
  const std::int64_t columns = context.OutputShape(0)[1];
  TilePlan plan;
  plan.channels = columns;
  CutIntoRows(plan, context.OutputShape(0)[0], context.vectors().tile_pixels);
  for (std::int64_t k = 0; k < inner; ++k) plan.offsets.push_back(k);
  plan.terms = inner;
  plan.x_step = inner;
  plan.x_row = plan.row_pixels * inner;
  plan.y_step = columns;
  plan.y_row = plan.row_pixels * columns;
  plan.y_block = kLanes;
  CutIntoJobs(plan, plan.x_row * static_cast<std::int64_t>(sizeof(float)),
              context.team().threads());
  return plan;
}

void Build(KernelContext& context) {
  const GemmAttrs& attrs = *context.attrs<GemmAttrs>();
  TilePlan plan = MakePlan(context);
  const float* values = context.Constant(1)->as<float>().data();
  const std::int64_t column = attrs.trans_b ? plan.terms : 1;
  const std::int64_t row = attrs.trans_b ? 1 : plan.channels;
  const SlotId weights =
      PackWeights(context.builder(), plan, [&](std::int64_t channel, std::int64_t term) {
        return values[channel * column + term * row];
      });
  const SlotId bias =
      PackBias(context.builder(), plan, attrs.has_bias ? context.Constant(2) : nullptr);
  const SlotId x = context.Input(0, PlainLayout(context.InputShape(0)));
  const FinishPlan finish(context, attrs.epilogue, PlainLayout(context.OutputShape(0)));
  AddTiles(context, std::move(plan), x, weights, bias, finish);
}

}  // namespace

const Kernel kInnerProductKernel{"own inner product", Applicable, Build};

}  // namespace vigil::cpu::native
