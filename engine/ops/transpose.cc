#include "engine/ops/transpose.h"

#include <cstring>

#include "engine/ops/check.h"
#include "engine/ops/iterate.h"
#include "engine/ops/op_table.h"

namespace vigil {
namespace {

std::vector<TensorDesc> InferTranspose(const TransposeAttrs& attrs,
                                       std::span<const TensorDesc> in) {
  RequireInputs(in, 1, "x");
  const Shape& x = in[0].shape;
  RequireNonEmpty("x", x);
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

OpCost CostTranspose(const TransposeAttrs&, std::span<const TensorDesc> in,
                     std::span<const TensorDesc> out) {
  return CostOf(in, out);
}

void ReferenceTranspose(const TransposeAttrs& attrs, std::span<const ConstTensorView> in,
                        std::span<const TensorView> out) {
  const Shape& from = in[0].desc.shape;
  const Shape& to = out[0].desc.shape;
  Strides strides{};
  for (std::size_t i = 0; i < attrs.perm.size(); ++i) {
    strides[i] = from.ElementsFrom(static_cast<int>(attrs.perm[i]) + 1);
  }
  const std::int64_t length = to.rank() ? to[to.rank() - 1] : 1;
  const std::int64_t step = to.rank() ? strides[static_cast<std::size_t>(to.rank() - 1)] : 0;
  const auto element = static_cast<std::int64_t>(DTypeBytes(in[0].desc.dtype));
  const auto* x = static_cast<const std::byte*>(in[0].data);
  auto* y = static_cast<std::byte*>(out[0].data);
  ForEachRow<1>(to, {strides}, [&](std::int64_t row, const std::array<std::int64_t, 1>& offsets) {
    for (std::int64_t i = 0; i < length; ++i) {
      std::memcpy(y + (row + i) * element, x + (offsets[0] + i * step) * element,
                  static_cast<std::size_t>(element));
    }
  });
}

}  // namespace

constinit const OpDef kTransposeOp =
    MakeOp<TransposeAttrs, InferTranspose, CostTranspose, ReferenceTranspose>("Transpose");

}  // namespace vigil
