#include "estimator/monitor/drift/drift_event.h"

#include <array>

#include <nlohmann/json.hpp>

#include "engine/base/text.h"

namespace vigil {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, kDriftKindCount> kNames = {
    "input-drift", "concept-drift", "outliers", "adversarial", "pipeline-fault", "subgroup-fails"};
constexpr std::array<std::string_view, kDriftKindCount> kTexts = {
    "input drift",        "label or concept drift", "outliers",
    "adversarial inputs", "pipeline fault",         "subgroup that fails"};

json ToJson(const SignalChange& change) {
  return {{"signal", change.signal}, {"before", change.before}, {"after", change.after},
          {"effect", change.effect}, {"score", change.score},   {"p", change.p}};
}

json ToJson(const std::vector<SignalChange>& changes) {
  json list = json::array();
  for (const SignalChange& change : changes) list.push_back(ToJson(change));
  return list;
}

}  // namespace

std::string_view DriftKindName(DriftKind kind) { return kNames[static_cast<std::size_t>(kind)]; }

std::string_view DriftKindText(DriftKind kind) { return kTexts[static_cast<std::size_t>(kind)]; }

std::string Headline(const DriftEvent& event) {
  std::string text = Text(event.gradual ? "gradual " : "sudden ", DriftKindText(event.kind));
  if (event.cause) text += Text(" (", CauseName(*event.cause), ")");
  if (!event.subgroup.empty()) text += Text(" (", event.subgroup, ")");
  return text;
}

json ToJson(const DriftEvent& event) {
  return {{"start_micros", event.start_micros},
          {"detected_micros", event.detected_micros},
          {"ended_micros", event.ended_micros ? json(*event.ended_micros) : json()},
          {"lasting", event.lasting},
          {"gradual", event.gradual},
          {"replaced", event.replaced},
          {"kind", DriftKindName(event.kind)},
          {"cause", event.cause ? json(CauseName(*event.cause)) : json()},
          {"subgroup", event.subgroup},
          {"hurts", event.hurts},
          {"detector", event.detector},
          {"reason", event.reason},
          {"signals", ToJson(event.signals)},
          {"records", event.records}};
}

json ToJson(const DriftSummary& summary) {
  json events = json::array();
  for (const DriftEvent& event : summary.events) events.push_back(ToJson(event));
  return {{"watching", summary.watching},
          {"baseline_days", summary.baseline_days},
          {"first_micros", summary.first_micros},
          {"last_micros", summary.last_micros},
          {"records", summary.records},
          {"passed_over", summary.passed_over},
          {"false_alarms_a_year", summary.false_alarms_a_year},
          {"events", std::move(events)},
          {"from_reference", ToJson(summary.from_reference)}};
}

}  // namespace vigil
