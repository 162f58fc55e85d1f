// ConvTranspose on oneDNN's deconvolution, as conv.cc does Conv.
#include "engine/cpu/onednn/fusion.h"
#include "engine/cpu/onednn/kernels.h"

namespace vigil::cpu {
namespace {

using dnnl::memory;
using Desc = dnnl::deconvolution_forward::primitive_desc;

// ONNX keeps weights as [C, M / groups, kH, kW]; oneDNN wants [groups,] outputs, inputs, kH, kW.
Layout WeightsAsStored(const KernelContext& context, const ConvTransposeAttrs& attrs) {
  const Shape& weights = context.InputShape(1);
  const std::int64_t group_in = weights[0] / attrs.groups;
  memory::dims dims{weights[1], group_in, weights[2], weights[3]};
  memory::dims strides{weights.ElementsFrom(2), weights.ElementsFrom(1), weights[3], 1};
  if (attrs.groups > 1) {
    dims.insert(dims.begin(), attrs.groups);
    strides.insert(strides.begin(), group_in * weights.ElementsFrom(1));
  }
  return Layout(dims, memory::data_type::f32, strides);
}

Desc MakeDesc(const KernelContext& context, const ConvTransposeAttrs& attrs,
              const EpilogueVariant& variant) {
  dnnl::post_ops operations;
  const Layout dst = AnyLayout(context.OutputShape(0));
  if (variant.residual) operations.append_binary(dnnl::algorithm::binary_add, dst);
  AppendActivation(operations, variant.activation);
  const Layout src = AnyLayout(context.InputShape(0));
  const Layout weights(WeightsAsStored(context, attrs).dims(), memory::data_type::f32,
                       memory::format_tag::any);
  const Layout bias = attrs.has_bias ? PlainLayout(context.InputShape(2)) : Layout();
  // Rows and columns that are added at the end are padding that is not taken away.
  const dnnl::deconvolution_forward::desc desc(
      dnnl::prop_kind::forward_inference, dnnl::algorithm::deconvolution_direct, src, weights, bias,
      dst, {attrs.strides[0], attrs.strides[1]}, {attrs.dilations[0] - 1, attrs.dilations[1] - 1},
      {attrs.pads[0], attrs.pads[1]},
      {attrs.pads[2] - attrs.output_pads[0], attrs.pads[3] - attrs.output_pads[1]});
  return Desc(desc, MakeAttr(operations), context.engine());
}

void AddVariant(KernelContext& context, const ConvTransposeAttrs& attrs,
                const EpilogueVariant& variant, const Desc& desc) {
  context.For(variant.output);
  std::vector<PrimitiveArgument> arguments{
      {DNNL_ARG_SRC, context.Input(0, desc.src_desc()), desc.src_desc()},
      {DNNL_ARG_WEIGHTS, context.Input(1, desc.weights_desc(), WeightsAsStored(context, attrs)),
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
  context.Add(dnnl::deconvolution_forward(desc), desc, std::move(arguments));
}

bool Applicable(const KernelContext& context) {
  const ConvTransposeAttrs* attrs = context.attrs<ConvTransposeAttrs>();
  if (!attrs) return false;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    // It knows end padding down to one less than a stride below zero.
    if (attrs->output_pads[axis] - attrs->pads[axis + 2] >= attrs->strides[axis]) return false;
  }
  return true;
}

void Build(KernelContext& context) {
  const ConvTransposeAttrs& attrs = *context.attrs<ConvTransposeAttrs>();
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

const Kernel kConvTransposeKernel{"onednn deconvolution", Applicable, Build};

}  // namespace vigil::cpu
