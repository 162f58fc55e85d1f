#include "engine/ops/batch_norm.h"

#include <array>
#include <cmath>

#include "engine/ops/check.h"
#include "engine/ops/op_table.h"

namespace vigil {
namespace {

std::vector<TensorDesc> InferBatchNorm(const BatchNormAttrs& attrs,
                                       std::span<const TensorDesc> in) {
  constexpr std::array<std::string_view, 5> kRoles{"x", "scale", "bias", "mean", "variance"};
  RequireInputs(in, kRoles.size(), "x, scale, bias, mean, variance");
  RequireFloat32(in);
  const Shape& x = in[0].shape;
  if (x.rank() < 2) {
    ThrowShape(Text("x is ", x, ": expected rank 2 or more (N, C, ...)"));
  }
  if (!(attrs.epsilon >= 0.0f)) {
    ThrowValue(Text("epsilon is ", attrs.epsilon, ": expected 0 or more"));
  }
  RequireNonEmpty("x", x);
  for (std::size_t i = 1; i < kRoles.size(); ++i) RequireShape(kRoles[i], in[i], Shape{x[1]});
  return {in[0]};
}

OpCost CostBatchNorm(const BatchNormAttrs&, std::span<const TensorDesc> in,
                     std::span<const TensorDesc> out) {
  return CostOf(in, out, 0, 2 * out[0].shape.elements());
}

void ReferenceBatchNorm(const BatchNormAttrs& attrs, std::span<const ConstTensorView> in,
                        std::span<const TensorView> out) {
  const Shape& shape = in[0].desc.shape;
  const auto channels = static_cast<std::size_t>(shape[1]);
  const auto plane = static_cast<std::size_t>(shape.ElementsFrom(2));
  const std::span<const float> x = in[0].as<float>();
  const std::span<const float> scale = in[1].as<float>(), bias = in[2].as<float>();
  const std::span<const float> mean = in[3].as<float>(), variance = in[4].as<float>();
  const std::span<float> y = out[0].as<float>();
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t c = i / plane % channels;
    y[i] = (x[i] - mean[c]) / std::sqrt(variance[c] + attrs.epsilon) * scale[c] + bias[c];
  }
}

}  // namespace

constinit const OpDef kBatchNormOp =
    MakeOp<BatchNormAttrs, InferBatchNorm, CostBatchNorm, ReferenceBatchNorm>("BatchNormalization");

}  // namespace vigil
