#include <algorithm>
#include <chrono>
#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "engine/base/text.h"
#include "engine/session/session.h"
#include "tools/vigil/backend_options.h"
#include "tools/vigil/command.h"
#include "tools/vigil/format.h"
#include "tools/vigil/input_file.h"
#include "tools/vigil/model_options.h"
#include "tools/vigil/precision_options.h"

namespace vigil {
namespace {

struct Options {
  ModelOptions model;
  std::vector<std::string> inputs;
  std::vector<std::string> taps;
  BackendOptions backend;
  PrecisionOptions precision;
  bool json = false;
};

struct NamedTensor {
  std::string name;
  Tensor tensor;
};

struct Result {
  std::vector<NamedTensor> outputs, taps;
  std::string backend;
  bool in_float32 = false;    // though asked for less: RunReport
  double milliseconds = 0.0;  // of the second run; the first warms caches
};

// The taps of a run, whose slot holds them as they are, one after the other.
std::vector<NamedTensor> ReadTaps(const Graph& graph, std::span<const std::byte> slot) {
  std::vector<NamedTensor> taps;
  for (const ValueId id : graph.taps()) {
    const Value& value = graph.value(id);
    Tensor tensor(value.desc);
    const std::size_t bytes = static_cast<std::size_t>(value.desc.shape[0]) *
                              EncodedSampleBytes(value.desc, Encoding::kFloat32);
    Decode(slot.first(bytes), Encoding::kFloat32, tensor.view());
    slot = slot.subspan(bytes);
    taps.push_back({value.name, std::move(tensor)});
  }
  return taps;
}

Result Execute(const Options& options) {
  const Graph graph = options.model.Load().WithTaps(options.taps);
  const std::vector<Tensor> inputs = LoadInputs(graph, options.inputs);
  const std::int64_t batch = inputs[0].shape().rank() ? inputs[0].shape()[0] : 1;
  const std::shared_ptr<Backend> backend = options.backend.Open();
  // Probed at the graph's own batch.
  PrecisionChoice choice = options.precision.Choose(graph, *backend, {.batch = graph.batch()});
  Session session(graph, backend, {}, nullptr, std::move(choice.lowered));
  session.Prepare(batch);

  const Graph sized = graph.WithBatch(batch);
  Result result;
  std::vector<ConstTensorView> input_views;
  std::vector<TensorView> output_views;
  for (const Tensor& input : inputs) input_views.push_back(input.view());
  for (const ValueId id : sized.outputs()) {
    result.outputs.push_back({sized.value(id).name, Tensor(sized.value(id).desc)});
  }
  for (NamedTensor& output : result.outputs) output_views.push_back(output.tensor.view());
  std::vector<std::byte> slot(session.tap_slot_bytes(batch));
  result.in_float32 = session.Run(input_views, output_views, slot).in_float32;
  const auto before = std::chrono::steady_clock::now();
  session.Run(input_views, output_views, slot);
  const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - before;
  result.milliseconds = spent.count();
  result.taps = ReadTaps(sized, slot);
  result.backend = Describe(session.backend(), choice.precision);
  return result;
}

struct Statistics {
  float low = 0, high = 0;
  double mean = 0;
};

Statistics StatisticsOf(std::span<const float> values) {
  if (values.empty()) return {};
  const auto [low, high] = std::ranges::minmax_element(values);
  double sum = 0;
  for (const float x : values) sum += x;
  return {*low, *high, sum / static_cast<double>(values.size())};
}

// Elements of any type as numbers to show.
std::vector<float> NumbersOf(const Tensor& tensor) {
  std::vector<float> numbers(static_cast<std::size_t>(tensor.shape().elements()));
  const OpAttrs cast = CastAttrs{DType::kFloat32};
  const ConstTensorView in = tensor.view();
  const TensorView out{{DType::kFloat32, tensor.shape()}, numbers.data()};
  OpOf(cast).reference(cast, {&in, 1}, {&out, 1});
  return numbers;
}

nlohmann::json ToJson(const NamedTensor& named, bool with_values) {
  const auto dims = named.tensor.shape().dims();
  const std::vector<float> values = NumbersOf(named.tensor);
  const Statistics statistics = StatisticsOf(values);
  nlohmann::json json{{"name", named.name},
                      {"shape", std::vector<std::int64_t>(dims.begin(), dims.end())},
                      {"min", statistics.low},
                      {"max", statistics.high},
                      {"mean", statistics.mean}};
  if (with_values) json["values"] = values;
  return json;
}

void PrintJson(const Options& options, const Result& result) {
  nlohmann::json outputs = nlohmann::json::array(), taps = nlohmann::json::array();
  for (const NamedTensor& output : result.outputs) outputs.push_back(ToJson(output, true));
  for (const NamedTensor& tap : result.taps) taps.push_back(ToJson(tap, false));
  const nlohmann::json report{{"model", options.model.path},
                              {"backend", result.backend},
                              {"answered_in_fp32", result.in_float32},
                              {"milliseconds", result.milliseconds},
                              {"outputs", outputs},
                              {"taps", taps}};
  std::cout << report.dump(2) << "\n";
}

std::string FirstValues(std::span<const float> values) {
  constexpr std::size_t kShown = 10;
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, values.size()); ++i) {
    text += (i ? " " : "") + FormatFixed(values[i], 4);
  }
  return values.size() > kShown ? text + " ..." : text;
}

void Print(const Options& options, const Result& result) {
  std::cout << options.model.path << " on " << result.backend << ": "
            << FormatFixed(result.milliseconds, 2) << " ms"
            << (result.in_float32 ? "; it overflowed, fp32 answered instead" : "") << "\n";
  Table table({"value", "shape", "min", "max", "mean", "first values"}, {1, 5});
  const auto add = [&](const NamedTensor& named) {
    const std::vector<float> values = NumbersOf(named.tensor);
    const Statistics statistics = StatisticsOf(values);
    table.Add({named.name, named.tensor.shape().ToString(), FormatFixed(statistics.low, 4),
               FormatFixed(statistics.high, 4), FormatFixed(statistics.mean, 4),
               FirstValues(values)});
  };
  for (const NamedTensor& output : result.outputs) add(output);
  for (const NamedTensor& tap : result.taps) add(tap);
  table.Print(std::cout);
}

}  // namespace

void AddRunCommand(CLI::App& app) {
  CLI::App* command = app.add_subcommand("run", "Runs a model on inputs from files");
  const auto options = std::make_shared<Options>();
  options->model.AddTo(*command)->required();
  command
      ->add_option("--input", options->inputs,
                   "One file an input, in the model's order: .pb (ONNX TensorProto), .npy "
                   "(float32), or an image, whose central square is taken")
      ->required();
  command->add_option("--taps", options->taps, "Values to show besides the outputs")
      ->delimiter(',');
  options->backend.AddTo(*command);
  options->precision.AddTo(*command);
  command->add_flag("--json", options->json, "Print JSON");
  command->callback([options] {
    const Result result = Execute(*options);
    options->json ? PrintJson(*options, result) : Print(*options, result);
  });
}

}  // namespace vigil
