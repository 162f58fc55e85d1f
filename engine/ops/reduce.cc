#include "engine/ops/reduce.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/ops/arithmetic.h"
#include "engine/ops/check.h"
#include "engine/ops/element_type.h"
#include "engine/ops/op_table.h"

namespace vigil {
namespace {

bool IsGone(const ReduceAttrs& attrs, int axis) {
  return std::ranges::count(attrs.axes, std::int64_t{axis}) > 0;
}

// Bool has an order, integers have sums and products; roots and logarithms are of floats.
void RequireElements(ReduceKind kind, std::span<const TensorDesc> in) {
  const bool orders = kind == ReduceKind::kMax || kind == ReduceKind::kMin;
  if (orders && in[0].dtype == DType::kBool) return;
  const bool bends =
      kind == ReduceKind::kL2 || kind == ReduceKind::kLogSum || kind == ReduceKind::kLogSumExp;
  if (bends) return SupportFloat32Alone(in);
  RequireNumbers(in);
}

std::vector<TensorDesc> InferReduce(const ReduceAttrs& attrs, std::span<const TensorDesc> in) {
  RequireInputs(in, 1, "x");
  RequireElements(attrs.kind, in);
  const Shape& x = in[0].shape;
  RequireNonEmpty("x", x);
  if (attrs.axes.empty()) ThrowValue("no axes: expected one or more");
  for (std::size_t i = 0; i < attrs.axes.size(); ++i) {
    RequireAxis(attrs.axes[i], x.rank());
    if (i > 0 && attrs.axes[i] <= attrs.axes[i - 1]) {
      ThrowValue(Text("axis ", attrs.axes[i], " follows axis ", attrs.axes[i - 1],
                      ": expected axes that rise"));
    }
  }
  std::vector<std::int64_t> dims;
  for (int i = 0; i < x.rank(); ++i) {
    if (!IsGone(attrs, i)) dims.push_back(x[i]);
    if (IsGone(attrs, i) && attrs.keep_dims) dims.push_back(1);
  }
  return {{in[0].dtype, Shape(std::span<const std::int64_t>(dims))}};
}

OpCost CostReduce(const ReduceAttrs&, std::span<const TensorDesc> in,
                  std::span<const TensorDesc> out) {
  return CostOf(in, out, 0, in[0].shape.elements());
}

// Offsets of all elements of `shape`, in order.
template <typename Visit>
void ForEachOffset(const Shape& shape, const Strides& strides, Visit visit) {
  const auto last = static_cast<std::size_t>(std::max(shape.rank() - 1, 0));
  const std::int64_t length = shape.rank() ? shape[shape.rank() - 1] : 1;
  ForEachRow(shape, std::array<Strides, 1>{strides},
             [&](std::int64_t row, const std::array<std::int64_t, 1>& offsets) {
               for (std::int64_t i = 0; i < length; ++i) {
                 visit(row + i, offsets[0] + i * strides[last]);
               }
             });
}

// The largest T there is, infinity where there is one; and the smallest.
template <typename T>
constexpr T Highest() {
  using Limits = std::numeric_limits<T>;
  return Limits::has_infinity ? Limits::infinity() : Limits::max();
}
template <typename T>
constexpr T Lowest() {
  using Limits = std::numeric_limits<T>;
  return Limits::has_infinity ? static_cast<T>(-Limits::infinity()) : Limits::lowest();
}

template <typename T>
T Start(ReduceKind kind) {
  switch (kind) {
    case ReduceKind::kMax:
      return Lowest<T>();
    case ReduceKind::kMin:
      return Highest<T>();
    case ReduceKind::kProd:
      return T{1};
    default:
      return T{};
  }
}

template <typename T>
T Accumulate(ReduceKind kind, T so_far, T x) {
  if (kind == ReduceKind::kMax) return x > so_far ? x : so_far;
  if (kind == ReduceKind::kMin) return x < so_far ? x : so_far;
  if constexpr (kIsNumber<T>) {
    switch (kind) {
      case ReduceKind::kProd:
        return Product(so_far, x);
      case ReduceKind::kL1:
        return Sum(so_far, x < T{} ? Difference(T{}, x) : x);
      case ReduceKind::kL2:
      case ReduceKind::kSumSquare:
        return Sum(so_far, Product(x, x));
      default:
        return Sum(so_far, x);
    }
  }
  return so_far;
}

template <typename T>
T Finish(ReduceKind kind, T reduced, std::int64_t count) {
  if constexpr (std::is_floating_point_v<T>) {
    if (kind == ReduceKind::kL2) return std::sqrt(reduced);
    if (kind == ReduceKind::kLogSum) return std::log(reduced);
  }
  if constexpr (kIsNumber<T>) {
    if (kind == ReduceKind::kMean) return Quotient(reduced, static_cast<T>(count));
  }
  return reduced;
}

// Subtracting the maximum keeps the exponentials in range.
float LogSumExp(const float* x, const ReduceWalk& walk) {
  float high = Lowest<float>();
  ForEachOffset(walk.gone, walk.gone_strides, [&](std::int64_t, std::int64_t at) {
    high = Accumulate(ReduceKind::kMax, high, x[at]);
  });
  if (std::isinf(high)) return high;
  float sum = 0.0f;
  ForEachOffset(walk.gone, walk.gone_strides,
                [&](std::int64_t, std::int64_t at) { sum += std::exp(x[at] - high); });
  return high + std::log(sum);
}

template <typename T>
void Reduce(const ReduceAttrs& attrs, const ConstTensorView& in, const TensorView& out) {
  const ReduceWalk walk = WalkOf(attrs, in.desc.shape);
  const T* x = in.as<T>().data();
  T* y = out.as<T>().data();
  ForEachOffset(walk.kept, walk.kept_strides, [&](std::int64_t o, std::int64_t start) {
    if constexpr (std::is_same_v<T, float>) {
      if (attrs.kind == ReduceKind::kLogSumExp) {
        y[o] = LogSumExp(x + start, walk);
        return;
      }
    }
    T reduced = Start<T>(attrs.kind);
    ForEachOffset(walk.gone, walk.gone_strides, [&](std::int64_t, std::int64_t at) {
      reduced = Accumulate(attrs.kind, reduced, x[start + at]);
    });
    y[o] = Finish(attrs.kind, reduced, walk.gone.elements());
  });
}

void ReferenceReduce(const ReduceAttrs& attrs, std::span<const ConstTensorView> in,
                     std::span<const TensorView> out) {
  WithElementType(in[0].desc.dtype, [&]<typename T>(T) { Reduce<T>(attrs, in[0], out[0]); });
}

}  // namespace

ReduceWalk WalkOf(const ReduceAttrs& attrs, const Shape& in) {
  std::vector<std::int64_t> kept, gone;
  ReduceWalk walk;
  for (int i = 0; i < in.rank(); ++i) {
    const bool goes = IsGone(attrs, i);
    (goes ? walk.gone_strides[gone.size()] : walk.kept_strides[kept.size()]) =
        in.ElementsFrom(i + 1);
    (goes ? gone : kept).push_back(in[i]);
  }
  walk.kept = Shape(std::span<const std::int64_t>(kept));
  walk.gone = Shape(std::span<const std::int64_t>(gone));
  return walk;
}

constinit const OpDef kReduceOp =
    MakeOp<ReduceAttrs, InferReduce, CostReduce, ReferenceReduce>("Reduce");

}  // namespace vigil
