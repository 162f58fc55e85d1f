#include <algorithm>
#include <chrono>
#include <cmath>
#include <iostream>
#include <random>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "tools/vigil/backend_options.h"
#include "tools/vigil/command.h"
#include "tools/vigil/format.h"
#include "tools/vigil/model_options.h"
#include "tools/vigil/precision_options.h"
#include "tools/vigil/startup_print.h"

namespace vigil {
namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;

struct Options {
  ModelOptions model;
  BackendOptions backend;
  PrecisionOptions precision;
  std::int64_t batch = 1;
  int threads = 0;
  double seconds = 2.0;
  bool profile = false;
  bool startup = false;
  int repeats = 5;
  bool json = false;
};

struct Figures {
  std::string backend;
  double compile_ms = 0, median_ms = 0, p95_ms = 0, gflops = 0;
  std::size_t runs = 0;
  ExecutableInfo info;
  std::vector<NodeTime> nodes;
  PrecisionChoice precision;
};

// Tensors that live as long as the runs, with random inputs.
struct Buffers {
  std::vector<Tensor> inputs, outputs;
  std::vector<ConstTensorView> input_views;
  std::vector<TensorView> output_views;

  explicit Buffers(const Graph& graph) {
    std::mt19937 generator(1);
    std::normal_distribution<float> normal;
    for (const TensorDesc& desc : graph.Descs(graph.inputs())) {
      Tensor& input = inputs.emplace_back(desc);
      if (desc.dtype != DType::kFloat32) continue;
      for (float& x : input.as<float>()) x = normal(generator);
    }
    for (const TensorDesc& desc : graph.Descs(graph.outputs())) outputs.emplace_back(desc);
    for (const Tensor& input : inputs) input_views.push_back(input.view());
    for (Tensor& output : outputs) output_views.push_back(output.view());
  }
};

// Element at `part` (0 to 1) of the sorted times.
double Quantile(const std::vector<double>& sorted, double part) {
  return sorted[static_cast<std::size_t>(
      std::lround(part * static_cast<double>(sorted.size() - 1)))];
}

Figures Measure(const Options& options) {
  const Graph graph = options.model.Load().WithBatch(options.batch);
  const auto backend = options.backend.Open();
  const CompileOptions compile{.batch = options.batch, .threads = options.threads};
  Figures figures;
  figures.precision = options.precision.Choose(graph, *backend, compile);
  figures.backend = Describe(*backend, figures.precision.precision);
  const auto start = std::chrono::steady_clock::now();
  const auto executable = backend->Compile(figures.precision.lowered.value_or(graph), compile);
  figures.compile_ms = Milliseconds(std::chrono::steady_clock::now() - start).count();
  figures.info = executable->info();

  Buffers buffers(graph);
  executable->Run(buffers.input_views, buffers.output_views);  // warms caches
  std::vector<double> times;
  const auto begin = std::chrono::steady_clock::now();
  do {
    const auto before = std::chrono::steady_clock::now();
    executable->Run(buffers.input_views, buffers.output_views);
    times.push_back(Milliseconds(std::chrono::steady_clock::now() - before).count());
  } while (std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() <
           options.seconds);
  std::ranges::sort(times);
  figures.runs = times.size();
  figures.median_ms = Quantile(times, 0.5);
  figures.p95_ms = Quantile(times, 0.95);
  figures.gflops = static_cast<double>(graph.Cost().flops) / figures.median_ms / 1e6;
  if (options.profile) {
    figures.nodes = executable->Profile(buffers.input_views, buffers.output_views);
  }
  return figures;
}

void PrintJson(const Options& options, const Figures& figures) {
  nlohmann::json report{{"model", options.model.path},
                        {"backend", figures.backend},
                        {"precision", PrecisionName(figures.precision.precision)},
                        {"batch", options.batch},
                        {"threads", options.threads},
                        {"runs", figures.runs},
                        {"compile_ms", figures.compile_ms},
                        {"median_ms", figures.median_ms},
                        {"p95_ms", figures.p95_ms},
                        {"gflop_per_second", figures.gflops},
                        {"arena_bytes", figures.info.arena_bytes},
                        {"weight_bytes", figures.info.weight_bytes},
                        {"dispatches", figures.info.dispatches}};
  for (const NodeTime& node : figures.nodes) {
    report["nodes"].push_back(
        {{"node", node.node}, {"operator", node.op}, {"milliseconds", node.milliseconds}});
  }
  std::cout << report.dump(2) << "\n";
}

void Print(const Options& options, const Figures& figures) {
  std::cout << options.model.path << " on " << figures.backend << ", batch " << options.batch
            << "\n"
            << "  median   " << FormatFixed(figures.median_ms, 2) << " ms over " << figures.runs
            << " runs\n"
            << "  p95      " << FormatFixed(figures.p95_ms, 2) << " ms\n"
            << "  speed    " << FormatFixed(figures.gflops, 1) << " GFLOP/s, "
            << FormatFixed(1000.0 * static_cast<double>(options.batch) / figures.median_ms, 1)
            << " samples/s\n"
            << "  compile  " << FormatFixed(figures.compile_ms, 0) << " ms\n"
            << "  memory   " << FormatBytes(figures.info.arena_bytes) << " activations, "
            << FormatBytes(figures.info.weight_bytes) << " packed weights; "
            << figures.info.dispatches << " dispatches\n";
  PrintPrecision(figures.precision);
  if (figures.nodes.empty()) return;
  double sum = 0;
  for (const NodeTime& node : figures.nodes) sum += node.milliseconds;
  std::cout << "\nOne run, node by node (" << FormatFixed(sum, 2) << " ms with timestamps)\n";
  Table table({"node", "operator", "ms", "%"}, {1});
  for (const NodeTime& node : figures.nodes) {
    table.Add({node.node, node.op, FormatFixed(node.milliseconds, 3),
               FormatFixed(sum > 0 ? 100.0 * node.milliseconds / sum : 0.0, 1)});
  }
  table.Print(std::cout);
}

}  // namespace

void AddBenchCommand(CLI::App& app) {
  CLI::App* command = app.add_subcommand("bench", "Time of a model on random inputs");
  const auto options = std::make_shared<Options>();
  options->model.AddTo(*command)->required();
  command->add_option("--batch", options->batch, "Samples a run")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  command->add_option("--threads", options->threads, "Of the cpu backend; 0: all")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command->add_option("--seconds", options->seconds, "How long to measure")
      ->check(CLI::Range(0.0, 600.0))
      ->capture_default_str();
  options->backend.AddTo(*command);
  options->precision.AddTo(*command);
  CLI::Option* profile =
      command->add_flag("--profile", options->profile, "Time of every node as well");
  CLI::Option* startup =
      command
          ->add_flag("--startup", options->startup,
                     "Instead: times of a cold start (no pipeline cache) and a warm one (cache "
                     "kept), each in a process of its own")
          ->excludes(profile);
  command->add_option("--repeats", options->repeats, "Cold and warm starts to take the median of")
      ->check(CLI::Range(1, 1000))
      ->needs(startup)
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print JSON");
  command->callback([options] {
    if (options->startup) {
      const StartupOptions starts{options->model, options->backend, options->batch,
                                  options->threads, options->repeats};
      return PrintStartup(starts, MeasureStartup(starts), options->json);
    }
    const Figures figures = Measure(*options);
    options->json ? PrintJson(*options, figures) : Print(*options, figures);
  });
}

}  // namespace vigil
