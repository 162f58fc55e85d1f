#include "estimator/service/monitors.h"

#include <utility>

#include "engine/base/text.h"
#include "engine/onnx/onnx.h"
#include "estimator/models/task.h"
#include "estimator/monitor/outliers/outlier_evaluator.h"
#include "estimator/monitor/robustness/competence_evaluator.h"
#include "estimator/monitor/robustness/stability_evaluator.h"
#include "estimator/verdict/estimator_metadata.h"

namespace vigil {
namespace {

std::unique_ptr<RecordEvaluator> MakeStability(const EstimatorMetadata& metadata,
                                               const PassBackend& backend,
                                               const MonitorOptions& options) {
  if (options.target.empty()) {
    throw Error(Fault::kApi, ErrorCode::kMisuse,
                Text("T's tail from '", options.tail, "' wants T's file"));
  }
  Tail tail = ChooseTail(LoadOnnx(options.target), metadata.taps, options.tail);
  return std::make_unique<StabilityEvaluator>(
      StabilityProbe(std::move(tail), TaskFromName(metadata.task), backend.backend, backend.compile,
                     {}, backend.fallback),
      backend.evaluator);
}

}  // namespace

PassParts MakePassParts(const Graph& estimator, std::uint64_t estimator_hash,
                        const PassBackend& backend, const MonitorOptions& options) {
  const EstimatorMetadata metadata = ReadEstimatorMetadata(estimator);
  PassParts parts;
  parts.evaluators.push_back(std::make_unique<Evaluator>(
      Session(estimator, backend.backend, backend.compile, backend.fallback), metadata,
      estimator_hash, backend.evaluator));
  if (!options.outliers.empty()) {
    parts.evaluators.push_back(LoadOutlierEvaluator(
        options.outliers, backend.backend, backend.evaluator, backend.compile, backend.fallback));
  }
  if (!options.tail.empty()) parts.evaluators.push_back(MakeStability(metadata, backend, options));
  parts.competence = ReadCompetence(estimator);
  if (parts.competence)
    parts.evaluators.push_back(std::make_unique<CompetenceEvaluator>(*parts.competence));
  if (options.drift) {
    const bool classes = TaskFromName(metadata.task).kind == Task::Kind::kClassification;
    DriftOptions drift = options.drift_options;
    if (!drift.reference) drift.reference = ReadDriftReference(estimator);
    parts.streams.push_back(std::make_unique<DriftMonitor>(drift, classes));
  }
  return parts;
}

}  // namespace vigil
