#include "estimator/report/estimate_json.h"

#include <nlohmann/json.hpp>

namespace vigil {
namespace {

nlohmann::json Triple(const Interval& interval) {
  return nlohmann::json::array({interval.value, interval.low, interval.high});
}

}  // namespace

nlohmann::json ToJson(const Estimate& estimate) {
  nlohmann::json document = {
      {"available", estimate.available},
      {"estimated_accuracy", nullptr},
      {"interval_low", nullptr},
      {"interval_high", nullptr},
      {"level", estimate.level},
      {"raw_mean", estimate.raw_mean},
      {"effective_samples", estimate.effective_samples},
      {"records", estimate.records},
      {"blocks", estimate.blocks},
      {"inferences", estimate.inferences},
      {"represented", estimate.represented},
      {"not_represented",
       {{"dropped", estimate.dropped},
        {"expired", estimate.expired},
        {"unjudged", estimate.unjudged}}},
      {"outside_calibrated_conditions", estimate.outside_calibrated_conditions},
      {"causes", nlohmann::json::object()}};
  if (estimate.available) {
    document["estimated_accuracy"] = estimate.accuracy.value;
    document["interval_low"] = estimate.accuracy.low;
    document["interval_high"] = estimate.accuracy.high;
  } else {
    document["reason_if_none"] = estimate.reason_if_none;
  }
  for (const CauseShare& share : estimate.causes) {
    document["causes"][std::string(CauseName(share.cause))] = {
        {"of_all", Triple(share.of_all)}, {"of_failures", Triple(share.of_failures)}};
  }
  return document;
}

}  // namespace vigil
