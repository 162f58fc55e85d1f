#include <cmath>
#include <iostream>

#include <nlohmann/json.hpp>

#include "estimator/report/estimate_json.h"
#include "tools/vigil/demo/demo.h"
#include "tools/vigil/evaluate/evaluate.h"

namespace vigil {
namespace {

nlohmann::json CausesToJson(const DemoResult& r) {
  nlohmann::json causes = nlohmann::json::array();
  for (const CauseCount& c : r.causes) {
    causes.push_back({{"cause", CauseName(c.cause)},
                      {"images", c.applied},
                      {"failures", c.failures},
                      {"predicted", c.predicted},
                      {"found", c.found}});
  }
  return causes;
}

// JSON has no NaN.
nlohmann::json Finite(double value) {
  return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json();
}

}  // namespace

void PrintDemoJson(const DemoResult& r, const std::optional<EstimatorTable>& table) {
  nlohmann::json json = {
      {"task", r.task.name},
      {"data", r.data},
      {"conditions", r.conditions},
      {"target", r.target_file},
      {"estimator", r.estimator_file},
      {"backend", r.backend},
      {"device", r.device},
      {"backend_reason", r.why_backend},
      {"precision", r.precision},
      {"idle_policy", r.idle_policy},
      {"images", r.images},
      {"true_accuracy", r.true_accuracy ? nlohmann::json(*r.true_accuracy) : nlohmann::json()},
      {"estimate", ToJson(r.estimate)},
      {"causes", CausesToJson(r)},
      {"records", r.stored.appended_records},
      {"bytes_per_record", r.stored.bytes_per_record},
      {"raw_bytes_per_record", r.raw_bytes_per_record},
      {"images_stored", r.stored.images},
      {"records_dropped", r.stored.totals.dropped},
      {"records_expired", r.stored.totals.expired},
      {"target_ms", r.timings.target_ms},
      {"target_with_taps_ms", r.timings.kept_ms},
      {"estimator_ms", r.timings.estimator_ms},
      {"stream_seconds", r.timings.stream_seconds},
      {"idle_seconds", r.timings.idle_seconds},
  };
  const Estimate& e = r.estimate;
  json["estimated_accuracy"] = e.available ? nlohmann::json(e.accuracy.value) : nlohmann::json();
  json["interval_low"] = e.available ? nlohmann::json(e.accuracy.low) : nlohmann::json();
  json["interval_high"] = e.available ? nlohmann::json(e.accuracy.high) : nlohmann::json();
  json["outside_calibrated_conditions"] = e.outside_calibrated_conditions;
  if (r.metrics) {
    json["auroc"] = Finite(r.metrics->auroc);
    json["baseline"] = {{"name", r.baseline}, {"auroc", Finite(r.baseline_auroc.value_or(NAN))}};
    json["tnr"] = Finite(r.metrics->tnr);
    json["tpr"] = Finite(r.metrics->tpr);
  }
  if (r.agreement) {
    json["agreement"] = {{"device", r.agreement->device},
                         {"images", r.agreement->images},
                         {"same_decisions", r.agreement->same_decisions},
                         {"same_verdicts", r.agreement->same_verdicts},
                         {"largest_output_difference", r.agreement->largest_output_difference},
                         {"largest_p_difference", r.agreement->largest_p_difference}};
  } else {
    json["agreement"] = nullptr;
    json["no_agreement_reason"] = r.no_agreement_reason;
  }
  if (table) json["table6"] = EstimatorTableToJson(*table);
  std::cout << json.dump(2) << "\n";
}

}  // namespace vigil
