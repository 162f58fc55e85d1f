#include <opencv2/core.hpp>
#include <opencv2/dnn.hpp>

#include "bench/peers/opencv_file.h"
#include "bench/peers/peer.h"
#include "engine/base/text.h"

namespace vigil::bench {
namespace {

class OpencvNetwork : public Peer {
 public:
  OpencvNetwork(const std::filesystem::path& file, const Graph& graph, std::int64_t batch,
                int threads)
      : graph_(graph), threads_(threads) {
    network_ = cv::dnn::readNetFromONNX(ReadForOpencv(file, batch));
    network_.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
    network_.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
  }

  std::vector<float> Run(std::span<const ConstTensorView> inputs) override {
    cv::setNumThreads(threads_);  // of the process
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const Value& value = graph_.value(graph_.inputs()[i]);
      const auto dims = inputs[i].desc.shape.dims();
      const std::vector<int> sizes(dims.begin(), dims.end());
      network_.setInput(cv::Mat(sizes, CV_32F, const_cast<void*>(inputs[i].data)), value.name);
    }
    const cv::Mat output = network_.forward(graph_.value(graph_.outputs()[0]).name);
    return {output.ptr<float>(), output.ptr<float>() + output.total()};
  }

 private:
  const Graph& graph_;
  int threads_;
  cv::dnn::Net network_;
};

// OpenCV's failures as ours, on one line.
class OpencvPeerImplementation : public Peer {
 public:
  OpencvPeerImplementation(const std::filesystem::path& file, const Graph& graph,
                           std::int64_t batch, int threads) {
    Guard([&] { network_ = std::make_unique<OpencvNetwork>(file, graph, batch, threads); });
  }

  std::vector<float> Run(std::span<const ConstTensorView> inputs) override {
    std::vector<float> output;
    Guard([&] { output = network_->Run(inputs); });
    return output;
  }

 private:
  template <typename Action>
  static void Guard(const Action& action) {
    try {
      action();
    } catch (const cv::Exception& error) {
      throw Error(Fault::kModel, ErrorCode::kUnsupported, Text("OpenCV DNN: ", error.err));
    }
  }

  std::unique_ptr<OpencvNetwork> network_;
};

}  // namespace

PeerFactory OpencvPeer() {
  return {Text("OpenCV DNN ", CV_VERSION),
          [](const auto& file, const Graph& graph, std::int64_t batch, int threads) {
            return std::make_unique<OpencvPeerImplementation>(file, graph, batch, threads);
          }};
}

}  // namespace vigil::bench
