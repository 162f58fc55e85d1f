#include "params/matmul.h"

#include <algorithm>
#include <tuple>

#include "engine/ops/broadcast.h"
#include "engine/vulkan/kernels/kernel.h"

namespace vigil::vulkan {
namespace {

constexpr int kBatchDims = 4;
static_assert(kBatchDims + 2 >= Shape::kMaxRank);
constexpr std::uint32_t kTile = 16;

// As many matrices as the sizes say, one behind the other.
params::MatMulParams MakeParams(const MatMulSizes& sizes) {
  params::MatMulParams p{};
  p.rows = U32(sizes.rows);
  p.columns = U32(sizes.columns);
  p.depth = U32(sizes.depth);
  p.row_blocks = U32(CeilDiv(p.rows, kTile));
  p.column_blocks = U32(CeilDiv(p.columns, kTile));
  p.matrices = U32(sizes.batch.elements());
  p.a_row_stride = p.depth;
  p.a_depth_stride = 1;
  p.b_depth_stride = p.columns;
  p.b_column_stride = 1;
  std::fill(p.batch_dims, p.batch_dims + kBatchDims, 1u);
  for (int i = 0; i < sizes.batch.rank(); ++i) {
    const int to = kBatchDims - sizes.batch.rank() + i;
    p.batch_dims[to] = U32(sizes.batch[i]);
    p.a_batch_strides[to] = U32(sizes.a_batch[static_cast<std::size_t>(i)]);
    p.b_batch_strides[to] = U32(sizes.b_batch[static_cast<std::size_t>(i)]);
  }
  p.alpha = 1.0f;
  return p;
}

Dispatch& AddMatMul(Lowering& lowering, const Node& node, params::MatMulParams p, ValueId c,
                    ValueId output, const Activation& activation) {
  p.low = activation.alpha;
  p.high = activation.beta;
  return lowering.Add("matmul_f32", p,
                      {lowering.Operand(node.inputs[0]), lowering.Operand(node.inputs[1]),
                       lowering.Operand(c), lowering.Operand(output)},
                      std::uint64_t{p.row_blocks} * p.column_blocks * p.matrices, activation.kind);
}

}  // namespace

void LowerMatMul(const Node& node, Lowering& lowering) {
  const MatMulSizes sizes = SizesOf(lowering.shape(node.inputs[0]), lowering.shape(node.inputs[1]));
  // The third operand is not read: any will do.
  AddMatMul(lowering, node, MakeParams(sizes), node.inputs[1], node.outputs[0], {});
}

void LowerGemmAsMatMul(const Node& node, Lowering& lowering) {
  const auto& attrs = std::get<GemmAttrs>(node.attrs);
  const Shape& out = lowering.shape(node.outputs[0]);
  const Shape& a = lowering.shape(node.inputs[0]);
  params::MatMulParams p = MakeParams(
      {.rows = out[0], .depth = a[attrs.trans_a ? 0 : 1], .columns = out[1], .batch = Shape{}});
  if (attrs.trans_a) std::tie(p.a_row_stride, p.a_depth_stride) = std::tuple(1u, p.rows);
  if (attrs.trans_b) std::tie(p.b_depth_stride, p.b_column_stride) = std::tuple(1u, p.depth);
  p.alpha = attrs.alpha;
  ValueId c = node.inputs[1];
  if (attrs.has_bias) {
    c = node.inputs[2];
    const Strides strides = StridesToBroadcast(lowering.shape(c), out);
    p.beta = attrs.beta;
    p.c_row_stride = U32(strides[0]);
    p.c_column_stride = U32(strides[1]);
  }
  AddMatMul(lowering, node, p, c, node.outputs[0], attrs.epilogue.activation);
  if (attrs.epilogue.store_pre_activation) {
    AddMatMul(lowering, node, p, c, node.outputs[1], {}).tap_only = true;
  }
}

}  // namespace vigil::vulkan
