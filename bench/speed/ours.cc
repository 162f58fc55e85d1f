#include <array>

#include "bench/figures.h"
#include "bench/speed/contender.h"
#include "engine/base/text.h"
#include "engine/session/backends.h"

namespace vigil::bench {
namespace {

class Ours final : public Contender {
 public:
  Ours(const Work& work, const std::string& backend, int device, int threads)
      : views_(work.views()),
        output_(work.graph.value(work.graph.outputs()[0]).desc),
        outputs_{output_.view()},
        executable_(OpenBackend(backend, device)
                        ->Compile(work.graph, {.batch = work.batch, .threads = threads})) {}

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

std::vector<ConstTensorView> Work::views() const {
  std::vector<ConstTensorView> views;
  for (const Tensor& input : inputs) views.push_back(input.view());
  return views;
}

ContenderFactory OursOn(const std::string& backend, int device) {
  return {backend == "vulkan" ? Text(backend, ":", device) : backend, true,
          [=](const Work& work, int threads) {
            return std::make_unique<Ours>(work, backend, device, threads);
          }};
}

}  // namespace vigil::bench
