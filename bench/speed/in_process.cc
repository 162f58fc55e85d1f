// Peers that are libraries of this process.
#include <utility>

#include "bench/figures.h"
#include "bench/peers/peer.h"
#include "bench/speed/contender.h"

namespace vigil::bench {
namespace {

class InProcess final : public Contender {
 public:
  InProcess(std::unique_ptr<Peer> peer, const Work& work)
      : peer_(std::move(peer)), views_(work.views()) {}

  std::vector<float> Answer() override { return peer_->Run(views_); }
  double Milliseconds() override {
    const auto begin = Clock::now();
    peer_->Run(views_);
    return MicrosecondsSince(begin) / 1e3;
  }

 private:
  std::unique_ptr<Peer> peer_;
  std::vector<ConstTensorView> views_;
};

ContenderFactory From(PeerFactory factory) {
  return {.name = factory.name,
          .make = [make = std::move(factory.make)](const Work& work, int threads) {
            return std::make_unique<InProcess>(make(work.file, work.graph, work.batch, threads),
                                               work);
          }};
}

}  // namespace

ContenderFactory Opencv() { return From(OpencvPeer()); }

#if VIGIL_HAVE_TRAINING
ContenderFactory Libtorch() { return From(LibtorchPeer()); }
#endif

}  // namespace vigil::bench
