#include "estimator/evaluation/variant_table.h"

#include <array>

#include "engine/base/text.h"
#include "estimator/data/views.h"

namespace vigil {
namespace {

constexpr std::array<const char*, 2> kVariants = {"1-cause", "2-cause"};

}  // namespace

std::vector<VariantRow> MakeVariantTable(std::span<const JudgedModels> estimators,
                                         const std::shared_ptr<Backend>& backend,
                                         const EvaluationData& data, std::uint64_t seed, int draws,
                                         const OnProgress& on_progress) {
  std::vector<VariantRow> rows(estimators.size() * kVariants.size());
  const std::int64_t images = data.test->size();
  // Making the images counts as much as judging them once.
  Steps steps(images * static_cast<std::int64_t>(kVariants.size() * (1 + estimators.size())),
              on_progress);
  for (std::size_t v = 0; v < kVariants.size(); ++v) {
    const AugmentedDataset drawn(
        data.test, AugmentFor(estimators.front(), MixFromName(kVariants[v]), "paper", seed + 2));
    const auto set = Held(drawn, steps.Of(Text(kVariants[v], " images")));
    steps.Finish(images);
    for (std::size_t e = 0; e < estimators.size(); ++e) {
      const JudgedModels& models = estimators[e];
      rows[e * kVariants.size() + v] = {
          .estimator_file = models.estimator_path.filename().string(),
          .trained_on = models.metadata.trained_on,
          .tested_on = kVariants[v],
          .data = set->name(),
          .judged = FiguresOn(models, backend, kEvaluationEncoding, *set, draws, seed,
                              steps.Of(Text("judging ", kVariants[v])))};
      steps.Finish(images);
    }
  }
  return rows;
}

}  // namespace vigil
