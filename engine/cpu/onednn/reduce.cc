// Reductions that oneDNN has, in the plain layout.
#include "engine/cpu/onednn/fusion.h"
#include "engine/cpu/onednn/kernels.h"

namespace vigil::cpu::onednn {
namespace {

using dnnl::algorithm;

algorithm AlgorithmOf(ReduceKind kind) {
  switch (kind) {
    case ReduceKind::kSum:
      return algorithm::reduction_sum;
    case ReduceKind::kMean:
      return algorithm::reduction_mean;
    case ReduceKind::kMax:
      return algorithm::reduction_max;
    case ReduceKind::kMin:
      return algorithm::reduction_min;
    case ReduceKind::kProd:
      return algorithm::reduction_mul;
    default:
      return algorithm::undef;
  }
}

bool Applicable(const KernelContext& context) {
  const ReduceAttrs* attrs = context.attrs<ReduceAttrs>();
  if (!attrs || AlgorithmOf(attrs->kind) == algorithm::undef) return false;
  // It refuses to reduce what is one already.
  return context.InputShape(0).elements() > context.OutputShape(0).elements();
}

void Build(KernelContext& context) {
  const ReduceAttrs& attrs = *context.attrs<ReduceAttrs>();
  const Layout src = PlainLayout(context.InputShape(0));
  dnnl::memory::dims dims = src.dims();
  for (const std::int64_t axis : attrs.axes) dims[static_cast<std::size_t>(axis)] = 1;
  const Layout dst = PlainLayout(dims);
  const dnnl::reduction::primitive_desc desc(
      dnnl::reduction::desc(AlgorithmOf(attrs.kind), src, dst, 0.0f, 0.0f), MakeAttr(),
      context.engine());
  std::vector<PrimitiveArgument> arguments{
      {DNNL_ARG_SRC, context.Input(0, src), src},
      {DNNL_ARG_DST, context.Output(0, PlainLayout(context.OutputShape(0))), dst}};
  context.Add(dnnl::reduction(desc), desc, std::move(arguments));
}

}  // namespace

const Kernel kReduceKernel{"onednn reduction", Applicable, Build};

}  // namespace vigil::cpu::onednn
