#include "engine/ops/lrn.h"

#include <algorithm>
#include <cmath>

#include "engine/ops/check.h"
#include "engine/ops/op_table.h"

namespace vigil {
namespace {

std::vector<TensorDesc> InferLrn(const LrnAttrs& attrs, std::span<const TensorDesc> in) {
  RequireInputs(in, 1, "x");
  RequireFloat32(in);
  if (in[0].shape.rank() < 2) {
    ThrowShape(Text("x is ", in[0].shape, ": expected rank 2 to 6 (N, C, ...)"));
  }
  RequireNonEmpty("x", in[0].shape);
  RequireRange("size", std::array{attrs.size}, 1);
  return {in[0]};
}

OpCost CostLrn(const LrnAttrs& attrs, std::span<const TensorDesc> in,
               std::span<const TensorDesc> out) {
  const std::int64_t window = std::min(attrs.size, in[0].shape[1]);
  return CostOf(in, out, 0, out[0].shape.elements() * (2 * window + 4));
}

void ReferenceLrn(const LrnAttrs& attrs, std::span<const ConstTensorView> in,
                  std::span<const TensorView> out) {
  const Shape& shape = in[0].desc.shape;
  const std::int64_t channels = shape[1], plane = shape.ElementsFrom(2);
  const std::int64_t before = (attrs.size - 1) / 2, behind = attrs.size - 1 - before;
  const float factor = attrs.alpha / static_cast<float>(attrs.size);
  const float* x = in[0].as<float>().data();
  float* y = out[0].as<float>().data();
  for (std::int64_t i = 0; i < shape.elements(); ++i) {
    const std::int64_t c = i / plane % channels;
    float sum = 0.0f;
    for (std::int64_t k = std::max<std::int64_t>(c - before, 0);
         k <= std::min(c + behind, channels - 1); ++k) {
      const float value = x[i + (k - c) * plane];
      sum += value * value;
    }
    y[i] = x[i] / std::pow(attrs.bias + factor * sum, attrs.beta);
  }
}

}  // namespace

constinit const OpDef kLrnOp = MakeOp<LrnAttrs, InferLrn, CostLrn, ReferenceLrn>("LRN");

}  // namespace vigil
