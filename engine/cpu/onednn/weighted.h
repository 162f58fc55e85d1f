// The steps of a node that oneDNN computes as src times weights plus bias, with what is fused
// behind it: a primitive for each output that anybody wants.
#ifndef VIGIL_ENGINE_CPU_ONEDNN_WEIGHTED_H_
#define VIGIL_ENGINE_CPU_ONEDNN_WEIGHTED_H_

#include <utility>
#include <vector>

#include "engine/cpu/onednn/fusion.h"

namespace vigil::cpu::onednn {

// Inputs 0 to 2 of the node are src, weights and bias; a residual is the last.
struct WeightedNode {
  const Epilogue& epilogue;
  bool has_bias = false;
  Layout dst;     // as a description asks for it: any, or one
  Layout stored;  // weights as the graph keeps them, in the dimensions that oneDNN wants

  // Those dimensions in whatever layout oneDNN likes best.
  Layout weights() const {
    return Layout(stored.dims(), dnnl::memory::data_type::f32, dnnl::memory::format_tag::any);
  }
};

// The residual is read where it lies, in the output's layout, by a binary post-operation.
inline dnnl::primitive_attr AttrOf(const WeightedNode& node, const EpilogueVariant& variant) {
  dnnl::post_ops operations;
  if (variant.residual) operations.append_binary(dnnl::algorithm::binary_add, node.dst);
  AppendActivation(operations, variant.activation);
  return MakeAttr(operations);
}

template <typename Desc>
std::vector<PrimitiveArgument> ArgumentsOf(KernelContext& context, const WeightedNode& node,
                                           const EpilogueVariant& variant, const Desc& desc) {
  std::vector<PrimitiveArgument> arguments{
      {DNNL_ARG_SRC, context.Input(0, desc.src_desc()), desc.src_desc()},
      {DNNL_ARG_WEIGHTS, context.Input(1, desc.weights_desc(), node.stored), desc.weights_desc()}};
  if (node.has_bias) {
    arguments.push_back(
        {DNNL_ARG_BIAS, context.Input(2, desc.bias_desc(), desc.bias_desc()), desc.bias_desc()});
  }
  if (variant.residual) {
    arguments.push_back({DNNL_ARG_ATTR_MULTIPLE_POST_OP(0) | DNNL_ARG_SRC_1,
                         context.Input(context.inputs() - 1, desc.dst_desc()), desc.dst_desc()});
  }
  arguments.push_back(
      {DNNL_ARG_DST, context.Output(variant.output, desc.dst_desc()), desc.dst_desc()});
  return arguments;
}

// make_desc(attr) gives a Primitive::primitive_desc; all are made before the first step is added.
template <typename Primitive, typename MakeDesc>
void AddWeighted(KernelContext& context, const WeightedNode& node, const MakeDesc& make_desc) {
  const std::vector<EpilogueVariant> variants = WantedVariants(context, node.epilogue);
  std::vector<typename Primitive::primitive_desc> descs;
  for (const EpilogueVariant& variant : variants) {
    descs.push_back(make_desc(AttrOf(node, variant)));
  }
  for (std::size_t i = 0; i < variants.size(); ++i) {
    context.For(variants[i].output);
    context.Add(Primitive(descs[i]), descs[i], ArgumentsOf(context, node, variants[i], descs[i]));
  }
}

}  // namespace vigil::cpu::onednn

#endif  // VIGIL_ENGINE_CPU_ONEDNN_WEIGHTED_H_
