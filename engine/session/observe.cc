#include "engine/session/observe.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace vigil {

Observer::Observer(Backend& backend, const Graph& graph, std::span<const std::string> names) {
  const Graph tapped = graph.WithTaps(names);
  executable_ = backend.Compile(tapped, {.batch = graph.batch()});
  for (const TensorDesc& desc : tapped.Descs(tapped.outputs())) outputs_.emplace_back(desc);
  for (const TensorDesc& desc : tapped.Descs(tapped.taps())) values_.emplace_back(desc);
  slot_.resize(executable_->info().tap_slot_bytes);
}

void Observer::Run(std::span<const ConstTensorView> inputs) {
  std::vector<TensorView> outputs;
  for (Tensor& output : outputs_) outputs.push_back(output.view());
  executable_->Run(inputs, outputs, slot_);
  std::span<const std::byte> rest = slot_;
  for (Tensor& value : values_) {
    Decode(rest.first(value.desc().bytes()), Encoding::kFloat32, value.view());
    rest = rest.subspan(value.desc().bytes());
  }
}

std::vector<std::string> FloatValues(const Graph& graph) {
  std::vector<std::string> names;
  for (const Value& value : graph.values()) {
    if (!value.constant && value.desc.dtype == DType::kFloat32) names.push_back(value.name);
  }
  return names;
}

Magnitudes ProbeMagnitudes(Backend& backend, const Graph& graph,
                           std::span<const std::vector<Tensor>> probes) {
  const std::vector<std::string> names = FloatValues(graph);
  Observer observer(backend, graph, names);
  Magnitudes magnitudes;
  for (const std::vector<Tensor>& probe : probes) {
    std::vector<ConstTensorView> inputs;
    for (const Tensor& input : probe) inputs.push_back(input.view());
    observer.Run(inputs);
    for (std::size_t i = 0; i < names.size(); ++i) {
      float& largest = magnitudes[names[i]];
      for (const float x : observer.values()[i].as<float>()) {
        if (!(std::abs(x) <= largest)) largest = std::isnan(x) ? INFINITY : std::abs(x);
      }
    }
  }
  return magnitudes;
}

std::vector<std::vector<Tensor>> NormalProbes(const Graph& graph, int count, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  std::normal_distribution<float> normal;
  std::vector<std::vector<Tensor>> probes;
  for (int i = 0; i < count; ++i) {
    std::vector<Tensor>& inputs = probes.emplace_back();
    for (const TensorDesc& desc : graph.Descs(graph.inputs())) {
      Tensor& input = inputs.emplace_back(desc);
      if (desc.dtype != DType::kFloat32) continue;
      for (float& x : input.as<float>()) x = std::clamp(normal(generator), -3.0f, 3.0f);
    }
  }
  return probes;
}

}  // namespace vigil
