#include "engine/ops/reshape.h"

#include <cstring>

#include "engine/ops/check.h"
#include "engine/ops/op_table.h"

namespace vigil {
namespace {

std::string ListOf(std::span<const std::int64_t> dims) {
  std::string text = "[";
  for (std::size_t i = 0; i < dims.size(); ++i) text += Text(i ? ", " : "", dims[i]);
  return text + "]";
}

std::vector<TensorDesc> InferFlatten(const FlattenAttrs& attrs, std::span<const TensorDesc> in) {
  RequireInputs(in, 1, "x");
  const Shape& x = in[0].shape;
  RequireAxis(attrs.axis, x.rank(), true);
  RequireNonEmpty("x", x);
  const std::int64_t columns = x.ElementsFrom(static_cast<int>(attrs.axis));
  return {{in[0].dtype, Shape{x.elements() / columns, columns}}};
}

std::vector<TensorDesc> InferReshape(const ReshapeAttrs& attrs, std::span<const TensorDesc> in) {
  RequireInputs(in, 1, "x");
  const Shape& x = in[0].shape;
  RequireNonEmpty("x", x);
  std::vector<std::int64_t> dims = attrs.shape;
  std::size_t open = dims.size();
  std::int64_t known = 1;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] == -1 && open == dims.size()) {
      open = i;
      continue;
    }
    if (dims[i] == 0 && static_cast<int>(i) < x.rank()) dims[i] = x[static_cast<int>(i)];
    if (dims[i] < 1 || dims[i] > x.elements() / known) {
      ThrowShape(Text("x is ", x, " and cannot become ", ListOf(attrs.shape), ": dimension ", i,
                      " does not fit ", x.elements(), " elements"));
    }
    known *= dims[i];
  }
  if (open < dims.size()) dims[open] = x.elements() / known;
  const Shape out{std::span<const std::int64_t>(dims)};
  if (out.elements() != x.elements()) {
    ThrowShape(Text("x is ", x, " and cannot become ", ListOf(attrs.shape), ": ", out.elements(),
                    " elements, expected ", x.elements()));
  }
  return {{in[0].dtype, out}};
}

// One bit for each axis. `rank` is of the tensor that has these dimensions.
unsigned AxisBits(std::span<const std::int64_t> axes, int rank) {
  unsigned bits = 0;
  for (const std::int64_t axis : axes) {
    RequireAxis(axis, rank);
    if (bits >> axis & 1u) ThrowValue(Text("axes ", ListOf(axes), ": expected each once"));
    bits |= 1u << axis;
  }
  return bits;
}

std::vector<TensorDesc> InferSqueeze(const SqueezeAttrs& attrs, std::span<const TensorDesc> in) {
  RequireInputs(in, 1, "x");
  const Shape& x = in[0].shape;
  const unsigned gone = AxisBits(attrs.axes, x.rank());
  std::vector<std::int64_t> dims;
  for (int i = 0; i < x.rank(); ++i) {
    if (!(gone >> i & 1u)) {
      dims.push_back(x[i]);
    } else if (x[i] != 1) {
      ThrowShape(Text("x is ", x, ": expected 1 in dimension ", i, ", which is to go"));
    }
  }
  return {{in[0].dtype, Shape{std::span<const std::int64_t>(dims)}}};
}

std::vector<TensorDesc> InferUnsqueeze(const UnsqueezeAttrs& attrs,
                                       std::span<const TensorDesc> in) {
  RequireInputs(in, 1, "x");
  const Shape& x = in[0].shape;
  const int rank = x.rank() + static_cast<int>(attrs.axes.size());
  if (rank > Shape::kMaxRank) {
    ThrowShape(Text("x is ", x, " and gets ", attrs.axes.size(), " dimensions: expected at most ",
                    Shape::kMaxRank, " in all"));
  }
  const unsigned added = AxisBits(attrs.axes, rank);
  std::vector<std::int64_t> dims;
  for (int i = 0, from = 0; i < rank; ++i) dims.push_back(added >> i & 1u ? 1 : x[from++]);
  return {{in[0].dtype, Shape{std::span<const std::int64_t>(dims)}}};
}

template <typename Attrs>
OpCost CostCopy(const Attrs&, std::span<const TensorDesc> in, std::span<const TensorDesc> out) {
  return CostOf(in, out);
}

template <typename Attrs>
void ReferenceCopy(const Attrs&, std::span<const ConstTensorView> in,
                   std::span<const TensorView> out) {
  std::memcpy(out[0].data, in[0].data, in[0].desc.bytes());
}

}  // namespace

constinit const OpDef kFlattenOp =
    MakeOp<FlattenAttrs, InferFlatten, CostCopy<FlattenAttrs>, ReferenceCopy<FlattenAttrs>>(
        "Flatten");
constinit const OpDef kReshapeOp =
    MakeOp<ReshapeAttrs, InferReshape, CostCopy<ReshapeAttrs>, ReferenceCopy<ReshapeAttrs>>(
        "Reshape");
constinit const OpDef kSqueezeOp =
    MakeOp<SqueezeAttrs, InferSqueeze, CostCopy<SqueezeAttrs>, ReferenceCopy<SqueezeAttrs>>(
        "Squeeze");
constinit const OpDef kUnsqueezeOp =
    MakeOp<UnsqueezeAttrs, InferUnsqueeze, CostCopy<UnsqueezeAttrs>, ReferenceCopy<UnsqueezeAttrs>>(
        "Unsqueeze");

}  // namespace vigil
