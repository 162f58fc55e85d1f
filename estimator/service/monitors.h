// The monitors of an idle pass, from what a configuration names.
#ifndef VIGIL_ESTIMATOR_SERVICE_MONITORS_H_
#define VIGIL_ESTIMATOR_SERVICE_MONITORS_H_

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/graph/graph.h"
#include "engine/session/session.h"
#include "estimator/monitor/drift/drift_monitor.h"
#include "estimator/monitor/robustness/competence.h"
#include "estimator/verdict/evaluator.h"
#include "estimator/verdict/stream_monitor.h"

namespace vigil {

struct MonitorOptions {
  // A file of `vigil train monitor`: outlier scores, and latents for the drift monitor. Empty:
  // none.
  std::filesystem::path outliers;
  // Where T is cut (ChooseTail), to be run again from there: how stable are its answers? Empty:
  // not; it is the dearest of the monitors. Wants T's file.
  std::string tail;
  std::filesystem::path target;
  bool drift = true;
  DriftOptions drift_options;
};

// Who judges records, in order, and who watches the stream of them.
struct PassParts {
  std::vector<std::unique_ptr<RecordEvaluator>> evaluators;
  StreamMonitors streams;
  std::optional<Competence> competence;  // the last evaluator's, where there is one
};

// What all of them run with.
struct PassBackend {
  std::shared_ptr<Backend> backend;
  CompileOptions compile;
  EvaluatorOptions evaluator;
  std::function<std::shared_ptr<Backend>()> fallback;  // as Session's; may be null
};

// PE, then the monitors: outliers, stability, competence (where PE's file says how to combine
// them), drift. `estimator` is PE's graph, its hash that of the file. Throws Error (Api, kMisuse)
// for a tail without T's file; as ReadEstimatorMetadata, LoadOutlierEvaluator, ChooseTail,
// ReadCompetence and DriftMonitor.
PassParts MakePassParts(const Graph& estimator, std::uint64_t estimator_hash,
                        const PassBackend& backend, const MonitorOptions& options = {});

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_SERVICE_MONITORS_H_
