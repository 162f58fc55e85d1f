// BatchNormalization that no convolution could take in.
#include "engine/cpu/onednn/fusion.h"
#include "engine/cpu/onednn/kernels.h"

namespace vigil::cpu::onednn {
namespace {

// It knows images of up to three dimensions.
bool Applicable(const KernelContext& context) {
  return context.attrs<BatchNormAttrs>() && context.InputShape(0).rank() <= 5;
}

void Build(KernelContext& context) {
  const BatchNormAttrs& attrs = *context.attrs<BatchNormAttrs>();
  using Flags = dnnl::normalization_flags;
  const Layout layout = context.InputLayout(0);
  const dnnl::batch_normalization_forward::primitive_desc desc(
      {dnnl::prop_kind::forward_inference, layout, attrs.epsilon,
       Flags::use_global_stats | Flags::use_scale | Flags::use_shift},
      MakeAttr(), context.engine());
  const Layout channels = PlainLayout(context.InputShape(1));
  std::vector<PrimitiveArgument> arguments{{DNNL_ARG_SRC, context.Input(0, layout), layout}};
  constexpr int kRoles[] = {DNNL_ARG_SCALE, DNNL_ARG_SHIFT, DNNL_ARG_MEAN, DNNL_ARG_VARIANCE};
  for (int i = 0; i < 4; ++i) {
    arguments.push_back({kRoles[i], context.Input(i + 1, channels), channels});
  }
  arguments.push_back({DNNL_ARG_DST, context.Output(0, layout), layout});
  context.Add(dnnl::batch_normalization_forward(desc), desc, std::move(arguments));
}

}  // namespace

const Kernel kBatchNormKernel{"onednn batch normalization", Applicable, Build};

}  // namespace vigil::cpu::onednn
