#include <random>

#include "bench/speed/contender.h"
#include "bench/speed/networks.h"
#include "engine/graph/quantize_model.h"
#include "engine/onnx/onnx.h"
#include "engine/session/backends.h"
#include "engine/session/calibration.h"

namespace vigil::bench {

std::vector<ConstTensorView> Work::views() const {
  std::vector<ConstTensorView> views;
  for (const Tensor& input : inputs) views.push_back(input.view());
  return views;
}

Work MakeWork(const std::string& network, std::int64_t batch, const std::filesystem::path& file) {
  const Graph graph = NetworkOf(network).WithTaps({}).WithBatch(batch);
  Work work{network, batch, Precision::kFloat32, graph, file, {}};
  SaveOnnx(graph, work.file);
  std::mt19937 generator(1);
  std::normal_distribution<float> normal(0.0f, 0.5f);
  for (const ValueId id : graph.inputs()) {
    Tensor& tensor = work.inputs.emplace_back(graph.value(id).desc);
    for (float& x : tensor.as<float>()) x = normal(generator);
  }
  return work;
}

Work Quantized(const Work& work, const std::filesystem::path& file) {
  const Graph prepared = PrepareToQuantize(work.graph);
  const auto histograms =
      Calibrate(*OpenBackend("cpu"), prepared, [&](const auto& visit) { visit(work.views()); });
  std::map<std::string, ValueRange> ranges;
  for (const auto& [name, histogram] : histograms)
    ranges[name] = RangeOf(histogram, CalibrationMethod::kMinMax);
  Work quantized{work.network, work.batch, Precision::kInt8, QuantizeModel(prepared, ranges),
                 file,         {}};
  SaveOnnx(quantized.graph, file);
  for (const Tensor& input : work.inputs) quantized.inputs.push_back(input.Clone());
  return quantized;
}

Work Halved(const Work& work) {
  Work halved{work.network, work.batch, Precision::kFloat16, work.graph, work.file, {}};
  for (const Tensor& input : work.inputs) halved.inputs.push_back(input.Clone());
  return halved;
}

}  // namespace vigil::bench
