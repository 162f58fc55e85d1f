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

Graph Lowered(const Work& work, Backend& backend) {
  if (work.int8()) return FuseQuantized(work.graph);
  if (work.precision != Precision::kFloat16) return work.graph;
  std::vector<std::vector<Tensor>> probes(1);
  for (const Tensor& input : work.inputs) probes[0].push_back(input.Clone());
  return *ChoosePrecision(work.graph, backend, Precision::kFloat16, {.batch = work.batch}, probes)
              .lowered;
}

std::shared_ptr<Backend> OpenDevice(const std::string& device) {
  const std::size_t colon = device.find(':');
  return colon == std::string::npos
             ? OpenBackend(device)
             : OpenBackend(device.substr(0, colon), std::stoi(device.substr(colon + 1)));
}

ContenderFactory OursOn(const std::string& device) {
  return {.name = device,
          .ours = true,
          .int8 = true,
          .half = true,
          .make =
              [=](const Work& work, int threads) {
                const std::shared_ptr<Backend> backend = OpenDevice(device);
                return std::make_unique<Ours>(
                    work, backend->Compile(Lowered(work, *backend),
                                           {.batch = work.batch, .threads = threads}));
              },
          .device = device};
}

#if VIGIL_HAVE_ONEDNN
ContenderFactory OursOnOnednn() {
  return {.name = "cpu, oneDNN alone", .make = [](const Work& work, int threads) {
            return std::make_unique<Ours>(
                work, cpu::onednn::CompileGraph(Optimize(work.graph),
                                                {.batch = work.batch, .threads = threads}));
          }};
}
#endif

}  // namespace vigil::bench
