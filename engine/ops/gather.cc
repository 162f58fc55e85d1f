#include "engine/ops/gather.h"

#include <cstring>

#include "engine/ops/check.h"
#include "engine/ops/copies.h"
#include "engine/ops/op_table.h"

namespace vigil {
namespace {

std::vector<TensorDesc> InferGather(const GatherAttrs& attrs, std::span<const TensorDesc> in) {
  RequireInputs(in, 2, "data, indices");
  RequireAxis(attrs.axis, in[0].shape.rank());
  if (in[1].dtype != DType::kInt64 && in[1].dtype != DType::kInt32) {
    throw Error(Fault::kModel, ErrorCode::kInvalidType,
                Text("indices are ", DTypeName(in[1].dtype), ": expected int64 or int32"));
  }
  const auto data = in[0].shape.dims(), indices = in[1].shape.dims();
  const auto axis = static_cast<std::size_t>(attrs.axis);
  std::vector<std::int64_t> dims(data.begin(), data.begin() + attrs.axis);
  dims.insert(dims.end(), indices.begin(), indices.end());
  dims.insert(dims.end(), data.begin() + attrs.axis + 1, data.end());
  if (data[axis] == 0 && in[1].shape.elements() > 0) {
    ThrowShape(Text("data is ", in[0].shape, ": expected elements along axis ", axis));
  }
  return {{in[0].dtype, Shape{std::span<const std::int64_t>(dims)}}};
}

template <typename Index>
void GatherWith(const GatherAttrs& attrs, std::span<const ConstTensorView> in,
                std::span<const TensorView> out) {
  const Shape& data = in[0].desc.shape;
  const int axis = static_cast<int>(attrs.axis);
  const std::int64_t size = data[axis];
  const auto block =
      data.ElementsFrom(axis + 1) * static_cast<std::int64_t>(DTypeBytes(in[0].desc.dtype));
  const std::int64_t blocks = block ? static_cast<std::int64_t>(out[0].desc.bytes()) / block : 0;
  const std::span<const Index> indices = in[1].as<Index>();
  const auto count = static_cast<std::int64_t>(indices.size());
  const auto* x = static_cast<const std::byte*>(in[0].data);
  auto* y = static_cast<std::byte*>(out[0].data);
  for (std::int64_t i = 0; i < blocks; ++i) {
    std::int64_t at = indices[static_cast<std::size_t>(i % count)];
    if (at < -size || at >= size) {
      throw Error(Fault::kInput, ErrorCode::kInvalidValue,
                  Text("Gather: index ", at, " into dimension ", axis, " of ", data, ": expected ",
                       -size, " to ", size - 1));
    }
    if (at < 0) at += size;
    std::memcpy(y + i * block, x + (i / count * size + at) * block,
                static_cast<std::size_t>(block));
  }
}

void ReferenceGather(const GatherAttrs& attrs, std::span<const ConstTensorView> in,
                     std::span<const TensorView> out) {
  if (in[1].desc.dtype == DType::kInt64) {
    GatherWith<std::int64_t>(attrs, in, out);
  } else {
    GatherWith<std::int32_t>(attrs, in, out);
  }
}

}  // namespace

constinit const OpDef kGatherOp =
    MakeOp<GatherAttrs, InferGather, CostCopies<GatherAttrs>, ReferenceGather>("Gather");

}  // namespace vigil
