#include "engine/ops/reduce.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/ops/check.h"
#include "engine/ops/op_table.h"

namespace vigil {
namespace {

bool IsGone(const ReduceAttrs& attrs, int axis) {
  return std::ranges::count(attrs.axes, std::int64_t{axis}) > 0;
}

std::vector<TensorDesc> InferReduce(const ReduceAttrs& attrs, std::span<const TensorDesc> in) {
  RequireInputs(in, 1, "x");
  RequireFloat32(in);
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
  return {{DType::kFloat32, Shape(std::span<const std::int64_t>(dims))}};
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

float Start(ReduceKind kind) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  switch (kind) {
    case ReduceKind::kMax:
      return -kInfinity;
    case ReduceKind::kMin:
      return kInfinity;
    case ReduceKind::kProd:
      return 1.0f;
    default:
      return 0.0f;
  }
}

float Accumulate(ReduceKind kind, float so_far, float x) {
  switch (kind) {
    case ReduceKind::kMax:
      return x > so_far ? x : so_far;
    case ReduceKind::kMin:
      return x < so_far ? x : so_far;
    case ReduceKind::kProd:
      return so_far * x;
    case ReduceKind::kL1:
      return so_far + std::abs(x);
    case ReduceKind::kL2:
    case ReduceKind::kSumSquare:
      return so_far + x * x;
    default:
      return so_far + x;
  }
}

float Finish(ReduceKind kind, float reduced, std::int64_t count) {
  switch (kind) {
    case ReduceKind::kMean:
      return reduced / static_cast<float>(count);
    case ReduceKind::kL2:
      return std::sqrt(reduced);
    case ReduceKind::kLogSum:
      return std::log(reduced);
    default:
      return reduced;
  }
}

// Subtracting the maximum keeps the exponentials in range.
float LogSumExp(const float* x, const ReduceWalk& walk) {
  float high = Start(ReduceKind::kMax);
  ForEachOffset(walk.gone, walk.gone_strides, [&](std::int64_t, std::int64_t at) {
    high = Accumulate(ReduceKind::kMax, high, x[at]);
  });
  if (std::isinf(high)) return high;
  float sum = 0.0f;
  ForEachOffset(walk.gone, walk.gone_strides,
                [&](std::int64_t, std::int64_t at) { sum += std::exp(x[at] - high); });
  return high + std::log(sum);
}

void ReferenceReduce(const ReduceAttrs& attrs, std::span<const ConstTensorView> in,
                     std::span<const TensorView> out) {
  const ReduceWalk walk = WalkOf(attrs, in[0].desc.shape);
  const float* x = in[0].as<float>().data();
  float* y = out[0].as<float>().data();
  ForEachOffset(walk.kept, walk.kept_strides, [&](std::int64_t o, std::int64_t start) {
    if (attrs.kind == ReduceKind::kLogSumExp) {
      y[o] = LogSumExp(x + start, walk);
      return;
    }
    float reduced = Start(attrs.kind);
    ForEachOffset(walk.gone, walk.gone_strides, [&](std::int64_t, std::int64_t at) {
      reduced = Accumulate(attrs.kind, reduced, x[start + at]);
    });
    y[o] = Finish(attrs.kind, reduced, walk.gone.elements());
  });
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
