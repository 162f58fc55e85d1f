// T, PE and autoencoders over a set of images: every score of every monitor, for each image.
#ifndef VIGIL_ESTIMATOR_EVALUATION_MONITOR_RUNNER_H_
#define VIGIL_ESTIMATOR_EVALUATION_MONITOR_RUNNER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "estimator/evaluation/judged_models.h"
#include "estimator/evaluation/tapped_batches.h"
#include "estimator/monitor/outliers/outlier_network.h"

namespace vigil {

struct MonitoredSample {
  int group = 0;     // Sample::group
  int decision = 0;  // Task::TrueDecision
  bool correct = false;
  double p_correct = 0.0;      // PE's
  std::vector<float> output;   // T's
  std::vector<float> pooled;   // T's taps (PooledTaps)
  std::vector<double> scores;  // of each monitor, by each of its metrics, one after the other
};

// Not thread-safe.
class MonitorRunner {
 public:
  // `monitors` carry their metadata and read the same taps as PE. Throws Error (Model,
  // kInvalidValue) for one of other taps; as ReadOutlierMetadata and Backend::Compile.
  MonitorRunner(const JudgedModels& models, std::span<const Graph> monitors,
                const std::shared_ptr<Backend>& backend);

  const std::vector<OutlierScorer>& scorers() const { return scorers_; }
  // `data` gives crops of T's input size; `on_batch` hears how many samples are done. Errors as
  // ForEachTappedBatch.
  std::vector<MonitoredSample> Run(const Dataset& data,
                                   const std::function<void(std::int64_t)>& on_batch = {});

 private:
  static constexpr std::int64_t kBatch = 16;

  const JudgedModels& models_;
  TargetRunner target_;
  Session estimator_;
  std::vector<OutlierNetwork> networks_;
  std::vector<OutlierScorer> scorers_;  // of the networks
};

// What a monitor's numbers are on known records: untouched images which neither T nor the monitor
// learned from. `stub` says task, kind, taps and what is known. Throws as OutlierFit and
// Session::Run.
OutlierMetadata FitMonitor(const Graph& monitor, const OutlierMetadata& stub, OutlierMetric metric,
                           const Task& task, const TappedSet& known,
                           const std::shared_ptr<Backend>& backend);

// The monitor's scores on a set, by each of its metrics (MetricsOf), one list a metric.
std::vector<std::vector<double>> MonitorScores(const Graph& monitor, const TappedSet& set,
                                               const std::shared_ptr<Backend>& backend);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_EVALUATION_MONITOR_RUNNER_H_
