#include "engine/ops/concat.h"

#include <cstring>

#include "engine/ops/check.h"
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
  const Shape out = in[0].shape.With(axis, size);
  RequireNonEmpty("output", out);
  return {{in[0].dtype, out}};
}

OpCost CostConcat(const ConcatAttrs&, std::span<const TensorDesc> in,
                  std::span<const TensorDesc> out) {
  return CostOf(in, out);
}

void ReferenceConcat(const ConcatAttrs& attrs, std::span<const ConstTensorView> in,
                     std::span<const TensorView> out) {
  const int axis = static_cast<int>(attrs.axis);
  const TensorDesc& desc = out[0].desc;
  const std::size_t element = DTypeBytes(desc.dtype);
  const auto block = [&](const Shape& shape) {
    return static_cast<std::size_t>(shape.ElementsFrom(axis)) * element;
  };
  const std::size_t stride = block(desc.shape);
  const std::size_t blocks = desc.bytes() / stride;
  std::size_t offset = 0;
  for (const ConstTensorView& part : in) {
    const std::size_t bytes = block(part.desc.shape);
    for (std::size_t i = 0; i < blocks; ++i) {
      std::memcpy(static_cast<std::byte*>(out[0].data) + i * stride + offset,
                  static_cast<const std::byte*>(part.data) + i * bytes, bytes);
    }
    offset += bytes;
  }
}

}  // namespace

constinit const OpDef kConcatOp =
    MakeOp<ConcatAttrs, InferConcat, CostConcat, ReferenceConcat>("Concat");

}  // namespace vigil
