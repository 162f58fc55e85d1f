#include "params/pool.h"

#include "engine/vulkan/kernels/kernel.h"
#include "engine/vulkan/kernels/lanes.h"
#include "engine/vulkan/kernels/window_params.h"

#include "params/global_pool.h"
#include "params/softmax.h"

namespace vigil::vulkan {

void LowerPool(const Node& node, Lowering& lowering) {
  const auto& attrs = std::get<PoolAttrs>(node.attrs);
  const Shape& in = lowering.shape(node.inputs[0]);
  const Shape& out = lowering.shape(node.outputs[0]);
  params::PoolParams p{};
  p.elements = U32(out.elements());
  SetWindow(p, attrs, in, out);
  p.pad_bottom = U32(attrs.pads[2]);
  p.pad_right = U32(attrs.pads[3]);
  p.count_include_pad = attrs.count_include_pad;
  lowering.Add("pool_f32", p, {lowering.Operand(node.inputs[0]), lowering.Operand(node.outputs[0])},
               CeilDiv(p.elements, kLocalSize), Activation::Kind::kNone,
               {attrs.kind == PoolKind::kAverage});
}

namespace {

// `groups(planes)`: workgroups for so many planes.
template <typename Groups>
void AddGlobalPool(const Node& node, Lowering& lowering, std::string_view shader, Groups groups) {
  const Shape& in = lowering.shape(node.inputs[0]);
  params::GlobalPoolParams p{};
  p.planes = U32(in[0] * in[1]);
  p.plane = U32(in.ElementsFrom(2));
  const bool maximum = std::get<GlobalPoolAttrs>(node.attrs).kind == PoolKind::kMax;
  lowering.Add(shader, p, {lowering.Operand(node.inputs[0]), lowering.Operand(node.outputs[0])},
               groups(p.planes), Activation::Kind::kNone, {maximum});
}

}  // namespace

void LowerGlobalPool(const Node& node, Lowering& lowering) {
  AddGlobalPool(node, lowering, "global_pool_f32", [](std::uint64_t planes) { return planes; });
}

std::string RefusesGlobalPoolLanes(const Node& node, const Lowering& lowering) {
  return RefusesLanes(node, lowering, 1, 1);
}

void LowerGlobalPoolLanes(const Node& node, Lowering& lowering) {
  AddGlobalPool(node, lowering, "global_pool_lanes",
                [](std::uint64_t planes) { return CeilDiv(planes, kLocalSize); });
}

void LowerSoftmax(const Node& node, Lowering& lowering) {
  const auto& attrs = std::get<SoftmaxAttrs>(node.attrs);
  const Shape& shape = lowering.shape(node.inputs[0]);
  const int axis = static_cast<int>(attrs.axis);
  params::SoftmaxParams p{};
  p.inner = attrs.flatten_from_axis ? 1 : U32(shape.ElementsFrom(axis + 1));
  p.axis_length = U32(shape.ElementsFrom(axis)) / p.inner;
  p.rows = U32(shape.elements()) / p.axis_length;
  lowering.Add("softmax_f32", p,
               {lowering.Operand(node.inputs[0]), lowering.Operand(node.outputs[0])}, p.rows,
               Activation::Kind::kNone, {attrs.log});
}

}  // namespace vigil::vulkan
