#include <array>
#include <utility>

#include "engine/session/backends.h"
#include "estimator/taps/target.h"

namespace vigil {
namespace {

class NetworkTarget final : public Target {
 public:
  NetworkTarget(const Graph& graph, std::shared_ptr<Backend> backend,
                std::span<const Encoding> encodings, int threads)
      : plan_(PlanTaps(graph, encodings)),
        session_(MakeTargetSession(graph, std::move(backend), encodings, threads)),
        input_name_(graph.value(graph.inputs()[0]).name),
        output_(graph.value(graph.outputs()[0]).desc) {}

  Shape output() const override { return output_.shape; }
  const TapPlan& plan() const override { return plan_; }
  const std::string& input_name() const override { return input_name_; }

  TargetAnswer Run(ConstTensorView input, std::span<float> output,
                   std::span<std::byte> slot) override {
    const TensorView result{output_, output.data()};
    RunReport report = session_.Run(std::array{input}, std::array{result}, slot);
    return {.recovered = report.recovered, .failure = std::move(report.failure)};
  }

 private:
  TapPlan plan_;
  Session session_;
  std::string input_name_;
  TensorDesc output_;
};

}  // namespace

Session MakeTargetSession(const Graph& graph, std::shared_ptr<Backend> backend,
                          std::span<const Encoding> encodings, int threads) {
  CompileOptions options;
  options.threads = threads;
  options.tap_encodings.assign(encodings.begin(), encodings.end());
  if (encodings.size() == 1) options.tap_encodings.assign(graph.taps().size(), encodings[0]);
  Session session(graph, std::move(backend), std::move(options), [] { return OpenBackend("cpu"); });
  session.Prepare(1);
  return session;
}

std::unique_ptr<Target> MakeNetworkTarget(const Graph& graph, std::shared_ptr<Backend> backend,
                                          std::span<const Encoding> encodings, int threads) {
  return std::make_unique<NetworkTarget>(graph, std::move(backend), encodings, threads);
}

}  // namespace vigil
