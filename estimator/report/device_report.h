// What happened on this device: everything that the forms of the report say, in one struct.
#ifndef VIGIL_ESTIMATOR_REPORT_DEVICE_REPORT_H_
#define VIGIL_ESTIMATOR_REPORT_DEVICE_REPORT_H_

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "estimator/monitor/advice/advice.h"
#include "estimator/monitor/alerts.h"
#include "estimator/monitor/drift/drift_event.h"
#include "estimator/monitor/selection.h"
#include "estimator/monitor/slices/slice_search.h"
#include "estimator/monitor/slices/tag_slices.h"
#include "estimator/monitor/timeline.h"
#include "estimator/store/store.h"

namespace vigil {

struct ReportOptions {
  std::optional<std::chrono::seconds> window;  // of the timeline; none: WindowFor what there is
  // Inferences with from <= time < to.
  std::int64_t from_micros = std::numeric_limits<std::int64_t>::min();
  std::int64_t to_micros = std::numeric_limits<std::int64_t>::max();
  PerformanceOptions performance;
  TagSliceOptions tags;
  SliceSearchOptions slices;  // its blocks are performance's
  std::vector<AlertRule> alerts;
  std::chrono::seconds alert_window = std::chrono::hours(1);  // theirs, whatever is shown
  AdviceOptions advice;
  // Of the PE that the calibration belongs to, whose verdicts are reported. None: of the newest.
  std::optional<std::uint64_t> estimator_hash;
  std::string target_name, estimator_name;  // files' names, say
  std::string backend;                      // what PE runs on, in words; empty: not known
};

// Records that a human should look at (monitor/robustness/competence.h).
struct BeyondCompetence {
  std::int64_t scored = 0;   // verdicts that have a score
  std::int64_t flagged = 0;  // of those
  double budget = 0.0;       // share that is flagged of records like calibration's
};

struct DeviceReport {
  std::int64_t made_micros = 0;
  std::optional<std::int64_t> first_micros, last_micros;  // inferences that were judged
  std::optional<ModelPair> models;                        // none: no verdict
  std::string target_name, estimator_name, backend;
  std::vector<LeftOutVerdicts> left_out;  // verdicts of other models, which no figure holds
  std::vector<Cause> causes;              // that PE has classifiers for

  double level = 0.95;  // of every interval
  std::string blocks;   // what counts as independent: "60 s", "tag 'drive'", "every record"
  Estimate overall;
  std::optional<BeyondCompetence>
      beyond;  // none: no verdict has a score, or nobody says from where
  Timeline timeline;
  std::vector<TagSlices> tags;
  SliceFindings slices;  // nothing looked at where there is no estimate
  SliceSearchOptions slice_options;
  std::int64_t min_verdicts_a_slice = 0;
  std::vector<AlertState> alerts;
  std::chrono::seconds alert_window{0};
  std::optional<DriftSummary> drift;  // none: no drift monitor runs, or its state cannot be read
  std::vector<Advice> advice;         // none: no verdict

  StoreStats stored;   // the whole store, now
  EpochCounts counts;  // of the epochs that meet the range; `epoch` has no meaning
  std::int64_t epochs = 0;
  std::vector<SetAsideFault> set_aside;
  std::vector<Incident> incidents;  // that happened in the range, the newest first
  std::vector<IdleTime> idle;
};

// Reads the store and leaves it as it is; other processes may write meanwhile. `calibration` is
// that of options.estimator_hash; null: PE's file has none, and there is no estimate. A store
// without verdicts gives a report that says so. Takes as long as some milliseconds a thousand
// verdicts and a window; a service calls it off T's path. Throws as Store, BuildTimeline,
// EvaluateAlerts and EstimatePerformance.
DeviceReport BuildDeviceReport(Store& store, const Calibration* calibration,
                               std::span<const Cause> causes, const ReportOptions& options,
                               std::int64_t now_micros);

// "37 of 1,000 verdicts (3.7 %; 5.0 % of records like calibration's): a human should look at them".
std::string BeyondText(const BeyondCompetence& beyond);

// Why there is no verdict, in a sentence: what waits, and what PE was doing last.
std::string WhyNothingYet(const DeviceReport& report);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_REPORT_DEVICE_REPORT_H_
