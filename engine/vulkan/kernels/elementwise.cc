#include <cmath>

#include "engine/ops/broadcast.h"
#include "engine/vulkan/kernels/dims.h"
#include "engine/vulkan/kernels/kernel.h"

#include "params/batch_norm.h"
#include "params/binary.h"
#include "params/unary.h"

namespace vigil::vulkan {
namespace {

// `function`: constant 4 of ops/unary.comp, 0 where the activation says it all.
void AddUnary(Lowering& lowering, ValueId input, ValueId output, const Activation& activation,
              std::uint32_t function = 0) {
  params::UnaryParams p{};
  p.elements = U32(lowering.shape(output).elements());
  p.low = activation.alpha;
  p.high = activation.beta;
  lowering.Add("unary_f32", p, {lowering.Operand(input), lowering.Operand(output)},
               CeilDiv(p.elements, kLocalSize), activation.kind, {function});
}

}  // namespace

void LowerAlias(const Node& node, Lowering& lowering) {
  if (lowering.IsConstant(node.inputs[0])) {
    AddUnary(lowering, node.inputs[0], node.outputs[0], {});
  } else {
    lowering.Alias(node.outputs[0], node.inputs[0]);
  }
}

void LowerUnary(const Node& node, Lowering& lowering) {
  const auto& attrs = std::get<UnaryAttrs>(node.attrs);
  if (Copies(attrs)) return LowerAlias(node, lowering);
  Activation activation = ActivationOf(attrs);
  std::uint32_t function = 0;
  if (activation.kind == Activation::Kind::kNone) {
    activation = {Activation::Kind::kNone, attrs.alpha, attrs.beta};
    function = static_cast<std::uint32_t>(attrs.kind);
  }
  AddUnary(lowering, node.inputs[0], node.outputs[0], activation, function);
}

void LowerBinary(const Node& node, Lowering& lowering) {
  const auto& attrs = std::get<BinaryAttrs>(node.attrs);
  const Shape& out = lowering.shape(node.outputs[0]);
  params::BinaryParams p{};
  p.elements = U32(out.elements());
  bool same_shape = true;
  CopyDims(p.dims, out);
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
    const Shape& in = lowering.shape(node.inputs[i]);
    CopyStrides(i == 0 ? p.a_strides : p.b_strides, StridesToBroadcast(in, out), out.rank());
    same_shape = same_shape && in.elements() == out.elements();
  }
  const auto add = [&](ValueId output, const Activation& activation) {
    p.low = activation.alpha;
    p.high = activation.beta;
    return &lowering.Add("binary_f32", p,
                         {lowering.Operand(node.inputs[0]), lowering.Operand(node.inputs[1]),
                          lowering.Operand(output)},
                         CeilDiv(p.elements, kLocalSize), activation.kind,
                         {static_cast<std::uint32_t>(attrs.kind), same_shape});
  };
  add(node.outputs[0], attrs.epilogue.activation);
  if (attrs.epilogue.store_pre_activation) add(node.outputs[1], {})->tap_only = true;
}

void LowerBatchNorm(const Node& node, Lowering& lowering) {
  const Shape& shape = lowering.shape(node.outputs[0]);
  params::BatchNormParams p{};
  p.elements = U32(shape.elements());
  p.channels = U32(shape[1]);
  p.plane = U32(shape.ElementsFrom(2));
  const double epsilon = std::get<BatchNormAttrs>(node.attrs).epsilon;
  std::vector<float> packed;
  for (std::size_t c = 0; c < p.channels; ++c) {
    const auto at = [&](std::size_t input) { return lowering.ConstantOf(node.inputs[input])[c]; };
    const double factor = at(1) / std::sqrt(at(4) + epsilon);
    packed.insert(packed.end(), {at(3), static_cast<float>(factor), at(2)});
  }
  lowering.Add("batch_norm_f32", p,
               {lowering.Operand(node.inputs[0]), lowering.Constants(packed),
                lowering.Operand(node.outputs[0])},
               CeilDiv(p.elements, kLocalSize));
}

}  // namespace vigil::vulkan
