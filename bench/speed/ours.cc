#include <array>

#include "bench/figures.h"
#include "bench/speed/contender.h"
#include "engine/cpu/arithmetics.h"
#include "engine/graph/fuse_quantized.h"
#include "engine/graph/passes.h"
#include "engine/session/backends.h"

namespace vigil::bench {
namespace {

class Ours final : public Contender {
 public:
  Ours(const Work& work, std::unique_ptr<Executable> executable)
      : views_(work.views()),
        output_(work.graph.value(work.graph.outputs()[0]).desc),
        outputs_{output_.view()},
        executable_(std::move(executable)) {}

  std::vector<float> Answer() override {
    executable_->Run(views_, outputs_);
    return {output_.as<float>().begin(), output_.as<float>().end()};
  }
  double Milliseconds() override {
    const auto begin = Clock::now();
    executable_->Run(views_, outputs_);
    return MicrosecondsSince(begin) / 1e3;
  }

 private:
  std::vector<ConstTensorView> views_;
  Tensor output_;
  std::array<TensorView, 1> outputs_;
  std::unique_ptr<Executable> executable_;
};

}  // namespace

Graph Lowered(const Work& work) { return work.int8 ? FuseQuantized(work.graph) : work.graph; }

std::shared_ptr<Backend> OpenDevice(const std::string& device) {
  const std::size_t colon = device.find(':');
  return colon == std::string::npos
             ? OpenBackend(device)
             : OpenBackend(device.substr(0, colon), std::stoi(device.substr(colon + 1)));
}

ContenderFactory OursOn(const std::string& device) {
  return {device, true, true,
          [=](const Work& work, int threads) {
            return std::make_unique<Ours>(
                work, OpenDevice(device)->Compile(Lowered(work),
                                                  {.batch = work.batch, .threads = threads}));
          },
          device};
}

#if VIGIL_HAVE_ONEDNN
ContenderFactory OursOnOnednn() {
  return {"cpu, oneDNN alone", false, false, [](const Work& work, int threads) {
            return std::make_unique<Ours>(
                work, cpu::onednn::CompileGraph(Optimize(Lowered(work)),
                                                {.batch = work.batch, .threads = threads}));
          }};
}
#endif

}  // namespace vigil::bench
