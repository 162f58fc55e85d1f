// vigil evaluate --replay: what made-up records are worth to learn from, and what they give away.
#include <chrono>
#include <filesystem>
#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "engine/base/text.h"
#include "engine/onnx/onnx.h"
#include "estimator/models/model_files.h"
#include "tools/vigil/evaluate/evaluate.h"
#include "tools/vigil/progress.h"

namespace vigil {
namespace {

constexpr int kDraws = 200;
constexpr std::int64_t kCifarImages = 2000, kHeads = 800;

void CheckReplayUsage(const EvaluateOptions& options) {
  if (options.table != 0 || options.robustness || options.monitors.wanted) {
    throw CLI::ValidationError("--replay",
                               "goes with none of --table, --robustness and --monitors");
  }
  if (options.monitors.task.empty())
    throw CLI::ValidationError("--task", "--replay wants one: cifar10 or directness");
  if (options.monitors.task == "cifar10" && options.root.empty())
    throw CLI::ValidationError("--root", "CIFAR-10 wants the folder of its binary files");
  if (options.monitors.files.size() > 1)
    throw CLI::ValidationError("--monitor", "--replay takes one");
}

}  // namespace

void AddReplayOptions(CLI::App& command, EvaluateOptions& options) {
  command.add_flag("--replay", options.monitors.replay,
                   "instead of a table: how much is kept where an autoencoder's made-up records "
                   "are learned from in place of real ones, and what they leak");
}

void EvaluateReplay(const EvaluateOptions& options) {
  CheckReplayUsage(options);
  const auto begin = std::chrono::steady_clock::now();
  const std::string& task = options.monitors.task;
  const bool cifar = task == "cifar10";
  const JudgedModels models = LoadJudgedModels(task, options.target, options.estimator);
  const std::filesystem::path file = options.monitors.files.empty()
                                         ? FindModel(task + "_monitor")
                                         : std::filesystem::path(options.monitors.files.front());
  const Graph monitor = LoadOnnx(file.string());
  const std::int64_t limit = options.limit > 0 ? options.limit : cifar ? kCifarImages : kHeads;
  const EvaluationData data = cifar ? OpenCifarEvaluation(options.root, options.pixels, "", limit)
                                    : OpenHeadsEvaluation(limit);
  const std::shared_ptr<Backend> backend = options.backend.Open();
  ReplayTable table;
  {
    Progress progress("evaluating", options.json);
    ReplayOptions replay;
    replay.draws = kDraws;
    replay.seed = options.seed;
    replay.on_progress = [&](double share, const std::string& what) {
      progress.Update(share, what);
    };
    table = MakeReplayTable(models, monitor, backend, data, replay);
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (options.json) {
    nlohmann::json root = ReplayTableToJson(table);
    root["task"] = task;
    root["target"] = models.target_path.filename().string();
    root["monitor"] = file.filename().string();
    root["backend"] = backend->name();
    root["device"] = backend->device();
    root["precision"] = "fp32, taps int8 a channel";
    root["draws"] = kDraws;
    root["seed"] = options.seed;
    root["seconds"] = seconds;
    std::cout << root.dump(2) << "\n";
    return;
  }
  std::cout << "T: " << models.target_path.filename().string()
            << ", monitor: " << file.filename().string() << "\nBackend: " << backend->name() << ", "
            << backend->device() << ", fp32, taps int8 a channel; " << kDraws
            << " draws of the bootstrap, seed " << options.seed << "\n";
  PrintReplayTable(table, std::cout);
  std::cout << "\n" << FormatFixed(seconds, 0) << " s\n";
}

}  // namespace vigil
