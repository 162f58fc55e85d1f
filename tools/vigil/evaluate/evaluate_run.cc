#include <algorithm>
#include <chrono>

#include "engine/base/text.h"
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
                                           .window_plan = PlanOf(options),
                                           .seed = options.seed,
                                           .on_progress = on_progress});
  }
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return report;
}

}  // namespace vigil
