// vigil evaluate --monitors: which outlier score tells best what T does not know.
#include <chrono>
#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "engine/base/text.h"
#include "engine/onnx/onnx.h"
#include "estimator/data/cifar10.h"
#include "estimator/data/heads/rendered_heads.h"
#include "estimator/data/heads/seeds.h"
#include "estimator/data/views.h"
#include "estimator/models/model_files.h"
#include "tools/vigil/evaluate/evaluate.h"
#include "tools/vigil/progress.h"

namespace vigil {
namespace {

constexpr int kDraws = 200;
constexpr std::int64_t kCifarImages = 2000, kHeads = 800;

void CheckMonitorUsage(const EvaluateOptions& options) {
  if (options.table != 0) throw CLI::ValidationError("--monitors", "has no --table");
  if (options.monitors.task.empty())
    throw CLI::ValidationError("--task", "--monitors wants one: cifar10 or directness");
  if (options.monitors.task == "cifar10" && options.root.empty())
    throw CLI::ValidationError("--root", "CIFAR-10 wants the folder of its binary files");
}

EvaluationData DataOf(const EvaluateOptions& options) {
  const bool cifar = options.monitors.task == "cifar10";
  const std::int64_t limit = options.limit > 0 ? options.limit : cifar ? kCifarImages : kHeads;
  return cifar ? OpenCifarEvaluation(options.root, options.pixels, options.lossless, limit)
               : OpenHeadsEvaluation(limit);
}

// Images that T was not made for, at its input size, and its own with other pixels.
std::vector<OutlierCase> OtherData(const EvaluateOptions& options, const JudgedModels& models,
                                   const EvaluationData& data) {
  const std::int64_t images = data.test->size();
  std::vector<OutlierCase> cases;
  if (options.monitors.task == "cifar10") {
    cases.push_back({OutlierGroup::kOtherData, "rendered heads",
                     UntouchedCrops(models, OpenRenderedHeads(kHeadsTestWindows, images)), false});
    if (data.lossless) {
      const auto some = Slice(data.lossless, 0, std::min(images, data.lossless->size()));
      cases.push_back(
          {OutlierGroup::kOtherData, "original pixels", UntouchedCrops(models, some), false});
    }
    return cases;
  }
  if (!options.root.empty()) {
    const auto cifar = OpenCifar10(options.root, {kCifarTestBatch}, options.pixels);
    cases.push_back({OutlierGroup::kOtherData, "CIFAR-10",
                     UntouchedCrops(models, Slice(cifar, 0, std::min(images, cifar->size()))),
                     false});
  }
  constexpr int kQuality = 75;
  cases.push_back({OutlierGroup::kOtherData, Text("JPEG q", kQuality),
                   JpegCrops(UntouchedCrops(models, data.test), kQuality), true});
  return cases;
}

}  // namespace

#ifndef VIGIL_HAVE_TRAINING
std::function<std::vector<OutlierCase>(const std::shared_ptr<const Dataset>&)> AttacksOn(
    const JudgedModels&, std::int64_t, std::uint64_t) {
  return nullptr;
}
#endif

void AddMonitorOptions(CLI::App& command, EvaluateOptions& options) {
  MonitorEvaluation& monitors = options.monitors;
  command.add_flag("--monitors", monitors.wanted,
                   "instead of a table: autoencoders' outlier scores by every metric, beside "
                   "rivals on the same taps");
  command.add_option("--task", monitors.task, "of --monitors and --replay: cifar10 or directness")
      ->check(CLI::IsMember({"cifar10", "directness"}));
  command.add_option(
      "--monitor", monitors.files,
      "autoencoders' ONNX files (vigil train monitor) that --monitors compares, or the "
      "one that --replay decodes with, instead of the one that ships");
  command
      .add_option("--attacked", monitors.attacked,
                  "images of each adversarial case (cifar10 1000, directness 200)")
      ->check(CLI::Range(20, 100000));
}

void EvaluateMonitors(EvaluateOptions& options) {
  CheckMonitorUsage(options);
  const auto begin = std::chrono::steady_clock::now();
  const std::string& task = options.monitors.task;
  const JudgedModels models = LoadJudgedModels(task, options.target, options.estimator);
  std::vector<std::string> files = options.monitors.files;
  if (files.empty()) files.push_back(FindModel(task + "_monitor").string());
  std::vector<Graph> monitors;
  for (const std::string& file : files) monitors.push_back(LoadOnnx(file));
  const EvaluationData data = DataOf(options);
  const std::shared_ptr<Backend> backend = options.backend.Open();
  const std::int64_t usual = task == "cifar10" ? 1000 : 200;
  const std::int64_t attacked = options.monitors.attacked > 0 ? options.monitors.attacked : usual;
  OutlierTable table;
  {
    Progress progress("evaluating", options.json);
    table = MakeOutlierTable(
        models, monitors, backend, data,
        {.draws = kDraws,
         .seed = options.seed,
         .others = OtherData(options, models, data),
         .attacks = AttacksOn(models, std::min(attacked, data.test->size()), options.seed),
         .on_progress = [&](double share, const std::string& what) {
           progress.Update(share, what);
         }});
  }
  std::string names;
  for (const std::string& file : files)
    names += Text(names.empty() ? "" : ", ", std::filesystem::path(file).filename().string());
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (options.json) {
    nlohmann::json root = OutlierTableToJson(table);
    root["task"] = task;
    root["target"] = models.target_path.filename().string();
    root["estimator"] = models.estimator_path.filename().string();
    root["monitors"] = names;
    root["backend"] = backend->name();
    root["device"] = backend->device();
    root["precision"] = "fp32, taps int8 a channel";
    root["draws"] = kDraws;
    root["seed"] = options.seed;
    root["seconds"] = seconds;
    std::cout << root.dump(2) << "\n";
    return;
  }
  std::cout << "Data: " << data.test->name() << "\nT: " << models.target_path.filename().string()
            << ", monitors: " << names << "\nBackend: " << backend->name() << ", "
            << backend->device() << ", fp32, taps int8 a channel; " << kDraws
            << " draws of the bootstrap, seed " << options.seed << "\n";
  PrintOutlierTable(table, std::cout);
  std::cout << "\n" << FormatFixed(seconds, 0) << " s\n";
}

}  // namespace vigil
