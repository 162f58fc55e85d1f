// What to do about T and PE, from all that the monitors say (SOURCES.md G1).
#ifndef VIGIL_ESTIMATOR_MONITOR_ADVICE_ADVICE_H_
#define VIGIL_ESTIMATOR_MONITOR_ADVICE_ADVICE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "estimator/monitor/drift/drift_event.h"
#include "estimator/monitor/performance.h"

namespace vigil {

// The most urgent first: what stands later rests on what stands before it.
enum class AdviceKind : std::uint8_t {
  kFixPipeline,  // T is given what it was not made for
  kRetrainTarget,
  kRetrainEstimator,
  kRecalibrateEstimator,  // `vigil recalibrate` with a few labelled records
  kWait,                  // too little was judged to say more
  kNothing,
};
inline constexpr int kAdviceKindCount = 6;

std::string_view AdviceKindName(AdviceKind kind);  // "fix-pipeline", "retrain-target", ...
std::string_view AdviceKindText(AdviceKind kind);  // "Fix the pipeline", "Retrain T", ...

// A part of the inputs on which T does worse than on all.
struct FailingSlice {
  std::string name;  // "light=night"
  Interval accuracy;
  std::int64_t verdicts = 0;
};

struct AdviceInput {
  Estimate estimate;             // of the stretch that is reported
  bool calibrated = true;        // PE has a calibration
  double estimator_auroc = 1.0;  // of PE on calibration
  std::int64_t now_micros = 0;
  bool watching = true;  // a drift baseline stands, or no drift monitor runs
  std::vector<DriftEvent> events;
  std::optional<double> outlier_share;  // of records with a high outlier score
  std::vector<FailingSlice> slices;
  std::int64_t input_incidents = 0;  // Input faults, over as many inferences as the estimate
};

struct AdviceOptions {
  std::optional<double> least_accuracy;  // that T is asked for; none: only drift says it got worse
  double widest = 0.1;                   // interval of the accuracy that is of use
  double least_auroc = 0.7;              // under it PE tells right from wrong too badly
  double most_outliers = 0.05;           // one in a hundred known records has a high score
  double most_incidents = 0.01;          // a record
  double recent_days = 14.0;             // an event that ended longer ago asks for nothing
};

struct AdviceEvidence {
  std::string what;
  std::optional<double> value, limit;
};

struct Advice {
  AdviceKind kind = AdviceKind::kNothing;
  std::string reason;  // a sentence
  std::vector<AdviceEvidence> evidence;
  std::int64_t more_records = 0;  // of kWait
};

// One of each kind at most, by urgency; never empty. Pure.
std::vector<Advice> Advise(const AdviceInput& input, const AdviceOptions& options = {});

nlohmann::json ToJson(const std::vector<Advice>& advice);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_ADVICE_ADVICE_H_
