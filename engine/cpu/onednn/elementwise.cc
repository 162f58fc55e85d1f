// Unary and binary operators in the layout that their input already has.
#include <utility>

#include "engine/cpu/onednn/fusion.h"
#include "engine/cpu/onednn/kernels.h"

namespace vigil::cpu {
namespace {

bool UnaryApplicable(const KernelContext& context) {
  const UnaryAttrs* attrs = context.attrs<UnaryAttrs>();
  return attrs && (attrs->kind == UnaryKind::kRelu || attrs->kind == UnaryKind::kClip ||
                   attrs->kind == UnaryKind::kSigmoid);
}

void BuildUnary(KernelContext& context) {
  const UnaryAttrs& attrs = *context.attrs<UnaryAttrs>();
  const dnnl::algorithm algorithm = attrs.kind == UnaryKind::kRelu ? dnnl::algorithm::eltwise_relu
                                    : attrs.kind == UnaryKind::kClip
                                        ? dnnl::algorithm::eltwise_clip
                                        : dnnl::algorithm::eltwise_logistic;
  const bool clip = attrs.kind == UnaryKind::kClip;
  const Layout layout = context.InputLayout(0);
  const dnnl::eltwise_forward::primitive_desc desc(
      {dnnl::prop_kind::forward_inference, algorithm, layout, clip ? attrs.alpha : 0.0f,
       clip ? attrs.beta : 0.0f},
      MakeAttr(), context.engine());
  std::vector<PrimitiveArgument> arguments{{DNNL_ARG_SRC, context.Input(0, layout), layout},
                                           {DNNL_ARG_DST, context.Output(0, layout), layout}};
  context.Add(dnnl::eltwise_forward(desc), desc, std::move(arguments));
}

// Add and Mul commute: the input that is as large as the output comes first.
int LargeInput(const KernelContext& context) {
  if (context.InputShape(0) == context.OutputShape(0)) return 0;
  return context.InputShape(1) == context.OutputShape(0) ? 1 : -1;
}

bool BinaryApplicable(const KernelContext& context) {
  return context.attrs<BinaryAttrs>() && LargeInput(context) >= 0;
}

// The smaller input's dimensions, with ones in front up to the output's rank.
dnnl::memory::dims AlignedDims(const KernelContext& context, int input) {
  dnnl::memory::dims dims = DimsOf(context.InputShape(input));
  const dnnl::memory::dims out = DimsOf(context.OutputShape(0));
  dims.insert(dims.begin(), out.size() - dims.size(), 1);
  return dims;
}

void BuildBinary(KernelContext& context) {
  const BinaryAttrs& attrs = *context.attrs<BinaryAttrs>();
  int large = LargeInput(context), small = 1 - large;
  const bool equal = context.InputShape(0) == context.InputShape(1);
  if (equal && context.Constant(large)) std::swap(large, small);
  const Layout layout = equal ? context.InputLayout(large) : PlainLayout(context.OutputShape(0));
  const Layout second = equal ? layout : PlainLayout(AlignedDims(context, small));
  const auto algorithm =
      attrs.kind == BinaryKind::kAdd ? dnnl::algorithm::binary_add : dnnl::algorithm::binary_mul;
  std::vector<dnnl::binary::primitive_desc> descs;
  const std::vector<EpilogueVariant> variants = WantedVariants(context, attrs.epilogue);
  for (const EpilogueVariant& variant : variants) {
    dnnl::post_ops operations;
    AppendActivation(operations, variant.activation);
    descs.emplace_back(dnnl::binary::desc(algorithm, layout, second, layout), MakeAttr(operations),
                       context.engine());
  }
  for (std::size_t i = 0; i < variants.size(); ++i) {
    context.For(variants[i].output);
    const SlotId src = context.Input(large, layout);
    const SlotId other =
        equal ? context.Input(small, second) : context.Input(small, second, second);
    std::vector<PrimitiveArgument> arguments{
        {DNNL_ARG_SRC_0, src, layout},
        {DNNL_ARG_SRC_1, other, second},
        {DNNL_ARG_DST, context.Output(variants[i].output, layout), layout}};
    context.Add(dnnl::binary(descs[i]), descs[i], std::move(arguments));
  }
}

}  // namespace

const Kernel kUnaryKernel{"onednn eltwise", UnaryApplicable, BuildUnary};
const Kernel kBinaryKernel{"onednn binary", BinaryApplicable, BuildBinary};

}  // namespace vigil::cpu
