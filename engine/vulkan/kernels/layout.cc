#include "engine/vulkan/kernels/dims.h"
#include "engine/vulkan/kernels/kernel.h"

#include "params/concat.h"
#include "params/pad.h"
#include "params/transpose.h"

namespace vigil::vulkan {

void LowerConcat(const Node& node, Lowering& lowering) {
  const int axis = static_cast<int>(std::get<ConcatAttrs>(node.attrs).axis);
  const std::int64_t out_inner = lowering.shape(node.outputs[0]).ElementsFrom(axis);
  std::int64_t offset = 0;
  for (const ValueId input : node.inputs) {
    const Shape& shape = lowering.shape(input);
    params::ConcatParams p{};
    p.elements = U32(shape.elements());
    p.inner = U32(shape.ElementsFrom(axis));
    p.out_inner = U32(out_inner);
    p.out_offset = U32(offset);
    offset += p.inner;
    lowering.Add("concat_f32", p, {lowering.Operand(input), lowering.Operand(node.outputs[0])},
                 CeilDiv(p.elements, kLocalSize));
  }
}

void LowerTranspose(const Node& node, Lowering& lowering) {
  const auto& perm = std::get<TransposeAttrs>(node.attrs).perm;
  const Shape& in = lowering.shape(node.inputs[0]);
  const Shape& out = lowering.shape(node.outputs[0]);
  params::TransposeParams p{};
  p.elements = U32(out.elements());
  CopyDims(p.dims, out);
  std::vector<std::int64_t> strides;
  for (const std::int64_t from : perm) {
    strides.push_back(in.ElementsFrom(static_cast<int>(from) + 1));
  }
  CopyStrides(p.in_strides, strides, out.rank());
  lowering.Add("transpose_f32", p,
               {lowering.Operand(node.inputs[0]), lowering.Operand(node.outputs[0])},
               CeilDiv(p.elements, kLocalSize));
}

void LowerPad(const Node& node, Lowering& lowering) {
  const auto& attrs = std::get<PadAttrs>(node.attrs);
  const Shape& out = lowering.shape(node.outputs[0]);
  params::PadParams p{};
  p.elements = U32(out.elements());
  p.value = attrs.value;
  CopyDims(p.dims, out);
  CopyDims(p.in_dims, lowering.shape(node.inputs[0]));
  CopyStrides(p.begins, attrs.pads, out.rank());
  lowering.Add("pad_f32", p, {lowering.Operand(node.inputs[0]), lowering.Operand(node.outputs[0])},
               CeilDiv(p.elements, kLocalSize));
}

}  // namespace vigil::vulkan
