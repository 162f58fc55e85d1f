#include "engine/ops/epilogue_rule.h"

#include <algorithm>

#include "engine/ops/check.h"

namespace vigil {

std::vector<TensorDesc> InferEpilogue(const Epilogue& epilogue, std::span<const TensorDesc> in,
                                      const TensorDesc& out) {
  CheckActivation(epilogue.activation);
  if (epilogue.store_accumulator && !epilogue.residual) {
    ThrowValue("the accumulator is stored beside a value that equals it: expected a residual");
  }
  if (epilogue.store_pre_activation && epilogue.activation.kind == Activation::Kind::kNone) {
    ThrowValue("the value before the activation is stored: expected an activation");
  }
  if (epilogue.residual) RequireShape("residual", in.back(), out.shape);
  return std::vector<TensorDesc>(static_cast<std::size_t>(epilogue.outputs()), out);
}

void CheckActivation(const Activation& activation) {
  if (activation.kind == Activation::Kind::kClip && !(activation.alpha <= activation.beta)) {
    ThrowValue(
        Text("Clip from ", activation.alpha, " to ", activation.beta, ": expected low <= high"));
  }
}

std::int64_t EpilogueFlops(const Epilogue& epilogue) {
  return (epilogue.residual ? 1 : 0) +
         (epilogue.activation.kind == Activation::Kind::kNone ? 0 : 1);
}

void ApplyEpilogue(const Epilogue& epilogue, std::span<const ConstTensorView> in,
                   std::span<const TensorView> out) {
  const std::span<float> y = out[0].as<float>();
  std::size_t next = 1;
  if (epilogue.store_accumulator) std::ranges::copy(y, out[next++].as<float>().begin());
  if (epilogue.residual) {
    const std::span<const float> residual = in.back().as<float>();
    for (std::size_t i = 0; i < y.size(); ++i) y[i] += residual[i];
  }
  if (epilogue.store_pre_activation) std::ranges::copy(y, out[next].as<float>().begin());
  if (epilogue.activation.kind != Activation::Kind::kNone) {
    std::ranges::transform(y, y.begin(), epilogue.activation);
  }
}

}  // namespace vigil
