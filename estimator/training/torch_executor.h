// Runs a Graph with libtorch: the very network that the engine runs, but with gradients.
#ifndef VIGIL_ESTIMATOR_TRAINING_TORCH_EXECUTOR_H_
#define VIGIL_ESTIMATOR_TRAINING_TORCH_EXECUTOR_H_

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/graph/graph.h"

namespace vigil {

namespace training {
class TorchNetwork;
}

// Owns a copy of the graph's constants. Parameters are the float constants that Conv, Gemm and
// BatchNormalization read (running statistics are updated, not learned); other constants stay as
// they are. Not thread-safe; libtorch's own threads are set by SetTrainingThreads.
class TorchExecutor {
 public:
  // `device` is libtorch's name of one: "cpu". Throws Error (Model, kUnsupported) for a node with a
  // fused epilogue (train what was built, not what was optimised) or inputs that are not float32;
  // (Gpu, kUnavailable) for a device that this libtorch does not have.
  TorchExecutor(const Graph& graph, const std::string& device);
  ~TorchExecutor();
  TorchExecutor(TorchExecutor&&) noexcept;
  TorchExecutor& operator=(TorchExecutor&&) noexcept;

  // Inputs in the graph's order, float32, of any one batch size; outputs and then taps in the
  // graph's order. `training` uses the batch's own statistics in BatchNormalization (and updates
  // the running ones) and drops in Dropout; gradients are not kept. Throws Error (Input,
  // kInvalidShape | kInvalidType) for inputs that do not fit; (Training, kInvalidShape) for
  // statistics over a single value; (Gpu, kOutOfMemory).
  std::vector<Tensor> Forward(std::span<const ConstTensorView> inputs, bool training = false);

  // The sum of `output_weights` times the first output (same description), run in training mode or
  // not, differentiated: gradients of the learned constants, in the order of
  // learned_constants(). For tests of the gradients.
  std::vector<Tensor> Gradients(std::span<const ConstTensorView> inputs,
                                ConstTensorView output_weights, bool training);
  std::vector<ValueId> learned_constants() const;

  // The graph with the constants as they are now.
  Graph ToGraph() const;

  training::TorchNetwork& network() { return *network_; }  // for this room

 private:
  std::unique_ptr<training::TorchNetwork> network_;
};

// Threads that libtorch uses for one operator, in this process. 0: as many as there are cores.
void SetTrainingThreads(int threads);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_TRAINING_TORCH_EXECUTOR_H_
