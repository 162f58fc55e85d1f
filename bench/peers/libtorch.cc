#include "bench/peers/peer.h"
#include "estimator/training/torch_executor.h"

namespace vigil::bench {
namespace {

// The training executor without gradients: the graph read from the same file, on libtorch.
class LibtorchPeerImplementation : public Peer {
 public:
  explicit LibtorchPeerImplementation(const Graph& graph) : executor_(graph, "cpu") {}

  std::vector<float> Run(std::span<const ConstTensorView> inputs) override {
    const std::vector<Tensor> outputs = executor_.Forward(inputs);
    const auto values = outputs[0].as<float>();
    return {values.begin(), values.end()};
  }

 private:
  TorchExecutor executor_;
};

}  // namespace

PeerFactory LibtorchPeer() {
  return {"libtorch", [](const auto&, const Graph& graph, std::int64_t) {
            return std::make_unique<LibtorchPeerImplementation>(graph);
          }};
}

}  // namespace vigil::bench
