// Conv as an implicit product of matrices: the terms of a sum are found by a table of offsets into
// the padded input, whichever layout it has, so no window is ever copied out.
#include "engine/cpu/native/conv_plan.h"
#include "engine/cpu/native/kernels.h"
#include "engine/cpu/native/padded.h"

namespace vigil::cpu::native {
namespace {

bool Applicable(const KernelContext& context) {
  const ConvAttrs* attrs = context.attrs<ConvAttrs>();
  return attrs && context.InputShape(0).rank() == 4 && context.Constant(1) &&
         (!attrs->has_bias || context.Constant(2));
}

TilePlan MakePlan(const ConvAttrs& attrs, const Layout& x, const Layout& y,
                  KernelContext& context) {
  TilePlan plan;
  plan.groups = attrs.groups;
  SetTerms(plan, x, TapsOf(attrs.kernel, attrs.dilations, x));
  SetOutput(plan, y);
  SetRows(plan, attrs.kernel, attrs.strides, x, y.shape, context.vectors().tile_pixels);
  plan.x_sample = x.SampleStride();
  plan.y_step = y.PixelStride();
  plan.y_row = plan.row_pixels * plan.y_step;
  const std::int64_t columns = x.shape[1] / attrs.groups * static_cast<std::int64_t>(sizeof(float));
  CutIntoJobs(plan, plan.row_pixels * attrs.strides[0] * attrs.strides[1] * columns,
              context.team().threads());
  return plan;
}

void Build(KernelContext& context) {
  const ConvAttrs& attrs = *context.attrs<ConvAttrs>();
  const PaddedImage x = AddPadding(context, attrs.pads, 0.0f);
  const Layout y = ConvOutputLayout(context.OutputShape(0), attrs.groups);
  TilePlan plan = MakePlan(attrs, x.layout, y, context);
  const float* values = context.Constant(1)->as<float>().data();
  const std::int64_t window = attrs.kernel[0] * attrs.kernel[1];
  const std::int64_t channels = plan.terms / window;
  const SlotId weights =
      PackWeights(context.builder(), plan, [&](std::int64_t channel, std::int64_t term) {
        return values[(channel * channels + term % channels) * window + term / channels];
      });
  const SlotId bias =
      PackBias(context.builder(), plan, attrs.has_bias ? context.Constant(2) : nullptr);
  const FinishPlan finish(context, attrs.epilogue, y);
  AddTiles(context, std::move(plan), x.slot, weights, bias, finish);
}

}  // namespace

const Kernel kConvKernel{"own convolution", Applicable, Build};

}  // namespace vigil::cpu::native
