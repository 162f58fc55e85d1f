// From the signals that moved to the kind of an event (SOURCES.md G6): one table of rules.
#ifndef VIGIL_ESTIMATOR_MONITOR_DRIFT_ATTRIBUTION_H_
#define VIGIL_ESTIMATOR_MONITOR_DRIFT_ATTRIBUTION_H_

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "estimator/monitor/drift/drift_event.h"
#include "estimator/monitor/drift/drift_features.h"

namespace vigil {

// One signal over an event, whether it moved or not.
struct MeasuredSignal {
  SignalInfo info;
  double before = 0.0, after = 0.0;  // in its unit
  double deviation = 1.0;            // of a record, in its unit
  double effect = 0.0, score = 0.0, p = 1.0;
  bool moved = false;  // beyond chance, and far enough to matter
};

struct AttributionOptions {
  double still = 0.25;    // inputs whose statistics moved by fewer deviations stayed as they were
  double moved = 0.3;     // from here on an effect on T, PE or the latents counts
  double broken = 4.0;    // no input of before lies that far out
  double violated = 0.2;  // share of records that break the schema
  double collapse = 0.8;  // of p(correct) alone, sudden, with inputs as before
  // Rise of T's confidence alone, sudden: whoever chooses pixels against T's gradients drives it
  // far over the boundary, while a world that becomes easier changes its inputs too.
  double surer = 0.6;
  double rare = 0.4;  // a larger share of outliers is no minority
};

struct Attribution {
  DriftKind kind = DriftKind::kInput;
  std::optional<Cause> cause;
  bool hurts = false;
  std::string reason;
};

// The first rule of the table that holds. Pure.
Attribution Attribute(std::span<const MeasuredSignal> signals, bool gradual,
                      const AttributionOptions& options = {});

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_DRIFT_ATTRIBUTION_H_
