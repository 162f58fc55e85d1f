// ConvTranspose on oneDNN's deconvolution.
#include "engine/cpu/onednn/kernels.h"
#include "engine/cpu/onednn/weighted.h"

namespace vigil::cpu::onednn {
namespace {

using dnnl::memory;

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
  const WeightedNode node{attrs.epilogue, attrs.has_bias, AnyLayout(context.OutputShape(0)),
                          WeightsAsStored(context, attrs)};
  const Layout src = AnyLayout(context.InputShape(0));
  const Layout bias = attrs.has_bias ? PlainLayout(context.InputShape(2)) : Layout();
  // Rows and columns that are added at the end are padding that is not taken away.
  const dnnl::deconvolution_forward::desc desc(
      dnnl::prop_kind::forward_inference, dnnl::algorithm::deconvolution_direct, src,
      node.weights(), bias, node.dst, {attrs.strides[0], attrs.strides[1]},
      {attrs.dilations[0] - 1, attrs.dilations[1] - 1}, {attrs.pads[0], attrs.pads[1]},
      {attrs.pads[2] - attrs.output_pads[0], attrs.pads[3] - attrs.output_pads[1]});
  AddWeighted<dnnl::deconvolution_forward>(context, node, [&](const dnnl::primitive_attr& attr) {
    return dnnl::deconvolution_forward::primitive_desc(desc, attr, context.engine());
  });
}

}  // namespace

const Kernel kConvTransposeKernel{"onednn deconvolution", Applicable, Build};

}  // namespace vigil::cpu::onednn
