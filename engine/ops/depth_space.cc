#include "engine/ops/depth_space.h"

#include "engine/ops/check.h"
#include "engine/ops/copies.h"
#include "engine/ops/op_table.h"

namespace vigil {
namespace {

void RequireBlock(std::int64_t block, std::span<const TensorDesc> in) {
  RequireInputs(in, 1, "x");
  RequireRank("x", in[0], 4, "N, C, H, W");
  constexpr std::int64_t kLargest = 1 << 15;  // its square stays far from overflow
  if (block < 1 || block > kLargest) {
    ThrowValue(Text("block size is ", block, ": expected 1 to ", kLargest));
  }
}

std::vector<TensorDesc> InferDepthToSpace(const DepthToSpaceAttrs& attrs,
                                          std::span<const TensorDesc> in) {
  RequireBlock(attrs.block, in);
  const Shape& x = in[0].shape;
  const std::int64_t b = attrs.block;
  if (x[1] % (b * b)) {
    ThrowShape(Text("x is ", x, ": expected channels in multiples of ", b * b, ", the block's"));
  }
  return {{in[0].dtype, Shape{x[0], x[1] / (b * b), x[2] * b, x[3] * b}}};
}

std::vector<TensorDesc> InferSpaceToDepth(const SpaceToDepthAttrs& attrs,
                                          std::span<const TensorDesc> in) {
  RequireBlock(attrs.block, in);
  const Shape& x = in[0].shape;
  const std::int64_t b = attrs.block;
  if (x[2] % b || x[3] % b) {
    ThrowShape(Text("x is ", x, ": expected height and width in multiples of ", b, ", the block"));
  }
  return {{in[0].dtype, Shape{x[0], x[1] * b * b, x[2] / b, x[3] / b}}};
}

}  // namespace

OperandCopies Copies(const DepthToSpaceAttrs& attrs, std::span<const TensorDesc> in,
                     std::span<const TensorDesc> out) {
  const std::int64_t b = attrs.block, plane = in[0].shape.ElementsFrom(2);
  const std::int64_t depth = out[0].shape[1];
  const bool last = attrs.column_row_depth;
  const std::int64_t channel_step = last ? b * b * plane : plane;
  const std::int64_t column_step = last ? plane : depth * plane;
  // The output's dimensions, with height and width as (block, place within it).
  const Shape dims{in[0].shape[0], depth, in[0].shape[2], b, in[0].shape[3], b};
  return {{0,
           0,
           {.dims = dims,
            .from_steps = {in[0].shape.ElementsFrom(1), channel_step, in[0].shape[3],
                           b * column_step, 1, column_step},
            .to_steps = DenseSteps(dims)}}};
}

OperandCopies Copies(const SpaceToDepthAttrs& attrs, std::span<const TensorDesc> in,
                     std::span<const TensorDesc> out) {
  const Shape& x = in[0].shape;
  const std::int64_t b = attrs.block;
  const Shape dims{x[0], b, b, x[1], out[0].shape[2], out[0].shape[3]};
  return {{0,
           0,
           {.dims = dims,
            .from_steps = {x.ElementsFrom(1), x[3], 1, x.ElementsFrom(2), b * x[3], b},
            .to_steps = DenseSteps(dims)}}};
}

constinit const OpDef kDepthToSpaceOp =
    MakeOp<DepthToSpaceAttrs, InferDepthToSpace, CostCopies<DepthToSpaceAttrs>,
           ReferenceCopies<DepthToSpaceAttrs>>("DepthToSpace");
constinit const OpDef kSpaceToDepthOp =
    MakeOp<SpaceToDepthAttrs, InferSpaceToDepth, CostCopies<SpaceToDepthAttrs>,
           ReferenceCopies<SpaceToDepthAttrs>>("SpaceToDepth");

}  // namespace vigil
