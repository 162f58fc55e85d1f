#include "bench/peers/peer.h"
#include "estimator/training/torch_executor.h"

extern "C" void omp_set_num_threads(int threads);  // of the runtime that libtorch is linked with

namespace vigil::bench {
namespace {

// The training executor without gradients: the graph read from the same file, on libtorch.
class LibtorchPeerImplementation : public Peer {
 public:
  LibtorchPeerImplementation(const Graph& graph, int threads)
      : executor_(graph, "cpu"), threads_(threads) {}

  std::vector<float> Run(std::span<const ConstTensorView> inputs) override {
    omp_set_num_threads(threads_);
    const std::vector<Tensor> outputs = executor_.Forward(inputs);
    const auto values = outputs[0].as<float>();
    return {values.begin(), values.end()};
  }

 private:
  TorchExecutor executor_;
  int threads_;
};

}  // namespace

PeerFactory LibtorchPeer() {
  return {"libtorch", [](const auto&, const Graph& graph, std::int64_t, int threads) {
            return std::make_unique<LibtorchPeerImplementation>(graph, threads);
          }};
}

}  // namespace vigil::bench
