#include <algorithm>
#include <cmath>
#include <iostream>

#include <CLI/Error.hpp>
#include <nlohmann/json.hpp>

#include "engine/base/text.h"
#include "engine/verify/layers.h"
#include "tools/vigil/backend_options.h"
#include "tools/vigil/format.h"
#include "tools/vigil/input_file.h"
#include "tools/vigil/tap_costs.h"
#include "tools/vigil/verify.h"

namespace vigil {
namespace {

struct Verification {
  std::string backend;
  std::string inputs;  // what they are, in words
  std::int64_t batch = 1;
  Precision precision = Precision::kFloat32;
  LayerReport report;
};

std::vector<std::string> TapNames(const Graph& graph, const std::vector<std::string>& asked) {
  return asked == std::vector<std::string>{"all"} ? TapCandidates(graph) : asked;
}

Verification Verify(const VerifyOptions& options) {
  Graph graph = options.model.Load();
  graph = graph.WithTaps(TapNames(graph, options.taps));
  Verification result;
  std::vector<Tensor> inputs;
  if (options.inputs.empty()) {
    if (options.batch > 0) graph = graph.WithBatch(options.batch);
    inputs = RandomInputs(graph, options.seed);
    result.inputs = Text("random in [-1, 1), seed ", options.seed);
  } else {
    inputs = LoadInputs(graph, options.inputs);
    for (const std::string& path : options.inputs) {
      result.inputs += Text(result.inputs.empty() ? "" : ", ", path);
    }
  }
  const BackendOptions opened{options.backends.empty() ? "auto" : options.backends.front(),
                              options.device};
  const std::shared_ptr<Backend> backend = opened.Open();
  PrecisionChoice choice = options.precision.Choose(graph, *backend, {.batch = graph.batch()});
  result.precision = choice.precision;
  result.backend = Describe(*backend, choice.precision);
  const Shape& first = inputs.front().shape();
  result.batch = first.rank() > 0 ? first[0] : 1;
  result.report = VerifyLayers(graph, inputs, *backend, {}, choice.lowered);
  return result;
}

// Largest part of the tolerance first.
std::vector<const LayerCheck*> Worst(const LayerReport& report, int count) {
  std::vector<const LayerCheck*> layers;
  for (const LayerCheck& layer : report.layers) layers.push_back(&layer);
  std::ranges::stable_sort(layers, std::greater{},
                           [](const LayerCheck* layer) { return layer->deviation.ratio; });
  layers.resize(std::min(layers.size(), static_cast<std::size_t>(count)));
  return layers;
}

// JSON knows no infinity: null where nothing finite can be said.
nlohmann::json Number(double number) {
  return std::isfinite(number) ? nlohmann::json(number) : nlohmann::json(nullptr);
}

nlohmann::json ToJson(const LayerCheck& layer) {
  return {{"node", layer.node},
          {"operator", layer.op},
          {"value", layer.value},
          {"error", Number(layer.deviation.error)},
          {"tolerance", Number(layer.deviation.tolerance)},
          {"ratio", Number(layer.deviation.ratio)},
          {"elements_outside", layer.deviation.outside},
          {"elements", layer.shape.elements()},
          {"mismatch", layer.mismatch}};
}

void PrintJson(const VerifyOptions& options, const Verification& result) {
  nlohmann::json layers = nlohmann::json::array(), outputs = nlohmann::json::array();
  for (const LayerCheck& layer : result.report.layers) layers.push_back(ToJson(layer));
  for (const OutputCheck& output : result.report.outputs) {
    outputs.push_back({{"value", output.value},
                       {"largest_error", Number(output.largest_error)},
                       {"root_mean_square", Number(output.root_mean_square)}});
  }
  const LayerCheck* first = result.report.FirstOutside();
  nlohmann::json report{{"model", options.model.path},
                        {"backend", result.backend},
                        {"precision", PrecisionName(result.precision)},
                        {"inputs", result.inputs},
                        {"batch", result.batch},
                        {"passed", first == nullptr},
                        {"layers", layers},
                        {"outputs", outputs}};
  report["first_outside"] = first ? nlohmann::json(first->node) : nlohmann::json(nullptr);
  std::cout << report.dump(2) << "\n";
}

void PrintOutputs(const LayerReport& report) {
  std::cout << "\nEnd to end, where the layers' errors add up\n";
  Table table({"output", "largest error", "% of the output's RMS"});
  for (const OutputCheck& output : report.outputs) {
    const bool relative = output.root_mean_square > 0;
    table.Add(
        {output.value, FormatScientific(output.largest_error),
         relative ? FormatFixed(100 * output.largest_error / output.root_mean_square, 4) : "-"});
  }
  table.Print(std::cout);
}

void Print(const VerifyOptions& options, const Verification& result) {
  const LayerReport& report = result.report;
  std::cout << options.model.path << " on " << result.backend << ", batch " << result.batch
            << ", against reference\n  inputs " << result.inputs << "\n\n"
            << "Worst of " << report.layers.size()
            << " layers, each run alone on the reference's inputs\n";
  Table table({"node", "operator", "value", "error", "tolerance", "ratio", "outside"}, {1, 2});
  for (const LayerCheck* layer : Worst(report, options.worst)) {
    const Deviation& deviation = layer->deviation;
    table.Add({layer->node, layer->op, layer->value, FormatScientific(deviation.error),
               FormatScientific(deviation.tolerance), FormatFixed(deviation.ratio, 3),
               Text(deviation.outside, "/", layer->shape.elements())});
  }
  table.Print(std::cout);
  PrintOutputs(report);
  const LayerCheck* first = report.FirstOutside();
  if (!first) {
    std::cout << "\nall layers are within their tolerance\n";
    return;
  }
  const auto outside = std::ranges::count_if(
      report.layers, [](const LayerCheck& layer) { return !layer.deviation.within(); });
  std::cout << "\n"
            << outside << " of " << report.layers.size()
            << " layers leave their tolerance; the first is '" << first->node << "' (" << first->op
            << "), value '" << first->value << "': " << first->mismatch << "\n";
}

}  // namespace

void VerifyModel(const VerifyOptions& options) {
  const Verification result = Verify(options);
  options.json ? PrintJson(options, result) : Print(options, result);
  if (result.report.FirstOutside()) throw CLI::RuntimeError(1);
}

}  // namespace vigil
