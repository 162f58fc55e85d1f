#include <algorithm>
#include <iostream>
#include <map>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "engine/base/text.h"
#include "engine/graph/memory_plan.h"
#include "engine/graph/passes.h"
#include "engine/tensor/encoding.h"
#include "tools/vigil/backend_options.h"
#include "tools/vigil/command.h"
#include "tools/vigil/format.h"
#include "tools/vigil/model_options.h"
#include "tools/vigil/precision_options.h"
#include "tools/vigil/tap_costs.h"

namespace vigil {
namespace {

struct OperatorRow {
  std::string name;
  int nodes = 0;
  OpCost cost;
};

struct TapRow {
  std::string name;
  Shape shape;
  TapCost cost;
};

struct Inspection {
  std::vector<OperatorRow> operators;  // most work first
  std::vector<TapRow> taps;
  std::size_t fused_nodes = 0;
  std::size_t arena_bytes = 0, separate_bytes = 0;
};

std::vector<OperatorRow> CountOperators(const Graph& graph) {
  std::map<std::string, OperatorRow> by_name;
  for (const Node& node : graph.nodes()) {
    OperatorRow& row = by_name[OpName(node.attrs)];
    const OpCost cost =
        OpOf(node.attrs).cost(node.attrs, graph.Descs(node.inputs), graph.Descs(node.outputs));
    row.name = OpName(node.attrs);
    ++row.nodes;
    row.cost.macs += cost.macs;
    row.cost.flops += cost.flops;
  }
  std::vector<OperatorRow> rows;
  for (const auto& [name, row] : by_name) rows.push_back(row);
  std::ranges::stable_sort(rows, std::greater{}, [](const OperatorRow& r) { return r.cost.flops; });
  return rows;
}

std::string ExtraWork(const TapCost& cost) {
  if (cost.is_input) return "- (an input as it came)";
  if (cost.second_store) return "second store";
  if (cost.dispatches == 0) return "-";
  return Text(cost.dispatches, cost.dispatches == 1 ? " extra dispatch" : " extra dispatches",
              cost.macs > 0 ? Text(", ", FormatCount(cost.macs), " MAC") : "");
}

Inspection Inspect(const Graph& graph) {
  const Graph optimised = Optimize(graph);
  Inspection result;
  result.operators = CountOperators(graph);
  for (const std::string& name : TapCandidates(graph)) {
    result.taps.push_back({name, graph.value(*graph.Find(name)).desc.shape, {}});
  }
  const std::map<std::string, TapCost> costs = TapCosts(graph);
  for (TapRow& row : result.taps) row.cost = costs.at(row.name);
  result.fused_nodes = optimised.nodes().size();
  const std::vector<Lifetime> lifetimes = LifetimesOf(optimised);
  for (const Lifetime& lifetime : lifetimes) result.separate_bytes += lifetime.bytes;
  result.arena_bytes = PlanMemory(lifetimes).arena_bytes;
  return result;
}

nlohmann::json ValuesJson(const Graph& graph, const std::vector<ValueId>& ids) {
  nlohmann::json list = nlohmann::json::array();
  for (const ValueId id : ids) {
    const Value& value = graph.value(id);
    const auto dims = value.desc.shape.dims();
    list.push_back({{"name", value.name},
                    {"type", DTypeName(value.desc.dtype)},
                    {"shape", std::vector<std::int64_t>(dims.begin(), dims.end())}});
  }
  return list;
}

nlohmann::json ToJson(const PrecisionChoice& choice) {
  nlohmann::json kept = nlohmann::json::array(), trials = nlohmann::json::array();
  for (const KeptNode& node : choice.half.kept) {
    kept.push_back({{"node", node.node}, {"reason", node.reason}});
  }
  for (const PrecisionTrial& trial : choice.trials) {
    trials.push_back({{"precision", PrecisionName(trial.precision)},
                      {"milliseconds", trial.milliseconds},
                      {"difference", trial.difference},
                      {"refusal", trial.refusal}});
  }
  return {{"chosen", PrecisionName(choice.precision)},
          {"kept_in_fp32", kept},
          {"compared_with", ComparedWith(choice)},
          {"trials", trials}};
}

void PrintJson(const std::string& path, const Graph& graph, const Inspection& inspection,
               const std::optional<PrecisionChoice>& precision) {
  nlohmann::json operators = nlohmann::json::array(), taps = nlohmann::json::array();
  for (const OperatorRow& row : inspection.operators) {
    operators.push_back({{"operator", row.name},
                         {"nodes", row.nodes},
                         {"macs", row.cost.macs},
                         {"flops", row.cost.flops}});
  }
  for (const TapRow& row : inspection.taps) {
    taps.push_back(
        {{"name", row.name},
         {"shape", std::vector<std::int64_t>(row.shape.dims().begin(), row.shape.dims().end())},
         {"bytes_fp32", EncodedSampleBytes(row.shape, Encoding::kFloat32)},
         {"bytes_fp16", EncodedSampleBytes(row.shape, Encoding::kFloat16)},
         {"bytes_int8", EncodedSampleBytes(row.shape, Encoding::kInt8)},
         {"extra", ExtraWork(row.cost)},
         {"second_store", row.cost.second_store},
         {"extra_dispatches", row.cost.dispatches},
         {"extra_macs", row.cost.macs}});
  }
  nlohmann::json report{{"model", path},
                        {"inputs", ValuesJson(graph, graph.inputs())},
                        {"outputs", ValuesJson(graph, graph.outputs())},
                        {"parameters", graph.Parameters()},
                        {"macs", graph.Cost().macs},
                        {"nodes", graph.nodes().size()},
                        {"nodes_after_fusion", inspection.fused_nodes},
                        {"operators", operators},
                        {"taps", taps},
                        {"arena_bytes", inspection.arena_bytes},
                        {"activation_bytes", inspection.separate_bytes},
                        {"metadata", graph.metadata()}};
  if (precision) report["precision"] = ToJson(*precision);
  std::cout << report.dump(2) << "\n";
}

void PrintValues(const char* what, const Graph& graph, const std::vector<ValueId>& ids) {
  for (const ValueId id : ids) {
    const Value& value = graph.value(id);
    std::cout << what << value.name << "  " << value.desc.shape << "  "
              << DTypeName(value.desc.dtype) << "\n";
  }
}

void Print(const std::string& path, const Graph& graph, const Inspection& inspection,
           const std::optional<PrecisionChoice>& precision) {
  std::cout << path << "\n";
  PrintValues("  input       ", graph, graph.inputs());
  PrintValues("  output      ", graph, graph.outputs());
  std::cout << "  parameters  " << FormatCount(graph.Parameters()) << "\n"
            << "  work        " << FormatCount(graph.Cost().macs) << " MAC a sample\n"
            << "  nodes       " << graph.nodes().size() << ", " << inspection.fused_nodes
            << " after folding and fusion\n"
            << "  memory      " << FormatBytes(inspection.arena_bytes)
            << " for activations (fp32, batch 1), " << FormatBytes(inspection.separate_bytes)
            << " if none were shared\n";
  if (precision) PrintPrecision(*precision);
  std::cout << "\nOperators\n";
  Table operators({"operator", "nodes", "MAC", "% of work"});
  const double flops = static_cast<double>(std::max<std::int64_t>(1, graph.Cost().flops));
  for (const OperatorRow& row : inspection.operators) {
    operators.Add({row.name, std::to_string(row.nodes), FormatCount(row.cost.macs),
                   FormatFixed(100.0 * static_cast<double>(row.cost.flops) / flops, 1)});
  }
  operators.Print(std::cout);
  std::cout << "\nTap candidates, bytes a record\n";
  Table taps({"value", "shape", "fp32", "fp16", "int8", "extra work"}, {1, 5});
  for (const TapRow& row : inspection.taps) {
    const auto bytes = [&](Encoding encoding) {
      return FormatBytes(EncodedSampleBytes(row.shape, encoding));
    };
    taps.Add({row.name, row.shape.ToString(), bytes(Encoding::kFloat32), bytes(Encoding::kFloat16),
              bytes(Encoding::kInt8), ExtraWork(row.cost)});
  }
  taps.Print(std::cout);
  if (!graph.metadata().empty()) std::cout << "\nMetadata\n";
  for (const auto& [key, text] : graph.metadata()) {
    std::cout << "  " << key << " = " << (text.size() > 80 ? text.substr(0, 77) + "..." : text)
              << "\n";
  }
}

}  // namespace

void AddInspectCommand(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "inspect", "Operators, shapes, parameters, work, tap candidates and memory of a model");
  struct Options {
    ModelOptions model;
    BackendOptions backend;
    PrecisionOptions precision;
    bool json = false;
  };
  const auto options = std::make_shared<Options>();
  options->model.AddTo(*command)->required();
  options->backend.AddTo(*command);
  options->precision.AddTo(*command);
  command->add_flag("--json", options->json, "Print JSON");
  command->callback([options] {
    const Graph graph = options->model.Load();
    const Inspection inspection = Inspect(graph);
    std::optional<PrecisionChoice> precision;  // found out by running the model, so only if asked
    if (!options->precision.precision.empty()) {
      const auto backend = options->backend.Open();
      precision = options->precision.Choose(graph, *backend, {.batch = graph.batch()});
    }
    options->json ? PrintJson(options->model.path, graph, inspection, precision)
                  : Print(options->model.path, graph, inspection, precision);
  });
}

}  // namespace vigil
