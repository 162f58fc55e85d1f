#include "estimator/evaluation/variant_table.h"

#include <array>

#include "engine/base/text.h"
#include "estimator/data/augment/augmented.h"
#include "estimator/data/views.h"

namespace vigil {
namespace {

constexpr std::array<const char*, 2> kVariants = {"1-cause", "2-cause"};

}  // namespace

std::vector<VariantRow> MakeVariantTable(
    std::span<const JudgedModels> estimators, const std::shared_ptr<Backend>& backend,
    const EvaluationData& data, std::uint64_t seed, int draws,
    const std::function<void(double, const std::string&)>& on_progress) {
  std::vector<VariantRow> rows(estimators.size() * kVariants.size());
  // Making the images counts as much as judging them once.
  const double steps = static_cast<double>(kVariants.size() * (1 + estimators.size()));
  double step = 0.0;
  const auto report = [&](std::int64_t done, const std::string& what) {
    const double share = static_cast<double>(done) / static_cast<double>(data.test->size());
    if (on_progress) on_progress((step + share) / steps, what);
  };
  for (std::size_t v = 0; v < kVariants.size(); ++v) {
    const JudgedModels& any = estimators.front();
    AugmentOptions augment;
    augment.task = any.task;
    augment.mix = MixFromName(kVariants[v]);
    augment.severity = SeverityFor(any.task, "paper");
    augment.side = any.side;
    augment.seed = seed + 2;
    const AugmentedDataset drawn(data.test, augment);
    const auto set =
        Held(drawn, [&](std::int64_t done) { report(done, Text(kVariants[v], " images")); });
    step += 1.0;
    for (std::size_t e = 0; e < estimators.size(); ++e) {
      const JudgedModels& models = estimators[e];
      VariantRow& row = rows[e * kVariants.size() + v];
      row.estimator_file = models.estimator_path.filename().string();
      row.trained_on = models.metadata.trained_on;
      row.tested_on = kVariants[v];
      row.data = set->name();
      row.images = set->size();
      JudgedRunner runner(models.target, models.estimator, backend, models.task,
                          models.normalisation, kEvaluationEncoding);
      const auto samples = runner.Run(
          *set, [&](std::int64_t done) { report(done, Text("judging ", kVariants[v])); });
      const ClusterBootstrap bootstrap(GroupsOf(samples), draws, seed);
      row.clusters = bootstrap.clusters();
      row.figures = EstimatorFigures(samples, models.metadata.gate, models.task, bootstrap);
      step += 1.0;
    }
  }
  return rows;
}

}  // namespace vigil
