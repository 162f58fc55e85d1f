// T and PE on every backend of this machine, beside other engines on the same ONNX file in the same
// run. What runs must first agree with the cpu backend, so that no one is timed at a wrong answer.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <random>

#include <benchmark/benchmark.h>
#include <unistd.h>

#include "bench/peers/peer.h"
#include "engine/base/program.h"
#include "engine/base/text.h"
#include "engine/cpu/cpu_backend.h"
#include "engine/onnx/onnx.h"
#include "engine/session/backends.h"
#include "estimator/models/estimator.h"
#include "estimator/models/mobilenet_v2.h"

namespace vigil::bench {
namespace {

struct Model {
  std::string name;
  std::filesystem::path file;
  Graph graph;  // as read back from the file
};

struct Inputs {
  std::vector<Tensor> tensors;
  std::vector<ConstTensorView> views;

  Inputs(const Graph& graph, std::int64_t batch) {
    std::mt19937 generator(1);
    std::normal_distribution<float> normal(0.0f, 0.5f);
    for (const ValueId id : graph.inputs()) {
      const Shape& shape = graph.value(id).desc.shape;
      Tensor& tensor = tensors.emplace_back(TensorDesc{DType::kFloat32, shape.With(0, batch)});
      for (float& x : tensor.as<float>()) x = normal(generator);
    }
    for (const Tensor& tensor : tensors) views.push_back(tensor.view());
  }
};

std::vector<float> RunOnce(Executable& executable, const Graph& sized, const Inputs& inputs) {
  Tensor output(sized.value(sized.outputs()[0]).desc);
  executable.Run(inputs.views, std::array{output.view()});
  return {output.as<float>().begin(), output.as<float>().end()};
}

// Empty where they agree; sums of different order differ by far less than this.
std::string Disagreement(const std::vector<float>& got, const std::vector<float>& expected) {
  if (got.size() != expected.size()) return "another number of outputs";
  float largest = 0.0f, difference = 0.0f;
  for (std::size_t i = 0; i < got.size(); ++i) {
    largest = std::max(largest, std::abs(expected[i]));
    difference = std::max(difference, std::abs(got[i] - expected[i]));
  }
  return difference <= 1e-3f * largest + 1e-5f ? "" : Text("output differs by ", difference);
}

std::vector<float> Expected(const Graph& sized, const Inputs& inputs, std::int64_t batch) {
  return RunOnce(*MakeCpuBackend()->Compile(sized, {.batch = batch}), sized, inputs);
}

void Count(benchmark::State& state, const Graph& sized, std::int64_t batch) {
  state.counters["GFLOP"] = benchmark::Counter(static_cast<double>(sized.Cost().flops) / 1e9,
                                               benchmark::Counter::kIsIterationInvariantRate);
  state.counters["samples"] =
      benchmark::Counter(static_cast<double>(batch), benchmark::Counter::kIsIterationInvariantRate);
}

void TimeBackend(benchmark::State& state, const Model& model, const BackendOffer& offer,
                 std::int64_t batch) {
  try {
    const Graph sized = model.graph.WithBatch(batch);
    const Inputs inputs(model.graph, batch);
    const auto backend =
        OpenBackend(offer.backend, offer.backend == "vulkan" ? offer.device_index : -1);
    const auto executable = backend->Compile(sized, {.batch = batch});
    const std::string wrong =
        Disagreement(RunOnce(*executable, sized, inputs), Expected(sized, inputs, batch));
    if (!wrong.empty()) return state.SkipWithError(wrong.c_str());
    Tensor output(sized.value(sized.outputs()[0]).desc);
    const std::array outputs{output.view()};
    for (auto _ : state) executable->Run(inputs.views, outputs);
    Count(state, sized, batch);
  } catch (const Error& error) {
    state.SkipWithError(error.what());
  }
}

void TimePeer(benchmark::State& state, const Model& model, const PeerFactory& factory,
              std::int64_t batch) {
  try {
    const Graph sized = model.graph.WithBatch(batch);
    const Inputs inputs(model.graph, batch);
    const auto peer = factory.make(model.file, model.graph, batch);
    const std::string wrong = Disagreement(peer->Run(inputs.views), Expected(sized, inputs, batch));
    if (!wrong.empty()) return state.SkipWithError(wrong.c_str());
    for (auto _ : state) benchmark::DoNotOptimize(peer->Run(inputs.views));
    Count(state, sized, batch);
  } catch (const Error& error) {
    state.SkipWithError(error.what());
  }
}

void RegisterModel(const Model& model, std::span<const BackendOffer> offers,
                   std::span<const PeerFactory> peers) {
  for (const std::int64_t batch : {1, 8}) {
    const std::string prefix = Text(model.name, "/batch:", batch, "/");
    for (const BackendOffer& offer : offers) {
      const bool reference = offer.backend == "reference";
      if (!offer.available || (reference && batch > 1)) continue;
      const std::string name =
          offer.backend == "vulkan" ? Text("vulkan:", offer.device_index) : offer.backend;
      auto* bench =
          benchmark::RegisterBenchmark((prefix + name).c_str(), TimeBackend, model, offer, batch);
      bench->UseRealTime()->Unit(benchmark::kMillisecond);
      if (reference) bench->Iterations(1);
    }
    for (const PeerFactory& peer : peers) {
      benchmark::RegisterBenchmark((prefix + peer.name).c_str(), TimePeer, model, peer, batch)
          ->UseRealTime()
          ->Unit(benchmark::kMillisecond);
    }
  }
}

Model SaveAndLoad(std::string name, const Graph& graph, const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / (name + ".onnx");
  SaveOnnx(graph, file);
  return {std::move(name), file, LoadOnnx(file)};
}

int Main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / Text("vigil-bench-", getpid());
  std::filesystem::create_directories(folder);

  const std::vector<BackendOffer> offers = ListBackends();
  for (const BackendOffer& offer : offers) {
    benchmark::AddCustomContext(Text(offer.backend, ":", offer.device_index),
                                offer.available ? offer.device : "absent: " + offer.reason);
  }
  std::vector<PeerFactory> peers{OpencvPeer()};
#if VIGIL_HAVE_TRAINING
  peers.push_back(LibtorchPeer());
#endif
  RegisterModel(SaveAndLoad("T", BuildMobileNetV2({}), folder), offers, peers);
  RegisterModel(SaveAndLoad("PE", BuildEstimator({}), folder), offers, peers);
  benchmark::RunSpecifiedBenchmarks();
  std::filesystem::remove_all(folder);
  return 0;
}

}  // namespace
}  // namespace vigil::bench

int main(int argc, char** argv) {
  return vigil::RunProgram("bench", vigil::bench::Main, argc, argv);
}
