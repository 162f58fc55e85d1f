// What changed and what to do, in words and as JSON; every form of the report says it alike.
#ifndef VIGIL_ESTIMATOR_REPORT_DRIFT_WORDS_H_
#define VIGIL_ESTIMATOR_REPORT_DRIFT_WORDS_H_

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "estimator/monitor/advice/advice.h"
#include "estimator/monitor/drift/drift_event.h"

namespace vigil {

// "2026-11-12 00:00 to 2026-11-17 06:00", "since 2026-11-12 00:00, the new normal".
std::string SpanText(const DriftEvent& event);
// "p(blur) from 0.1 to 0.46 (+3.6 deviations)".
std::string ChangeText(const SignalChange& change);
// All that moved, and whether T does worse for it.
std::string EffectText(const DriftEvent& event);
// "12,345 records; set to at most 2 false alarms a year", or what is still missing.
std::string DriftStateText(const DriftSummary& drift);
// "input incidents an inference: 0.02, limit 0.01".
std::string EvidenceText(const AdviceEvidence& evidence);
// The reason, and how many records are to be waited for.
std::string AdviceText(const Advice& advice);

// With times as texts, as everywhere in the report; null where there is no monitor.
nlohmann::json DriftToJson(const std::optional<DriftSummary>& drift);
nlohmann::json AdviceToJson(const std::vector<Advice>& advice);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_REPORT_DRIFT_WORDS_H_
