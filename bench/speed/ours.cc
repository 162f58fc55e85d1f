#include <array>

#include "bench/figures.h"
#include "bench/speed/contender.h"
#include "engine/base/text.h"
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

Graph Lowered(const Work& work) { return work.int8 ? FuseQuantized(work.graph) : work.graph; }

}  // namespace

ContenderFactory OursOn(const std::string& backend, int device) {
  return {backend == "vulkan" ? Text(backend, ":", device) : backend, true, true,
          [=](const Work& work, int threads) {
            return std::make_unique<Ours>(
                work, OpenBackend(backend, device)
                          ->Compile(Lowered(work), {.batch = work.batch, .threads = threads}));
          }};
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
