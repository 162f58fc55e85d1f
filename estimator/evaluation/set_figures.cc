#include "estimator/evaluation/set_figures.h"

namespace vigil {

SetFigures FiguresOn(const JudgedModels& models, const std::shared_ptr<Backend>& backend,
                     Encoding encoding, const Dataset& set, int draws, std::uint64_t seed,
                     const std::function<void(std::int64_t)>& on_batch) {
  JudgedRunner runner(models.target, models.estimator, backend, models.task, models.normalisation,
                      encoding);
  const std::vector<JudgedSample> samples = runner.Run(set, on_batch);
  const ClusterBootstrap bootstrap(GroupsOf(samples), draws, seed);
  return {set.size(), bootstrap.clusters(),
          EstimatorFigures(samples, models.metadata.gate, models.task, bootstrap)};
}

}  // namespace vigil
