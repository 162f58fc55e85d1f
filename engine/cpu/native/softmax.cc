// Softmax and its logarithm over the middle of [outer, axis, inner], a row of `inner` at a time.
#include <algorithm>
#include <cmath>

#include "engine/cpu/native/finish.h"
#include "engine/cpu/native/kernels.h"

namespace vigil::cpu::native {
namespace {

bool Applicable(const KernelContext& context) { return context.attrs<SoftmaxAttrs>() != nullptr; }

// One column of the middle, whose elements lie `stride` apart.
void Normalise(const float* x, float* y, std::int64_t length, std::int64_t stride, bool log) {
  float largest = x[0];
  for (std::int64_t i = 1; i < length; ++i) largest = std::max(largest, x[i * stride]);
  float sum = 0.0f;
  for (std::int64_t i = 0; i < length; ++i) {
    sum += y[i * stride] = std::exp(x[i * stride] - largest);
  }
  const float log_sum = std::log(sum);
  for (std::int64_t i = 0; i < length; ++i) {
    y[i * stride] = log ? x[i * stride] - largest - log_sum : y[i * stride] / sum;
  }
}

void Build(KernelContext& context) {
  const SoftmaxAttrs& attrs = *context.attrs<SoftmaxAttrs>();
  const Shape& shape = context.InputShape(0);
  const auto axis = static_cast<int>(attrs.axis);
  const std::int64_t tail = shape.ElementsFrom(axis);
  const std::int64_t inner = attrs.flatten_from_axis ? 1 : shape.ElementsFrom(axis + 1);
  const std::int64_t outer = tail > 0 ? shape.elements() / tail : 0;
  const SlotId x = context.Input(0, PlainLayout(shape));
  const SlotId y = context.Output(0, PlainLayout(shape));
  context.builder().AddFunction(
      [=, log = attrs.log, &team = context.team()](SlotPointers slots) {
        const float* from = FloatsAt(slots, x);
        float* to = FloatsAt(slots, y);
        team.ForEach(outer, [&](std::int64_t row) {
          for (std::int64_t i = row * tail; i < row * tail + inner; ++i) {
            Normalise(from + i, to + i, tail / inner, inner, log);
          }
        });
      },
      std::array{x, y});
}

}  // namespace

const Kernel kSoftmaxKernel{"own softmax", Applicable, Build};

}  // namespace vigil::cpu::native
