// Other people's ways to run the same ONNX file, to measure beside ours.
#ifndef VIGIL_BENCH_PEERS_PEER_H_
#define VIGIL_BENCH_PEERS_PEER_H_

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/graph/graph.h"

namespace vigil::bench {

// Runs a model for one batch size. Not thread-safe.
class Peer {
 public:
  virtual ~Peer() = default;
  // Inputs as the graph orders them; answers with the first output.
  virtual std::vector<float> Run(std::span<const ConstTensorView> inputs) = 0;
};

struct PeerFactory {
  std::string name;  // with version: "OpenCV DNN 4.6.0"
  // `graph` is what `file` holds; `threads` 1 or more. Throws Error (Model, kUnsupported) where the
  // peer cannot run it.
  std::function<std::unique_ptr<Peer>(const std::filesystem::path& file, const Graph& graph,
                                      std::int64_t batch, int threads)>
      make;
};

PeerFactory OpencvPeer();
PeerFactory LibtorchPeer();  // of a build with training alone

}  // namespace vigil::bench

#endif  // VIGIL_BENCH_PEERS_PEER_H_
