#include "engine/ops/transpose.h"

#include "engine/ops/check.h"
#include "engine/ops/copies.h"
#include "engine/ops/op_table.h"

namespace vigil {
namespace {

std::vector<TensorDesc> InferTranspose(const TransposeAttrs& attrs,
                                       std::span<const TensorDesc> in) {
  RequireInputs(in, 1, "x");
  const Shape& x = in[0].shape;
  if (static_cast<int>(attrs.perm.size()) != x.rank()) {
    ThrowShape(Text("perm has ", attrs.perm.size(), " entries for x ", x, ": expected ", x.rank()));
  }
  std::vector<std::int64_t> dims;
  unsigned seen = 0;
  for (const std::int64_t from : attrs.perm) {
    if (from < 0 || from >= x.rank() || (seen >> from & 1u)) {
      ThrowValue(Text("perm holds ", from, ": expected each of 0 to ", x.rank() - 1, " once"));
    }
    seen |= 1u << from;
    dims.push_back(x[static_cast<int>(from)]);
  }
  return {{in[0].dtype, Shape{std::span<const std::int64_t>(dims)}}};
}

}  // namespace

OperandCopies Copies(const TransposeAttrs& attrs, std::span<const TensorDesc> in,
                     std::span<const TensorDesc> out) {
  StridedCopy copy{.dims = out[0].shape, .to_steps = DenseSteps(out[0].shape)};
  const Strides steps = DenseSteps(in[0].shape);
  for (std::size_t i = 0; i < attrs.perm.size(); ++i) {
    copy.from_steps[i] = steps[static_cast<std::size_t>(attrs.perm[i])];
  }
  return {{0, 0, copy}};
}

constinit const OpDef kTransposeOp =
    MakeOp<TransposeAttrs, InferTranspose, CostCopies<TransposeAttrs>,
           ReferenceCopies<TransposeAttrs>>("Transpose");

}  // namespace vigil
