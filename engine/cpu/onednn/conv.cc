// Conv on oneDNN's direct convolution. The residual is read where it lies by a binary
// post-operation, in the output's layout.
#include "engine/cpu/onednn/fusion.h"
#include "engine/cpu/onednn/kernels.h"

namespace vigil::cpu {
namespace {

using dnnl::memory;
using Desc = dnnl::convolution_forward::primitive_desc;

// The weights [M, C / groups, kH, kW] with the groups as a dimension of their own.
memory::dims WeightDims(const KernelContext& context, const ConvAttrs& attrs) {
  memory::dims dims = DimsOf(context.InputShape(1));
  if (attrs.groups > 1) {
    dims[0] /= attrs.groups;
    dims.insert(dims.begin(), attrs.groups);
  }
  return dims;
}

Desc MakeDesc(const KernelContext& context, const ConvAttrs& attrs,
              const EpilogueVariant& variant) {
  dnnl::post_ops operations;
  const Layout dst = AnyLayout(context.OutputShape(0));
  if (variant.residual) operations.append_binary(dnnl::algorithm::binary_add, dst);
  AppendActivation(operations, variant.activation);

  const Layout src = AnyLayout(context.InputShape(0));
  const Layout weights(WeightDims(context, attrs), memory::data_type::f32, memory::format_tag::any);
  const Layout bias = attrs.has_bias ? PlainLayout(context.InputShape(2)) : Layout();
  const dnnl::convolution_forward::desc desc(
      dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct, src, weights, bias,
      dst, {attrs.strides[0], attrs.strides[1]}, {attrs.dilations[0] - 1, attrs.dilations[1] - 1},
      {attrs.pads[0], attrs.pads[1]}, {attrs.pads[2], attrs.pads[3]});
  return Desc(desc, MakeAttr(operations), context.engine());
}

void AddVariant(KernelContext& context, const ConvAttrs& attrs, const EpilogueVariant& variant,
                const Desc& desc) {
  context.For(variant.output);
  const Layout plain_weights = PlainLayout(WeightDims(context, attrs));
  std::vector<PrimitiveArgument> arguments{
      {DNNL_ARG_SRC, context.Input(0, desc.src_desc()), desc.src_desc()},
      {DNNL_ARG_WEIGHTS, context.Input(1, desc.weights_desc(), plain_weights),
       desc.weights_desc()}};
  if (attrs.has_bias) {
    arguments.push_back({DNNL_ARG_BIAS, context.Input(2, desc.bias_desc()), desc.bias_desc()});
  }
  if (variant.residual) {
    arguments.push_back({DNNL_ARG_ATTR_MULTIPLE_POST_OP(0) | DNNL_ARG_SRC_1,
                         context.Input(context.inputs() - 1, desc.dst_desc()), desc.dst_desc()});
  }
  arguments.push_back(
      {DNNL_ARG_DST, context.Output(variant.output, desc.dst_desc()), desc.dst_desc()});
  context.Add(dnnl::convolution_forward(desc), desc, std::move(arguments));
}

bool Applicable(const KernelContext& context) { return context.attrs<ConvAttrs>() != nullptr; }

void Build(KernelContext& context) {
  const ConvAttrs& attrs = *context.attrs<ConvAttrs>();
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

const Kernel kConvKernel{"onednn convolution", Applicable, Build};

}  // namespace vigil::cpu
