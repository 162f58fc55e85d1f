#include "engine/ops/cast.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "engine/base/half.h"
#include "engine/ops/arithmetic.h"
#include "engine/ops/broadcast.h"
#include "engine/ops/check.h"
#include "engine/ops/copies.h"
#include "engine/ops/element_type.h"
#include "engine/ops/op_table.h"

namespace vigil {
namespace {

template <typename To, typename From>
To Convert(From from) {
  if constexpr (std::is_same_v<From, To>) {
    return from;
  } else if constexpr (std::is_same_v<From, std::uint16_t>) {
    return Convert<To>(HalfToFloat(from));
  } else if constexpr (std::is_same_v<To, std::uint16_t>) {
    return FloatToHalf(static_cast<float>(from));
  } else if constexpr (std::is_same_v<To, bool>) {
    return from != From{};
  } else if constexpr (std::is_same_v<From, float> && std::is_integral_v<To>) {
    return HeldWithin<To>(from);
  } else {
    return static_cast<To>(from);
  }
}

std::vector<TensorDesc> InferCast(const CastAttrs& attrs, std::span<const TensorDesc> in) {
  RequireInputs(in, 1, "x");
  return {{attrs.to, in[0].shape}};
}

OpCost CostCast(const CastAttrs&, std::span<const TensorDesc> in, std::span<const TensorDesc> out) {
  return CostOf(in, out, 0, out[0].shape.elements());
}

void ReferenceCast(const CastAttrs&, std::span<const ConstTensorView> in,
                   std::span<const TensorView> out) {
  WithElementType(in[0].desc.dtype, [&](auto from) {
    WithElementType(out[0].desc.dtype, [&](auto to) {
      const auto x = in[0].as<decltype(from)>();
      const auto y = out[0].as<decltype(to)>();
      for (std::size_t i = 0; i < x.size(); ++i) y[i] = Convert<decltype(to)>(x[i]);
    });
  });
}

std::vector<TensorDesc> InferWhere(const WhereAttrs&, std::span<const TensorDesc> in) {
  RequireInputs(in, 3, "condition, x, y");
  if (in[0].dtype != DType::kBool || in[1].dtype != in[2].dtype) {
    throw Error(
        Fault::kModel, ErrorCode::kInvalidType,
        Text("condition, x and y are ", DTypeName(in[0].dtype), ", ", DTypeName(in[1].dtype),
             " and ", DTypeName(in[2].dtype), ": expected bool and twice the same"));
  }
  return {{in[1].dtype, BroadcastShape(in[0].shape, BroadcastShape(in[1].shape, in[2].shape))}};
}

OpCost CostWhere(const WhereAttrs&, std::span<const TensorDesc> in,
                 std::span<const TensorDesc> out) {
  return CostOf(in, out);
}

void ReferenceWhere(const WhereAttrs&, std::span<const ConstTensorView> in,
                    std::span<const TensorView> out) {
  const Shape& shape = out[0].desc.shape;
  std::array<Strides, 3> steps;
  for (std::size_t i = 0; i < 3; ++i) steps[i] = StridesToBroadcast(in[i].desc.shape, shape);
  const auto last = static_cast<std::size_t>(shape.rank() ? shape.rank() - 1 : 0);
  const std::int64_t length = shape.rank() ? shape[shape.rank() - 1] : 1;
  const auto bytes = static_cast<std::int64_t>(DTypeBytes(out[0].desc.dtype));
  const bool* condition = in[0].as<bool>().data();
  const std::byte* sides[2]{static_cast<const std::byte*>(in[2].data),
                            static_cast<const std::byte*>(in[1].data)};
  auto* y = static_cast<std::byte*>(out[0].data);
  ForEachRow<3>(shape, steps, [&](std::int64_t row, const std::array<std::int64_t, 3>& offsets) {
    for (std::int64_t i = 0; i < length; ++i) {
      const bool holds = condition[offsets[0] + i * steps[0][last]];
      const std::size_t operand = holds ? 1 : 2;
      const std::byte* from = sides[holds] + (offsets[operand] + i * steps[operand][last]) * bytes;
      std::memcpy(y + (row + i) * bytes, from, static_cast<std::size_t>(bytes));
    }
  });
}

}  // namespace

constinit const OpDef kCastOp = MakeTypedOp<CastAttrs, InferCast, CostCast, ReferenceCast>("Cast");
constinit const OpDef kWhereOp = MakeOp<WhereAttrs, InferWhere, CostWhere, ReferenceWhere>("Where");

}  // namespace vigil
