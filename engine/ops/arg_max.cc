#include "engine/ops/arg_max.h"

#include "engine/ops/check.h"
#include "engine/ops/element_type.h"
#include "engine/ops/op_table.h"

namespace vigil {
namespace {

std::vector<TensorDesc> InferArgMax(const ArgMaxAttrs& attrs, std::span<const TensorDesc> in) {
  RequireInputs(in, 1, "x");
  RequireNumbers(in);
  const Shape& x = in[0].shape;
  RequireAxis(attrs.axis, x.rank());
  RequireNonEmpty("x", x);
  std::vector<std::int64_t> dims(x.dims().begin(), x.dims().end());
  const auto axis = static_cast<std::ptrdiff_t>(attrs.axis);
  dims[static_cast<std::size_t>(axis)] = 1;
  if (!attrs.keep_dims) dims.erase(dims.begin() + axis);
  return {{DType::kInt64, Shape(std::span<const std::int64_t>(dims))}};
}

OpCost CostArgMax(const ArgMaxAttrs&, std::span<const TensorDesc> in,
                  std::span<const TensorDesc> out) {
  return CostOf(in, out, 0, in[0].shape.elements());
}

// Of `length` elements, `inner` apart.
template <typename T>
std::int64_t Best(const ArgMaxAttrs& attrs, const T* x, std::int64_t length, std::int64_t inner) {
  std::int64_t best = 0;
  for (std::int64_t i = 1; i < length; ++i) {
    const T value = x[i * inner], so_far = x[best * inner];
    const bool better = attrs.minimum ? value < so_far : value > so_far;
    if (better || (attrs.select_last && value == so_far)) best = i;
  }
  return best;
}

void ReferenceArgMax(const ArgMaxAttrs& attrs, std::span<const ConstTensorView> in,
                     std::span<const TensorView> out) {
  const Shape& shape = in[0].desc.shape;
  const int axis = static_cast<int>(attrs.axis);
  const std::int64_t length = shape[axis], inner = shape.ElementsFrom(axis + 1);
  const std::span<std::int64_t> y = out[0].as<std::int64_t>();
  WithNumberType(in[0].desc.dtype, [&]<typename T>(T) {
    const T* x = in[0].as<T>().data();
    for (std::size_t o = 0; o < y.size(); ++o) {
      const auto line = static_cast<std::int64_t>(o);
      y[o] = Best(attrs, x + line / inner * length * inner + line % inner, length, inner);
    }
  });
}

}  // namespace

constinit const OpDef kArgMaxOp =
    MakeOp<ArgMaxAttrs, InferArgMax, CostArgMax, ReferenceArgMax>("ArgMax");

}  // namespace vigil
