// The optimizers on libtorch's tensors. Private to the room: this header brings in ATen.
#ifndef VIGIL_ESTIMATOR_TRAINING_TORCH_OPTIMIZER_H_
#define VIGIL_ESTIMATOR_TRAINING_TORCH_OPTIMIZER_H_

#include <cstdint>
#include <vector>

#include "estimator/training/optimizer.h"
#include "estimator/training/torch_network.h"

namespace vigil::training {

class TorchOptimizer {
 public:
  // `learned` is the network's and outlives this.
  TorchOptimizer(const OptimizerOptions& options, std::vector<TorchNetwork::Learned>& learned);

  void ClearGradients();
  // Uses the gradients that a backward run left.
  void Step(float base_rate);

  // Everything besides the parameters that the next step depends on.
  const std::vector<at::Tensor>& state() const { return state_; }
  std::int64_t steps() const { return steps_; }
  void set_steps(std::int64_t steps) { steps_ = steps; }

 private:
  float GradientScale() const;

  OptimizerOptions options_;
  std::vector<TorchNetwork::Learned>& learned_;
  std::vector<at::Tensor> state_;  // Sgd: momentum each; Adam: first then second moment each
  std::int64_t steps_ = 0;
};

}  // namespace vigil::training

#endif  // VIGIL_ESTIMATOR_TRAINING_TORCH_OPTIMIZER_H_
