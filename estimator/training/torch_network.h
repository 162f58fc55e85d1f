// A Graph's constants as libtorch's tensors, and its forward run. Private to the room: this header
// brings in ATen.
#ifndef VIGIL_ESTIMATOR_TRAINING_TORCH_NETWORK_H_
#define VIGIL_ESTIMATOR_TRAINING_TORCH_NETWORK_H_

#include <map>
#include <span>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "engine/graph/graph.h"

namespace vigil::training {

class TorchNetwork {
 public:
  struct Learned {
    ValueId id;
    at::Tensor tensor;  // a leaf that requires its gradient
    bool decays;        // weights of Conv and Gemm; not biases, not batch norms
    bool makes_output;  // belongs to a node that makes an output of the graph
  };

  // As TorchExecutor's constructor.
  TorchNetwork(const Graph& graph, const std::string& device);

  // Outputs, then taps. Records what gradients need where autograd is on (at::GradMode).
  // Throws Error as TorchExecutor::Forward does.
  std::vector<at::Tensor> Forward(const std::vector<at::Tensor>& inputs, bool training);

  // The views as tensors of this network's device and layout, copied, their shapes checked.
  std::vector<at::Tensor> Inputs(std::span<const ConstTensorView> views) const;

  const Graph& graph() const { return graph_; }
  const at::Device& device() const { return device_; }
  std::vector<Learned>& learned() { return learned_; }
  const std::vector<Learned>& learned() const { return learned_; }
  // Everything that training changes: what is learned, then running statistics.
  std::vector<at::Tensor> State() const;
  Graph ToGraph() const;

 private:
  void AddConstant(ValueId id);

  Graph graph_;
  at::Device device_;
  std::map<ValueId, at::Tensor> constants_;
  std::vector<Learned> learned_;
  std::vector<ValueId> statistics_;
  std::vector<std::vector<ValueId>> dead_after_;  // for each node: values that nothing reads later
};

// A row-major copy on the host.
Tensor ToHost(const at::Tensor& tensor);
// A tensor of libtorch over the view's memory, which must outlive it. REQUIRES: float32 or int32.
at::Tensor Borrow(ConstTensorView view);

}  // namespace vigil::training

#endif  // VIGIL_ESTIMATOR_TRAINING_TORCH_NETWORK_H_
