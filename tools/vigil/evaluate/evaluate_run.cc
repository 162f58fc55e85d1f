#include <algorithm>
#include <chrono>

#include "engine/base/text.h"
#include "estimator/models/model_files.h"
#include "tools/vigil/evaluate/evaluate.h"
#include "tools/vigil/progress.h"

namespace vigil {
namespace {

constexpr int kDraws = 400;

// As many images in windows whatever their size, and fewer of heads, which take longer. A quick run
// has fewer and smaller windows, but never so few that a share means nothing.
WindowPlan PlanOf(const EvaluateOptions& options) {
  const bool cifar = options.data == "cifar10";
  const std::int64_t usual = cifar ? 200 : 150;
  WindowPlan plan{.images = options.window > 0 ? options.window : usual};
  const auto windows = [&](int of_the_usual_size, int least) {
    const std::int64_t fitting = of_the_usual_size * usual / plan.images;
    return static_cast<int>(std::max<std::int64_t>(least, fitting));
  };
  plan.calibrated = windows(cifar ? 120 : 80, 10);
  plan.shifted = windows(cifar ? 20 : 12, 4);
  if (options.limit > 0) {
    const auto at_most = [&](std::int64_t share, std::int64_t least, std::int64_t most) {
      return std::min(most, std::max(least, options.limit / share));
    };
    if (options.window == 0) plan.images = at_most(4, 20, plan.images);
    plan.calibrated = static_cast<int>(at_most(50, 4, plan.calibrated));
    plan.shifted = static_cast<int>(at_most(100, 2, plan.shifted));
  }
  if (options.windows > 0) plan.calibrated = options.windows;
  return plan;
}

std::string TaskNameOf(const EvaluateOptions& options) {
  return options.data == "cifar10" ? "cifar10" : "directness";
}

// The PEs that ship for a comparison.
std::vector<std::string> ShippedEstimators(int table) {
  if (table == 4) return {"directness_estimator_1cause", "directness_estimator_2cause"};
  return {"directness_estimator", "directness_estimator_57_119", "directness_estimator_pooled"};
}

std::vector<JudgedModels> LoadEstimators(const EvaluateOptions& options) {
  std::vector<std::string> paths = options.estimators;
  if (paths.empty()) {
    for (const std::string& name : ShippedEstimators(options.table))
      paths.push_back(FindModel(name).string());
  }
  std::vector<JudgedModels> models;
  for (const std::string& path : paths)
    models.push_back(LoadJudgedModels(TaskNameOf(options), options.target, path));
  return models;
}

std::string NamesOf(const std::vector<JudgedModels>& models) {
  std::string names;
  for (const JudgedModels& each : models)
    names += (names.empty() ? "" : ", ") + each.estimator_path.filename().string();
  return names;
}

EvaluationData OpenData(const EvaluateOptions& options) {
  if (options.data == "cifar10")
    return OpenCifarEvaluation(options.root, options.pixels, options.lossless, options.limit);
  EvaluationData data = options.data == "headpose"
                            ? OpenHeadPoseEvaluation(options.root, options.limit)
                            : OpenHeadsEvaluation(options.limit);
  for (auto* set : {&data.test, &data.windows, &data.calibration, &data.training})
    *set = options.detector.Find(*set);
  return data;
}

void RunRobustness(const EvaluateOptions& options, const JudgedModels& models,
                   const std::shared_ptr<Backend>& backend, const EvaluationData& data,
                   const OnProgress& on_progress, EvaluateReport& report) {
  report.labels = models.task.labels;
  RobustnessOptions robustness;
  robustness.tail = options.tail;
  robustness.competence.budget = options.budget;
  robustness.draws = kDraws;
  robustness.seed = options.seed;
  robustness.on_progress = on_progress;
  report.robustness = MakeRobustnessTable(models, backend, data, robustness);
  if (!options.plot.empty()) WriteRiskPlot(*report.robustness, options.plot);
}

}  // namespace

EvaluateReport RunEvaluation(const EvaluateOptions& options) {
  const auto begin = std::chrono::steady_clock::now();
  const bool several = options.table == 4 || options.table == 5;
  const std::vector<JudgedModels> models =
      several ? LoadEstimators(options)
              : std::vector<JudgedModels>{
                    LoadJudgedModels(TaskNameOf(options), options.target, options.estimator)};
  const EvaluationData data = OpenData(options);
  const std::shared_ptr<Backend> backend = options.backend.Open();
  EvaluateReport report{.table = options.table, .data = data.test->name()};
  report.target_file = models.front().target_path.filename().string();
  report.estimator_file = NamesOf(models);
  report.backend = std::string(backend->name());
  report.device = backend->device();
  report.precision = options.table == 5 ? "fp32" : "fp32, taps int8 a channel";
  report.draws = kDraws;
  Progress progress("evaluating", options.json);
  const auto on_progress = [&](double share, const std::string& what) {
    progress.Update(share, what);
  };
  if (options.robustness) {
    RunRobustness(options, models.front(), backend, data, on_progress, report);
    report.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return report;
  }
  switch (options.table) {
    case 1:
      report.targets =
          MakeTargetTable(models.front(), backend, data, options.seed, kDraws, on_progress);
      break;
    case 4:
      report.variants = MakeVariantTable(models, backend, data, options.seed, kDraws, on_progress);
      break;
    case 5:
      report.taps = MakeTapTable(models, backend, data, options.seed, kDraws, on_progress);
      if (!options.plot.empty()) WriteTapPlot(*report.taps, options.plot);
      break;
    default:
      report.estimator = MakeEstimatorTable(models.front(), backend, data,
                                            {.table = options.table,
                                             .draws = kDraws,
                                             .window_plan = PlanOf(options),
                                             .seed = options.seed,
                                             .on_progress = on_progress});
  }
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return report;
}

}  // namespace vigil
