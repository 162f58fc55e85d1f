// The evaluators of robustness and competence, as a configuration asks for them.
#ifndef VIGIL_ESTIMATOR_DAEMON_ROBUSTNESS_MONITORS_H_
#define VIGIL_ESTIMATOR_DAEMON_ROBUSTNESS_MONITORS_H_

#include <functional>
#include <memory>
#include <vector>

#include "estimator/daemon/config.h"
#include "estimator/verdict/evaluator.h"

namespace vigil {

// T's tail, where config.tail names one. Throws Error (Api, kMisuse) for a tail without a target's
// file; as LoadOnnx, ChooseTail and StabilityProbe.
void AddStability(const ServiceConfig& config, const EstimatorMetadata& metadata,
                  std::shared_ptr<Backend> backend, CompileOptions compile,
                  EvaluatorOptions options,
                  std::vector<std::unique_ptr<RecordEvaluator>>& evaluators);

// The combined score, where PE's file has one; to be added after all that it combines. What it says
// is put down in the store for those who read flags.
void AddCompetence(const Graph& estimator, Store& store,
                   std::vector<std::unique_ptr<RecordEvaluator>>& evaluators);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DAEMON_ROBUSTNESS_MONITORS_H_
