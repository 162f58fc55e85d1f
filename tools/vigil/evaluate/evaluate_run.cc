#include <algorithm>
#include <chrono>

#include "engine/base/text.h"
#include "tools/vigil/evaluate/evaluate.h"
#include "tools/vigil/progress.h"

namespace vigil {
namespace {

constexpr int kDraws = 400;

// Heads take longer, so there are fewer windows of them. A quick run has fewer and smaller ones
// too, but never so few that a share means nothing.
WindowPlan PlanOf(std::int64_t limit, const std::string& data) {
  const bool cifar = data == "cifar10";
  WindowPlan plan{
      .images = cifar ? 200 : 150, .calibrated = cifar ? 120 : 80, .shifted = cifar ? 20 : 12};
  if (limit > 0) {
    plan.images = std::clamp<std::int64_t>(limit / 4, 20, plan.images);
    plan.calibrated = static_cast<int>(std::clamp<std::int64_t>(limit / 50, 4, plan.calibrated));
    plan.shifted = static_cast<int>(std::clamp<std::int64_t>(limit / 100, 2, plan.shifted));
  }
  return plan;
}

}  // namespace

EvaluateReport RunEvaluation(const EvaluateOptions& options) {
  const auto begin = std::chrono::steady_clock::now();
  const bool cifar = options.data == "cifar10";
  const JudgedModels models =
      LoadJudgedModels(cifar ? "cifar10" : "directness", options.target, options.estimator);
  const EvaluationData data =
      cifar ? OpenCifarEvaluation(options.root, options.pixels, options.lossless, options.limit)
            : OpenHeadsEvaluation(options.limit);
  const std::shared_ptr<Backend> backend = options.backend.Open();
  EvaluateReport report{.table = options.table, .data = data.test->name()};
  report.target_file = models.target_path.filename().string();
  report.estimator_file = models.estimator_path.filename().string();
  report.backend = std::string(backend->name());
  report.device = backend->device();
  report.precision = "fp32, taps int8 a channel";
  report.draws = kDraws;
  Progress progress("evaluating", options.json);
  const auto on_progress = [&](double share, const std::string& what) {
    progress.Update(share, what);
  };
  if (options.table == 1) {
    report.targets = MakeTargetTable(models, backend, data, options.seed, kDraws, on_progress);
  } else {
    report.estimator = MakeEstimatorTable(models, backend, data,
                                          {.table = options.table,
                                           .draws = kDraws,
                                           .window_plan = PlanOf(options.limit, options.data),
                                           .seed = options.seed,
                                           .on_progress = on_progress});
  }
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return report;
}

}  // namespace vigil
