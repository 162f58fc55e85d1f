#include "estimator/training/torch_optimizer.h"

#include <algorithm>
#include <cmath>

namespace vigil::training {

TorchOptimizer::TorchOptimizer(const OptimizerOptions& options,
                               std::vector<TorchNetwork::Learned>& learned)
    : options_(options), learned_(learned) {
  const int moments = options.kind == OptimizerKind::kAdam ? 2 : 1;
  for (const auto& parameter : learned_) {
    for (int i = 0; i < moments; ++i) {
      state_.push_back(at::zeros_like(parameter.tensor.detach()));
    }
  }
}

void TorchOptimizer::ClearGradients() {
  for (auto& parameter : learned_) parameter.tensor.mutable_grad() = at::Tensor();
}

float TorchOptimizer::GradientScale() const {
  if (options_.gradient_limit <= 0.0f) return 1.0f;
  double squares = 0.0;
  for (const auto& parameter : learned_) {
    if (!parameter.tensor.grad().defined()) continue;
    const double norm = parameter.tensor.grad().norm().item<float>();
    squares += norm * norm;
  }
  return static_cast<float>(std::min(1.0, options_.gradient_limit / (std::sqrt(squares) + 1e-6)));
}

void TorchOptimizer::Step(float base_rate) {
  const at::NoGradGuard no_gradients;
  const float scale = GradientScale();
  ++steps_;
  for (std::size_t i = 0; i < learned_.size(); ++i) {
    at::Tensor& weights = learned_[i].tensor;
    const float learning_rate =
        base_rate * (learned_[i].makes_output ? options_.output_rate : 1.0f);
    at::Tensor gradient = weights.grad();
    if (!gradient.defined()) continue;
    if (scale != 1.0f) gradient.mul_(scale);
    const float decay = learned_[i].decays ? options_.weight_decay : 0.0f;
    if (options_.kind == OptimizerKind::kSgd) {
      if (decay != 0.0f) gradient.add_(weights, decay);
      state_[i].mul_(options_.momentum).add_(gradient);
      weights.add_(state_[i], -learning_rate);
      continue;
    }
    constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEpsilon = 1e-8;
    at::Tensor& first = state_[2 * i];
    at::Tensor& second = state_[2 * i + 1];
    first.mul_(kBeta1).add_(gradient, 1.0 - kBeta1);
    second.mul_(kBeta2).addcmul_(gradient, gradient, 1.0 - kBeta2);
    const double correction1 = 1.0 - std::pow(kBeta1, static_cast<double>(steps_));
    const double correction2 = 1.0 - std::pow(kBeta2, static_cast<double>(steps_));
    if (decay != 0.0f) weights.mul_(1.0 - learning_rate * decay);
    const at::Tensor spread = (second / correction2).sqrt_().add_(kEpsilon);
    weights.addcdiv_(first, spread, -learning_rate / correction1);
  }
}

}  // namespace vigil::training
