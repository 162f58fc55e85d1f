// Gemm on oneDNN's inner product: activations [M, K] times weights.
#include "engine/cpu/onednn/kernels.h"
#include "engine/cpu/onednn/weighted.h"

namespace vigil::cpu::onednn {
namespace {

using dnnl::memory;

// Weights as [N, K] whatever lies in memory.
Layout WeightsAsStored(const KernelContext& context, const GemmAttrs& attrs) {
  const std::int64_t inner = context.InputShape(0)[1];
  const std::int64_t columns = context.OutputShape(0)[1];
  const memory::dims strides = attrs.trans_b ? memory::dims{inner, 1} : memory::dims{1, columns};
  return Layout({columns, inner}, memory::data_type::f32, strides);
}

bool Applicable(const KernelContext& context) {
  const GemmAttrs* attrs = context.attrs<GemmAttrs>();
  if (!attrs || attrs->trans_a || attrs->alpha != 1.0f) return false;
  if (!attrs->has_bias) return true;
  // One number a column; other broadcasts of c are left to the reference.
  const Shape& bias = context.InputShape(2);
  return attrs->beta == 1.0f && bias.elements() == context.OutputShape(0)[1] && bias.rank() > 0 &&
         bias[bias.rank() - 1] == bias.elements();
}

void Build(KernelContext& context) {
  const GemmAttrs& attrs = *context.attrs<GemmAttrs>();
  const WeightedNode node{attrs.epilogue, attrs.has_bias, PlainLayout(context.OutputShape(0)),
                          WeightsAsStored(context, attrs)};
  const Layout src = PlainLayout(context.InputShape(0));
  const Layout bias =
      attrs.has_bias ? PlainLayout(memory::dims{context.OutputShape(0)[1]}) : Layout();
  const dnnl::inner_product_forward::desc desc(dnnl::prop_kind::forward_inference, src,
                                               node.weights(), bias, node.dst);
  AddWeighted<dnnl::inner_product_forward>(context, node, [&](const dnnl::primitive_attr& attr) {
    return dnnl::inner_product_forward::primitive_desc(desc, attr, context.engine());
  });
}

}  // namespace

const Kernel kInnerProductKernel{"onednn inner product", Applicable, Build};

}  // namespace vigil::cpu::onednn
