#include "estimator/daemon/robustness_monitors.h"

#include <utility>

#include "engine/onnx/onnx.h"
#include "engine/session/backends.h"
#include "estimator/monitor/robustness/competence_evaluator.h"
#include "estimator/monitor/robustness/stability_evaluator.h"

namespace vigil {

void AddStability(const ServiceConfig& config, const EstimatorMetadata& metadata,
                  std::shared_ptr<Backend> backend, CompileOptions compile,
                  EvaluatorOptions options,
                  std::vector<std::unique_ptr<RecordEvaluator>>& evaluators) {
  if (config.tail.empty()) return;
  if (config.target.empty()) {
    throw Error(Fault::kApi, ErrorCode::kMisuse,
                "[robustness] has a tail, but [models] has no target to cut it from");
  }
  StabilityProbe probe(ChooseTail(LoadOnnx(config.target), metadata.taps, config.tail),
                       TaskFromName(metadata.task), std::move(backend), std::move(compile), {},
                       [] { return OpenBackend("cpu"); });
  evaluators.push_back(std::make_unique<StabilityEvaluator>(std::move(probe), options));
}

void AddCompetence(const Graph& estimator, Store& store,
                   std::vector<std::unique_ptr<RecordEvaluator>>& evaluators) {
  std::optional<Competence> competence = ReadCompetence(estimator);
  const std::string text = competence ? CompetenceToJson(*competence) : std::string();
  if (store.Note(kBeyondNote) != text) store.PutNote(kBeyondNote, text);
  if (competence)
    evaluators.push_back(std::make_unique<CompetenceEvaluator>(*std::move(competence)));
}

}  // namespace vigil
