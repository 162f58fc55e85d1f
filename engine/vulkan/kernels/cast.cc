#include "engine/vulkan/kernels/kernel.h"

#include "params/unary.h"

namespace vigil::vulkan {

void LowerCast(const Node& node, Lowering& lowering) {
  const ValueId input = node.inputs[0], output = node.outputs[0];
  const DType to = std::get<CastAttrs>(node.attrs).to;
  if (lowering.graph().value(input).desc.dtype == to) return LowerAlias(node, lowering);
  params::UnaryParams p{};
  p.elements = U32(lowering.shape(output).elements());
  lowering.Add(to == DType::kFloat16 ? "float_to_half" : "half_to_float", p,
               {lowering.Operand(input), lowering.Operand(output)},
               CeilDiv(p.elements, kLocalSize));
}

}  // namespace vigil::vulkan
