#include "params/reduce.h"

#include "engine/vulkan/kernels/dims.h"
#include "engine/vulkan/kernels/kernel.h"

#include "params/instance_norm.h"
#include "params/lrn.h"

namespace vigil::vulkan {

void LowerReduce(const Node& node, Lowering& lowering) {
  const auto& attrs = std::get<ReduceAttrs>(node.attrs);
  const ReduceWalk walk = WalkOf(attrs, lowering.shape(node.inputs[0]));
  params::ReduceParams p{};
  p.outputs = U32(walk.kept.elements());
  p.count = U32(walk.gone.elements());
  CopyDims(p.kept_dims, walk.kept);
  CopyStrides(p.kept_strides, walk.kept_strides, walk.kept.rank());
  CopyDims(p.gone_dims, walk.gone);
  CopyStrides(p.gone_strides, walk.gone_strides, walk.gone.rank());
  lowering.Add("reduce_f32", p,
               {lowering.Operand(node.inputs[0]), lowering.Operand(node.outputs[0])}, p.outputs,
               Activation::Kind::kNone, {static_cast<std::uint32_t>(attrs.kind)});
}

void LowerInstanceNorm(const Node& node, Lowering& lowering) {
  const Shape& shape = lowering.shape(node.inputs[0]);
  params::InstanceNormParams p{};
  p.planes = U32(shape[0] * shape[1]);
  p.channels = U32(shape[1]);
  p.plane = U32(shape.ElementsFrom(2));
  p.epsilon = std::get<InstanceNormAttrs>(node.attrs).epsilon;
  lowering.Add("instance_norm_f32", p,
               {lowering.Operand(node.inputs[0]), lowering.Operand(node.inputs[1]),
                lowering.Operand(node.inputs[2]), lowering.Operand(node.outputs[0])},
               p.planes);
}

void LowerLrn(const Node& node, Lowering& lowering) {
  const auto& attrs = std::get<LrnAttrs>(node.attrs);
  const Shape& shape = lowering.shape(node.inputs[0]);
  params::LrnParams p{};
  p.elements = U32(shape.elements());
  p.channels = U32(shape[1]);
  p.plane = U32(shape.ElementsFrom(2));
  p.before = U32((attrs.size - 1) / 2);
  p.behind = U32(attrs.size - 1) - p.before;
  p.factor = attrs.alpha / static_cast<float>(attrs.size);
  p.beta = attrs.beta;
  p.bias = attrs.bias;
  lowering.Add("lrn_f32", p, {lowering.Operand(node.inputs[0]), lowering.Operand(node.outputs[0])},
               CeilDiv(p.elements, kLocalSize));
}

}  // namespace vigil::vulkan
