#include "engine/ops/concat.h"

#include "engine/ops/check.h"
#include "engine/ops/copies.h"
#include "engine/ops/op_table.h"

namespace vigil {
namespace {

std::vector<TensorDesc> InferConcat(const ConcatAttrs& attrs, std::span<const TensorDesc> in) {
  if (in.empty()) ThrowShape("0 inputs: expected 1 or more");
  RequireAxis(attrs.axis, in[0].shape.rank());
  const int axis = static_cast<int>(attrs.axis);
  std::int64_t size = 0;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const Shape& shape = in[i].shape;
    if (in[i].dtype != in[0].dtype) {
      throw Error(Fault::kModel, ErrorCode::kInvalidType,
                  Text("input ", i, " is ", DTypeName(in[i].dtype), ": expected ",
                       DTypeName(in[0].dtype), " as input 0"));
    }
    if (shape.rank() != in[0].shape.rank() || !(shape.With(axis, 0) == in[0].shape.With(axis, 0))) {
      ThrowShape(Text("input ", i, " is ", shape, ": expected ", in[0].shape,
                      " as input 0 but for dimension ", axis));
    }
    size += shape[axis];
  }
  return {{in[0].dtype, in[0].shape.With(axis, size)}};
}

}  // namespace

OperandCopies Copies(const ConcatAttrs& attrs, std::span<const TensorDesc> in,
                     std::span<const TensorDesc> out) {
  OperandCopies copies;
  const Strides steps = DenseSteps(out[0].shape);
  std::int64_t start = 0;
  for (std::size_t i = 0; i < in.size(); ++i) {
    copies.push_back({i,
                      0,
                      {.dims = in[i].shape,
                       .to_start = start,
                       .from_steps = DenseSteps(in[i].shape),
                       .to_steps = steps}});
    start +=
        in[i].shape[static_cast<int>(attrs.axis)] * steps[static_cast<std::size_t>(attrs.axis)];
  }
  return copies;
}

constinit const OpDef kConcatOp =
    MakeOp<ConcatAttrs, InferConcat, CostCopies<ConcatAttrs>, ReferenceCopies<ConcatAttrs>>(
        "Concat");

}  // namespace vigil
