#include "engine/ops/slice.h"

#include <algorithm>
#include <numeric>

#include "engine/ops/check.h"
#include "engine/ops/copies.h"
#include "engine/ops/op_table.h"

namespace vigil {
namespace {

struct Part {
  std::int64_t start = 0, step = 1, length = 0;
};

// What entry `i` of the attributes takes of a dimension of `size`.
Part PartOf(const SliceAttrs& attrs, std::size_t i, std::int64_t size) {
  const std::int64_t step = std::clamp(attrs.steps[i], -kMaxAttribute, kMaxAttribute);
  const auto from_front = [&](std::int64_t at) { return at < 0 ? at + size : at; };
  std::int64_t start = from_front(attrs.starts[i]), end = from_front(attrs.ends[i]);
  if (step > 0) {
    start = std::clamp<std::int64_t>(start, 0, size);
    end = std::clamp<std::int64_t>(end, 0, size);
    return {start, step, std::max<std::int64_t>(0, (end - start + step - 1) / step)};
  }
  start = std::clamp<std::int64_t>(start, -1, size - 1);
  end = std::clamp<std::int64_t>(end, -1, size - 1);
  return {start, step, std::max<std::int64_t>(0, (end - start + step + 1) / step)};
}

std::vector<TensorDesc> InferSlice(const SliceAttrs& attrs, std::span<const TensorDesc> in) {
  RequireInputs(in, 1, "x");
  const Shape& x = in[0].shape;
  const std::size_t count = attrs.axes.size();
  if (attrs.starts.size() != count || attrs.ends.size() != count || attrs.steps.size() != count) {
    ThrowShape(Text(attrs.starts.size(), " starts, ", attrs.ends.size(), " ends and ",
                    attrs.steps.size(), " steps: expected ", count, " of each, as of axes"));
  }
  std::vector<std::int64_t> dims(x.dims().begin(), x.dims().end());
  unsigned seen = 0;
  for (std::size_t i = 0; i < count; ++i) {
    RequireAxis(attrs.axes[i], x.rank());
    if (seen >> attrs.axes[i] & 1u) ThrowValue(Text("axis ", attrs.axes[i], " is sliced twice"));
    if (attrs.steps[i] == 0) ThrowValue(Text("step 0 along axis ", attrs.axes[i]));
    seen |= 1u << attrs.axes[i];
    dims[static_cast<std::size_t>(attrs.axes[i])] =
        PartOf(attrs, i, x[static_cast<int>(attrs.axes[i])]).length;
  }
  return {{in[0].dtype, Shape{std::span<const std::int64_t>(dims)}}};
}

std::vector<TensorDesc> InferSplit(const SplitAttrs& attrs, std::span<const TensorDesc> in) {
  RequireInputs(in, 1, "x");
  const Shape& x = in[0].shape;
  RequireAxis(attrs.axis, x.rank());
  RequireRange("sizes", attrs.sizes, 0);
  const int axis = static_cast<int>(attrs.axis);
  const std::int64_t sum = std::accumulate(attrs.sizes.begin(), attrs.sizes.end(), std::int64_t{0});
  if (attrs.sizes.empty() || sum != x[axis]) {
    ThrowShape(Text(attrs.sizes.size(), " parts of ", sum, " in all along axis ", axis, " of x ", x,
                    ": expected ", x[axis]));
  }
  std::vector<TensorDesc> parts;
  for (const std::int64_t size : attrs.sizes) parts.push_back({in[0].dtype, x.With(axis, size)});
  return parts;
}

}  // namespace

OperandCopies Copies(const SliceAttrs& attrs, std::span<const TensorDesc> in,
                     std::span<const TensorDesc> out) {
  StridedCopy copy{.dims = out[0].shape,
                   .from_steps = DenseSteps(in[0].shape),
                   .to_steps = DenseSteps(out[0].shape)};
  for (std::size_t i = 0; i < attrs.axes.size(); ++i) {
    const auto axis = static_cast<std::size_t>(attrs.axes[i]);
    const Part part = PartOf(attrs, i, in[0].shape[static_cast<int>(axis)]);
    copy.from_start += part.start * copy.from_steps[axis];
    copy.from_steps[axis] *= part.step;
  }
  return {{0, 0, copy}};
}

OperandCopies Copies(const SplitAttrs& attrs, std::span<const TensorDesc> in,
                     std::span<const TensorDesc> out) {
  OperandCopies copies;
  const Strides steps = DenseSteps(in[0].shape);
  std::int64_t start = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    copies.push_back({0,
                      i,
                      {.dims = out[i].shape,
                       .from_start = start,
                       .from_steps = steps,
                       .to_steps = DenseSteps(out[i].shape)}});
    start += attrs.sizes[i] * steps[static_cast<std::size_t>(attrs.axis)];
  }
  return copies;
}

constinit const OpDef kSliceOp =
    MakeOp<SliceAttrs, InferSlice, CostCopies<SliceAttrs>, ReferenceCopies<SliceAttrs>>("Slice");
constinit const OpDef kSplitOp =
    MakeOp<SplitAttrs, InferSplit, CostCopies<SplitAttrs>, ReferenceCopies<SplitAttrs>>("Split");

}  // namespace vigil
