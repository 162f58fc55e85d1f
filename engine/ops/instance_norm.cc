#include "engine/ops/instance_norm.h"

#include <cmath>

#include "engine/ops/check.h"
#include "engine/ops/op_table.h"

namespace vigil {
namespace {

std::vector<TensorDesc> InferInstanceNorm(const InstanceNormAttrs& attrs,
                                          std::span<const TensorDesc> in) {
  RequireInputs(in, 3, "x, scale, bias");
  RequireFloat32(in);
  const Shape& x = in[0].shape;
  if (x.rank() < 3) ThrowShape(Text("x is ", x, ": expected rank 3 to 6 (N, C, ...)"));
  if (!(attrs.epsilon >= 0.0f)) {
    ThrowValue(Text("epsilon is ", attrs.epsilon, ": expected 0 or more"));
  }
  RequireNonEmpty("x", x);
  RequireShape("scale", in[1], Shape{x[1]});
  RequireShape("bias", in[2], Shape{x[1]});
  return {in[0]};
}

OpCost CostInstanceNorm(const InstanceNormAttrs&, std::span<const TensorDesc> in,
                        std::span<const TensorDesc> out) {
  // The mean, the variance (two), the factor and the sum.
  return CostOf(in, out, 0, 5 * out[0].shape.elements());
}

void ReferenceInstanceNorm(const InstanceNormAttrs& attrs, std::span<const ConstTensorView> in,
                           std::span<const TensorView> out) {
  const Shape& shape = in[0].desc.shape;
  const auto plane = static_cast<std::size_t>(shape.ElementsFrom(2));
  const auto channels = static_cast<std::size_t>(shape[1]);
  const std::span<const float> scale = in[1].as<float>(), bias = in[2].as<float>();
  for (std::size_t start = 0; start < in[0].as<float>().size(); start += plane) {
    const std::span<const float> x = in[0].as<float>().subspan(start, plane);
    const std::size_t c = start / plane % channels;
    float mean = 0.0f, variance = 0.0f;
    for (const float value : x) mean += value;
    mean /= static_cast<float>(plane);
    for (const float value : x) variance += (value - mean) * (value - mean);
    variance /= static_cast<float>(plane);
    const float factor = scale[c] / std::sqrt(variance + attrs.epsilon);
    float* y = out[0].as<float>().data() + start;
    for (std::size_t i = 0; i < plane; ++i) y[i] = (x[i] - mean) * factor + bias[c];
  }
}

}  // namespace

constinit const OpDef kInstanceNormOp =
    MakeOp<InstanceNormAttrs, InferInstanceNorm, CostInstanceNorm, ReferenceInstanceNorm>(
        "InstanceNormalization");

}  // namespace vigil
