// Gemm on oneDNN's inner product: activations [M, K] times weights.
#include "engine/cpu/onednn/fusion.h"
#include "engine/cpu/onednn/kernels.h"

namespace vigil::cpu {
namespace {

using dnnl::memory;
using Desc = dnnl::inner_product_forward::primitive_desc;

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

Desc MakeDesc(const KernelContext& context, const GemmAttrs& attrs,
              const EpilogueVariant& variant) {
  dnnl::post_ops operations;
  const Layout dst = PlainLayout(context.OutputShape(0));
  if (variant.residual) operations.append_binary(dnnl::algorithm::binary_add, dst);
  AppendActivation(operations, variant.activation);
  const Layout weights(WeightsAsStored(context, attrs).dims(), memory::data_type::f32,
                       memory::format_tag::any);
  const Layout bias =
      attrs.has_bias ? PlainLayout(memory::dims{context.OutputShape(0)[1]}) : Layout();
  return Desc(
      {dnnl::prop_kind::forward_inference, PlainLayout(context.InputShape(0)), weights, bias, dst},
      MakeAttr(operations), context.engine());
}

void AddVariant(KernelContext& context, const GemmAttrs& attrs, const EpilogueVariant& variant,
                const Desc& desc) {
  context.For(variant.output);
  std::vector<PrimitiveArgument> arguments{
      {DNNL_ARG_SRC, context.Input(0, desc.src_desc()), desc.src_desc()},
      {DNNL_ARG_WEIGHTS, context.Input(1, desc.weights_desc(), WeightsAsStored(context, attrs)),
       desc.weights_desc()}};
  if (attrs.has_bias) {
    arguments.push_back(
        {DNNL_ARG_BIAS, context.Input(2, desc.bias_desc(), desc.bias_desc()), desc.bias_desc()});
  }
  if (variant.residual) {
    arguments.push_back({DNNL_ARG_ATTR_MULTIPLE_POST_OP(0) | DNNL_ARG_SRC_1,
                         context.Input(context.inputs() - 1, desc.dst_desc()), desc.dst_desc()});
  }
  arguments.push_back(
      {DNNL_ARG_DST, context.Output(variant.output, desc.dst_desc()), desc.dst_desc()});
  context.Add(dnnl::inner_product_forward(desc), desc, std::move(arguments));
}

void Build(KernelContext& context) {
  const GemmAttrs& attrs = *context.attrs<GemmAttrs>();
  const std::vector<EpilogueVariant> variants = WantedVariants(context, attrs.epilogue);
  std::vector<Desc> descs;
  for (const EpilogueVariant& variant : variants) {
    descs.push_back(MakeDesc(context, attrs, variant));
  }
  for (std::size_t i = 0; i < variants.size(); ++i) {
    AddVariant(context, attrs, variants[i], descs[i]);
  }
}

}  // namespace

const Kernel kInnerProductKernel{"onednn inner product", Applicable, Build};

}  // namespace vigil::cpu
