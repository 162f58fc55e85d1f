#include "engine/ops/check.h"

#include "engine/ops/element_type.h"

namespace vigil {

void ThrowShape(const std::string& message) {
  throw Error(Fault::kModel, ErrorCode::kInvalidShape, message);
}

void ThrowValue(const std::string& message) {
  throw Error(Fault::kModel, ErrorCode::kInvalidValue, message);
}

void RequireInputs(std::span<const TensorDesc> in, std::size_t expected, std::string_view roles) {
  if (in.size() != expected) {
    ThrowShape(Text(in.size(), " inputs: expected ", expected, " (", roles, ")"));
  }
}

void RequireType(std::span<const TensorDesc> in, DType dtype) {
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (in[i].dtype == dtype) continue;
    throw Error(Fault::kModel, ErrorCode::kInvalidType,
                Text("input ", i, " is ", DTypeName(in[i].dtype), ": expected ", DTypeName(dtype)));
  }
}

void SupportFloat32Alone(std::span<const TensorDesc> in) {
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (in[i].dtype == DType::kFloat32) continue;
    throw Error(
        Fault::kModel, ErrorCode::kUnsupported,
        Text("input ", i, " is ", DTypeName(in[i].dtype), ": only float32 is supported here"));
  }
}

void RequireNumbers(std::span<const TensorDesc> in) {
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (!IsNumber(in[i].dtype)) {
      throw Error(
          Fault::kModel, ErrorCode::kInvalidType,
          Text("input ", i, " is ", DTypeName(in[i].dtype), ": expected float32 or integers"));
    }
    if (in[i].dtype != in[0].dtype) {
      throw Error(Fault::kModel, ErrorCode::kInvalidType,
                  Text("input ", i, " is ", DTypeName(in[i].dtype), ": expected ",
                       DTypeName(in[0].dtype), " as input 0"));
    }
  }
}

void RequireRank(std::string_view role, const TensorDesc& desc, int rank, std::string_view dims) {
  if (desc.shape.rank() != rank) {
    ThrowShape(Text(role, " is ", desc.shape, ": expected rank ", rank, " (", dims, ")"));
  }
}

void RequireShape(std::string_view role, const TensorDesc& desc, const Shape& expected) {
  if (!(desc.shape == expected)) {
    ThrowShape(Text(role, " is ", desc.shape, ": expected ", expected));
  }
}

void RequireNonEmpty(std::string_view role, const Shape& shape) {
  if (shape.elements() >= 1) return;
  throw Error(Fault::kModel, ErrorCode::kUnsupported,
              Text(role, " is ", shape, ": expected at least 1 element; empty tensors are not ",
                   "supported"));
}

void RequireAxis(std::int64_t axis, int rank, bool end_allowed) {
  const std::int64_t last = end_allowed ? rank : rank - 1;
  if (axis < 0 || axis > last) {
    ThrowShape(Text("axis ", axis, " of an input of rank ", rank, ": expected 0 to ", last));
  }
}

void RequireRange(std::string_view attribute, std::span<const std::int64_t> values,
                  std::int64_t low) {
  for (const std::int64_t value : values) {
    if (value < low || value > kMaxAttribute) {
      ThrowValue(Text(attribute, " holds ", value, ": expected ", low, " to ", kMaxAttribute));
    }
  }
}

OpCost CostOf(std::span<const TensorDesc> in, std::span<const TensorDesc> out, std::int64_t macs,
              std::int64_t flops_beside_macs) {
  OpCost cost{macs, 2 * macs + flops_beside_macs, 0};
  for (const TensorDesc& desc : in) cost.bytes += static_cast<std::int64_t>(desc.bytes());
  for (const TensorDesc& desc : out) cost.bytes += static_cast<std::int64_t>(desc.bytes());
  return cost;
}

}  // namespace vigil
