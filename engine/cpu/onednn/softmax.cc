// Softmax and its logarithm over the middle of [outer, axis, inner].
#include "engine/cpu/onednn/fusion.h"
#include "engine/cpu/onednn/kernels.h"

namespace vigil::cpu::onednn {
namespace {

bool Applicable(const KernelContext& context) { return context.attrs<SoftmaxAttrs>() != nullptr; }

void Build(KernelContext& context) {
  const SoftmaxAttrs& attrs = *context.attrs<SoftmaxAttrs>();
  const Shape& shape = context.InputShape(0);
  const auto axis = static_cast<int>(attrs.axis);
  const std::int64_t tail = shape.ElementsFrom(axis);
  const std::int64_t inner = attrs.flatten_from_axis ? 1 : shape.ElementsFrom(axis + 1);
  dnnl::memory::dims dims{shape.elements() / tail, tail / inner};
  if (inner > 1) dims.push_back(inner);
  const Layout folded = PlainLayout(dims);
  const dnnl::algorithm algorithm =
      attrs.log ? dnnl::algorithm::softmax_log : dnnl::algorithm::softmax_accurate;
  const dnnl::softmax_v2_forward::primitive_desc desc(
      {dnnl::prop_kind::forward_inference, algorithm, folded, folded, 1}, MakeAttr(),
      context.engine());
  const Layout plain = PlainLayout(shape);
  std::vector<PrimitiveArgument> arguments{{DNNL_ARG_SRC, context.Input(0, plain), folded},
                                           {DNNL_ARG_DST, context.Output(0, plain), folded}};
  context.Add(dnnl::softmax_v2_forward(desc), desc, std::move(arguments));
}

}  // namespace

const Kernel kSoftmaxKernel{"onednn softmax", Applicable, Build};

}  // namespace vigil::cpu::onednn
