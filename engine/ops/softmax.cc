#include "engine/ops/softmax.h"

#include <algorithm>
#include <cmath>

#include "engine/ops/check.h"
#include "engine/ops/op_table.h"

namespace vigil {
namespace {

std::vector<TensorDesc> InferSoftmax(const SoftmaxAttrs& attrs, std::span<const TensorDesc> in) {
  RequireInputs(in, 1, "x");
  RequireFloat32(in);
  RequireAxis(attrs.axis, in[0].shape.rank());
  RequireNonEmpty("x", in[0].shape);
  return {in[0]};
}

OpCost CostSoftmax(const SoftmaxAttrs&, std::span<const TensorDesc> in,
                   std::span<const TensorDesc> out) {
  // The maximum, the difference, the exponential, the sum and the quotient.
  return CostOf(in, out, 0, 5 * out[0].shape.elements());
}

void ReferenceSoftmax(const SoftmaxAttrs& attrs, std::span<const ConstTensorView> in,
                      std::span<const TensorView> out) {
  const Shape& shape = in[0].desc.shape;
  const int axis = static_cast<int>(attrs.axis);
  const std::int64_t inner = attrs.flatten_from_axis ? 1 : shape.ElementsFrom(axis + 1);
  const std::int64_t length = shape.ElementsFrom(axis) / inner;
  const std::int64_t lines = shape.elements() / length;
  for (std::int64_t line = 0; line < lines; ++line) {
    const std::int64_t start = line / inner * length * inner + line % inner;
    const float* x = in[0].as<float>().data() + start;
    float* y = out[0].as<float>().data() + start;
    // Subtracting the maximum keeps the exponentials in range and cancels in the quotient.
    float high = x[0];
    for (std::int64_t i = 1; i < length; ++i) high = std::max(high, x[i * inner]);
    float sum = 0.0f;
    for (std::int64_t i = 0; i < length; ++i) {
      y[i * inner] = std::exp(x[i * inner] - high);
      sum += y[i * inner];
    }
    const float log_sum = std::log(sum);
    for (std::int64_t i = 0; i < length; ++i) {
      y[i * inner] = attrs.log ? x[i * inner] - high - log_sum : y[i * inner] / sum;
    }
  }
}

}  // namespace

constinit const OpDef kSoftmaxOp =
    MakeOp<SoftmaxAttrs, InferSoftmax, CostSoftmax, ReferenceSoftmax>("Softmax");

}  // namespace vigil
