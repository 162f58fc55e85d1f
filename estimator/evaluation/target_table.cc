#include "estimator/evaluation/target_table.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "estimator/data/augment/augmented.h"
#include "estimator/evaluation/figures.h"
#include "estimator/evaluation/judged_set.h"
#include "estimator/evaluation/paper_figures.h"

namespace vigil {
namespace {

void Count(std::span<const JudgedSample> samples, const Task& task,
           const ClusterBootstrap& bootstrap, TargetRow& row) {
  std::vector<double> right;
  std::map<int, double> decisions;
  double augmented = 0.0, right_augmented = 0.0, commonest = 0.0;
  for (const JudgedSample& sample : samples) {
    right.push_back(sample.correct ? 1.0 : 0.0);
    augmented += sample.applied.empty() ? 0.0 : 1.0;
    right_augmented += !sample.applied.empty() && sample.correct ? 1.0 : 0.0;
    commonest = std::max(commonest, decisions[task.TrueDecision(sample.truth)] += 1.0);
  }
  row.images = static_cast<std::int64_t>(samples.size());
  row.accuracy = ClusteredShare(right, bootstrap);
  row.majority = commonest / static_cast<double>(samples.size());
  row.augmented_accuracy =
      augmented > 0.0 ? right_augmented / augmented : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

std::vector<TargetRow> MakeTargetTable(
    const JudgedModels& models, const std::shared_ptr<Backend>& backend, const EvaluationData& data,
    std::uint64_t seed, int draws,
    const std::function<void(double, const std::string&)>& on_progress) {
  JudgedRunner runner(models.target, models.estimator, backend, models.task, models.normalisation,
                      kEvaluationEncoding);
  std::vector<TargetRow> rows = {{.variant = "clean"}};
  for (const std::string& severity : SeverityNames()) {
    for (const char* variant : {"1-cause", "2-cause"}) {
      rows.push_back({.variant = variant, .severity = severity});
    }
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    TargetRow& row = rows[i];
    const std::string severity = row.severity.empty() ? "paper" : row.severity;
    const AugmentedDataset set(data.test,
                               AugmentFor(models, MixFromName(row.variant), severity, seed + 2));
    const auto samples = runner.Run(set, [&](std::int64_t done) {
      const double share = static_cast<double>(done) / static_cast<double>(set.size());
      if (on_progress) on_progress((static_cast<double>(i) + share) / 5.0, set.name());
    });
    row.data = set.name();
    row.paper = row.severity == "moderate" ? std::numeric_limits<double>::quiet_NaN()
                                           : PaperTargetAccuracy(data.kind, row.variant);
    row.pose = PoseFiguresOf(samples, models.task);
    Count(samples, models.task, ClusterBootstrap(GroupsOf(samples), draws, seed), row);
  }
  return rows;
}

}  // namespace vigil
