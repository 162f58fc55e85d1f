// Conv on oneDNN's direct convolution.
#include "engine/cpu/onednn/kernels.h"
#include "engine/cpu/onednn/weighted.h"

namespace vigil::cpu::onednn {
namespace {

using dnnl::memory;

// The weights [M, C / groups, kH, kW] with the groups as a dimension of their own.
memory::dims WeightDims(const KernelContext& context, const ConvAttrs& attrs) {
  memory::dims dims = DimsOf(context.InputShape(1));
  if (attrs.groups > 1) {
    dims[0] /= attrs.groups;
    dims.insert(dims.begin(), attrs.groups);
  }
  return dims;
}

bool Applicable(const KernelContext& context) { return context.attrs<ConvAttrs>() != nullptr; }

void Build(KernelContext& context) {
  const ConvAttrs& attrs = *context.attrs<ConvAttrs>();
  const WeightedNode node{attrs.epilogue, attrs.has_bias, AnyLayout(context.OutputShape(0)),
                          PlainLayout(WeightDims(context, attrs))};
  const Layout src = AnyLayout(context.InputShape(0));
  const Layout bias = attrs.has_bias ? PlainLayout(context.InputShape(2)) : Layout();
  const dnnl::convolution_forward::desc desc(
      dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct, src, node.weights(),
      bias, node.dst, {attrs.strides[0], attrs.strides[1]},
      {attrs.dilations[0] - 1, attrs.dilations[1] - 1}, {attrs.pads[0], attrs.pads[1]},
      {attrs.pads[2], attrs.pads[3]});
  AddWeighted<dnnl::convolution_forward>(context, node, [&](const dnnl::primitive_attr& attr) {
    return dnnl::convolution_forward::primitive_desc(desc, attr, context.engine());
  });
}

}  // namespace

const Kernel kConvKernel{"onednn convolution", Applicable, Build};

}  // namespace vigil::cpu::onednn
