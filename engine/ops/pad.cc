#include "engine/ops/pad.h"

#include <algorithm>

#include "engine/ops/check.h"
#include "engine/ops/iterate.h"
#include "engine/ops/op_table.h"

namespace vigil {
namespace {

std::vector<TensorDesc> InferPad(const PadAttrs& attrs, std::span<const TensorDesc> in) {
  RequireInputs(in, 1, "x");
  RequireFloat32(in);
  const Shape& x = in[0].shape;
  const auto rank = static_cast<std::size_t>(x.rank());
  if (attrs.pads.size() != 2 * rank) {
    ThrowShape(Text("pads has ", attrs.pads.size(), " entries for x ", x, ": expected ", 2 * rank,
                    " (begins, then ends)"));
  }
  RequireRange("pads", attrs.pads, 0);
  RequireNonEmpty("x", x);
  std::vector<std::int64_t> dims(x.dims().begin(), x.dims().end());
  for (std::size_t i = 0; i < rank; ++i) dims[i] += attrs.pads[i] + attrs.pads[rank + i];
  return {{DType::kFloat32, Shape{std::span<const std::int64_t>(dims)}}};
}

OpCost CostPad(const PadAttrs&, std::span<const TensorDesc> in, std::span<const TensorDesc> out) {
  return CostOf(in, out);
}

void ReferencePad(const PadAttrs& attrs, std::span<const ConstTensorView> in,
                  std::span<const TensorView> out) {
  const Shape& from = in[0].desc.shape;
  const Shape& to = out[0].desc.shape;
  Strides strides{};
  std::int64_t start = 0;
  for (int i = 0; i < to.rank(); ++i) {
    const auto d = static_cast<std::size_t>(i);
    strides[d] = to.ElementsFrom(i + 1);
    start += attrs.pads[d] * strides[d];
  }
  const float* x = in[0].as<float>().data();
  const std::span<float> y = out[0].as<float>();
  std::ranges::fill(y, attrs.value);
  const std::int64_t length = from.rank() ? from[from.rank() - 1] : 1;
  ForEachRow<1>(from, {strides}, [&](std::int64_t row, const std::array<std::int64_t, 1>& offsets) {
    std::copy_n(x + row, length, y.begin() + start + offsets[0]);
  });
}

}  // namespace

constinit const OpDef kPadOp = MakeOp<PadAttrs, InferPad, CostPad, ReferencePad>("Pad");

}  // namespace vigil
