#include "engine/ops/repeat.h"

#include <cstring>

#include "engine/ops/broadcast.h"
#include "engine/ops/check.h"
#include "engine/ops/copies.h"
#include "engine/ops/op_table.h"

namespace vigil {
namespace {

std::vector<TensorDesc> InferExpand(const ExpandAttrs& attrs, std::span<const TensorDesc> in) {
  RequireInputs(in, 1, "x");
  const Shape to{std::span<const std::int64_t>(attrs.shape)};
  return {{in[0].dtype, BroadcastShape(in[0].shape, to)}};
}

std::vector<TensorDesc> InferTile(const TileAttrs& attrs, std::span<const TensorDesc> in) {
  RequireInputs(in, 1, "x");
  const Shape& x = in[0].shape;
  if (static_cast<int>(attrs.repeats.size()) != x.rank()) {
    ThrowShape(
        Text(attrs.repeats.size(), " repeats for x ", x, ": expected ", x.rank(), ", one each"));
  }
  RequireRange("repeats", attrs.repeats, 0);
  std::vector<std::int64_t> dims(x.dims().begin(), x.dims().end());
  for (std::size_t i = 0; i < dims.size(); ++i) dims[i] *= attrs.repeats[i];
  return {{in[0].dtype, Shape{std::span<const std::int64_t>(dims)}}};
}

void ReferenceTile(const TileAttrs&, std::span<const ConstTensorView> in,
                   std::span<const TensorView> out) {
  const Shape& from = in[0].desc.shape;
  const Shape& to = out[0].desc.shape;
  const std::size_t bytes = DTypeBytes(in[0].desc.dtype);
  const auto* x = static_cast<const std::byte*>(in[0].data);
  auto* y = static_cast<std::byte*>(out[0].data);
  const std::int64_t elements = to.elements();
  for (std::int64_t i = 0; i < elements; ++i) {
    std::int64_t rest = i, source = 0;
    for (int d = to.rank() - 1; d >= 0; --d) {
      source += rest % to[d] % from[d] * from.ElementsFrom(d + 1);
      rest /= to[d];
    }
    std::memcpy(y + static_cast<std::size_t>(i) * bytes,
                x + static_cast<std::size_t>(source) * bytes, bytes);
  }
}

}  // namespace

OperandCopies Copies(const ExpandAttrs&, std::span<const TensorDesc> in,
                     std::span<const TensorDesc> out) {
  return {{0,
           0,
           {.dims = out[0].shape,
            .from_steps = StridesToBroadcast(in[0].shape, out[0].shape),
            .to_steps = DenseSteps(out[0].shape)}}};
}

constinit const OpDef kExpandOp =
    MakeOp<ExpandAttrs, InferExpand, CostCopies<ExpandAttrs>, ReferenceCopies<ExpandAttrs>>(
        "Expand");
constinit const OpDef kTileOp =
    MakeOp<TileAttrs, InferTile, CostCopies<TileAttrs>, ReferenceTile>("Tile");

}  // namespace vigil
