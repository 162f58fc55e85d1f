// An Estimate for machines.
#ifndef VIGIL_ESTIMATOR_REPORT_ESTIMATE_JSON_H_
#define VIGIL_ESTIMATOR_REPORT_ESTIMATE_JSON_H_

#include <nlohmann/json_fwd.hpp>

#include "estimator/monitor/performance.h"

namespace vigil {

// {"available", "reason_if_none"?, "estimated_accuracy", "interval_low", "interval_high", "level",
// "raw_mean", "effective_samples", "records", "blocks", "inferences", "represented",
// "not_represented": {"dropped", "expired", "unjudged"}, "outside_calibrated_conditions", "causes":
// {name: {"of_all": [value, low, high], "of_failures": [...]}}}. Where there is no estimate, the
// accuracy and its interval are null.
nlohmann::json ToJson(const Estimate& estimate);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_REPORT_ESTIMATE_JSON_H_
