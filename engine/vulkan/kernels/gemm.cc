#include "params/gemm.h"

#include "engine/ops/broadcast.h"
#include "engine/vulkan/kernels/epilogue_dispatch.h"
#include "engine/vulkan/kernels/kernel.h"

namespace vigil::vulkan {

void LowerGemm(const Node& node, Lowering& lowering) {
  const auto& attrs = std::get<GemmAttrs>(node.attrs);
  const Shape& a = lowering.shape(node.inputs[0]);
  const Shape& b = lowering.shape(node.inputs[1]);
  const Shape& out = lowering.shape(node.outputs[0]);
  params::GemmParams p{};
  p.rows = U32(out[0]);
  p.columns = U32(out[1]);
  p.depth = U32(a[attrs.trans_a ? 0 : 1]);
  p.a_row_stride = attrs.trans_a ? 1 : U32(a[1]);
  p.a_depth_stride = attrs.trans_a ? U32(a[1]) : 1;
  p.b_depth_stride = attrs.trans_b ? 1 : U32(b[1]);
  p.b_column_stride = attrs.trans_b ? U32(b[1]) : 1;
  p.alpha = attrs.alpha;
  BufferRef constants;
  if (attrs.has_bias) {  // b and beta * c in one blob; b is a constant then (kernel_table.cc)
    const std::span<const float> weights = lowering.ConstantOf(node.inputs[1]);
    std::vector<float> packed(weights.begin(), weights.end());
    p.bias_offset = U32(static_cast<std::int64_t>(packed.size()));
    const Strides strides = StridesToBroadcast(lowering.shape(node.inputs[2]), out);
    p.bias_row_stride = U32(strides[0]);
    p.bias_column_stride = U32(strides[1]);
    for (const float c : lowering.ConstantOf(node.inputs[2])) packed.push_back(attrs.beta * c);
    p.flags |= FLAG_BIAS;
    constants = lowering.Weights(packed);
  } else {
    constants = lowering.Operand(node.inputs[1]);
  }
  const std::uint32_t row_tile = p.rows > 1 ? 4 : 1;
  p.column_blocks = U32(CeilDiv(p.columns, kLocalSize));
  AddWithEpilogue(lowering, node, attrs.epilogue, "gemm_f32", p, constants,
                  std::uint64_t{p.column_blocks} * CeilDiv(p.rows, row_tile), {row_tile});
}

}  // namespace vigil::vulkan
