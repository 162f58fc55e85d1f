#include "estimator/training/torch_executor.h"

#include <algorithm>
#include <thread>

#include <ATen/Parallel.h>

#include "engine/base/text.h"
#include "estimator/training/torch_network.h"
#include "estimator/training/torch_ops.h"

namespace vigil {

TorchExecutor::TorchExecutor(const Graph& graph, const std::string& device)
    : network_(std::make_unique<training::TorchNetwork>(graph, device)) {}
TorchExecutor::~TorchExecutor() = default;
TorchExecutor::TorchExecutor(TorchExecutor&&) noexcept = default;
TorchExecutor& TorchExecutor::operator=(TorchExecutor&&) noexcept = default;

std::vector<Tensor> TorchExecutor::Forward(std::span<const ConstTensorView> inputs, bool training) {
  const at::NoGradGuard no_gradients;
  std::vector<Tensor> results;
  for (const at::Tensor& tensor : network_->Forward(network_->Inputs(inputs), training)) {
    results.push_back(training::ToHost(tensor));
  }
  return results;
}

std::vector<Tensor> TorchExecutor::Gradients(std::span<const ConstTensorView> inputs,
                                             ConstTensorView output_weights, bool training) {
  const at::Tensor output = network_->Forward(network_->Inputs(inputs), training).front();
  if (!(training::ToHost(output).desc() == output_weights.desc)) {
    throw Error(Fault::kInput, ErrorCode::kInvalidShape,
                Text("output weights are ", output_weights.desc.shape,
                     ": expected the shape of the first output"));
  }
  for (auto& learned : network_->learned()) learned.tensor.mutable_grad() = at::Tensor();
  training::Guarded("gradients", [&] {
    (output * training::Borrow(output_weights).to(network_->device())).sum().backward();
  });
  std::vector<Tensor> gradients;
  for (const auto& learned : network_->learned()) {
    const at::Tensor& gradient = learned.tensor.grad();
    gradients.push_back(
        training::ToHost(gradient.defined() ? gradient : at::zeros_like(learned.tensor)));
  }
  return gradients;
}

std::vector<ValueId> TorchExecutor::learned_constants() const {
  std::vector<ValueId> ids;
  for (const auto& learned : network_->learned()) ids.push_back(learned.id);
  return ids;
}

Graph TorchExecutor::ToGraph() const { return network_->ToGraph(); }

void SetTrainingThreads(int threads) {
  const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  at::set_num_threads(threads > 0 ? threads : cores);
}

}  // namespace vigil
