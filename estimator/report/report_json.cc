#include "estimator/report/report_json.h"

#include <nlohmann/json.hpp>

#include "engine/base/hash.h"
#include "estimator/report/counts_json.h"
#include "estimator/report/drift_words.h"
#include "estimator/report/estimate_json.h"
#include "estimator/report/incident_words.h"
#include "estimator/report/markup.h"
#include "estimator/report/words.h"

namespace vigil {
namespace {

using nlohmann::json;

json TimeOrNull(const std::optional<std::int64_t>& micros) {
  return micros ? json(IsoTime(*micros)) : json();
}

json ModelsToJson(const DeviceReport& report) {
  json models = {{"target", {{"hash", nullptr}, {"name", Printable(report.target_name)}}},
                 {"estimator", {{"hash", nullptr}, {"name", Printable(report.estimator_name)}}},
                 {"backend", Printable(report.backend)},
                 {"causes", json::array()},
                 {"left_out", json::array()}};
  if (report.models) {
    models["target"]["hash"] = HashToHex(report.models->model_hash);
    models["estimator"]["hash"] = HashToHex(report.models->estimator_hash);
  }
  for (const Cause cause : report.causes) models["causes"].push_back(CauseName(cause));
  for (const LeftOutVerdicts& other : report.left_out) {
    models["left_out"].push_back({{"target", HashToHex(other.models.model_hash)},
                                  {"estimator", HashToHex(other.models.estimator_hash)},
                                  {"verdicts", other.verdicts}});
  }
  return models;
}

json BeyondToJson(const std::optional<BeyondCompetence>& beyond) {
  if (!beyond) return nullptr;
  return {{"scored", beyond->scored}, {"flagged", beyond->flagged}, {"budget", beyond->budget}};
}

json TimelineToJson(const Timeline& timeline) {
  json points = json::array();
  for (const TimelinePoint& point : timeline.points) {
    points.push_back({{"from", IsoTime(point.from_micros)},
                      {"to", IsoTime(point.to_micros)},
                      {"unfinished", point.unfinished},
                      {"estimate", ToJson(point.estimate)}});
  }
  return {{"window_seconds", timeline.window.count()},
          {"windows", std::move(points)},
          {"verdicts_before", timeline.before},
          {"verdicts_after", timeline.after}};
}

json TagsToJson(const DeviceReport& report) {
  json keys = json::array();
  for (const TagSlices& slices : report.tags) {
    json values = json::array();
    for (const TagValue& value : slices.values) {
      values.push_back({{"value", Printable(value.value)},
                        {"verdicts", value.verdicts},
                        {"estimate", value.estimate ? ToJson(*value.estimate) : json()}});
    }
    keys.push_back({{"key", Printable(slices.key)},
                    {"values", std::move(values)},
                    {"further_values", slices.further_values},
                    {"further_verdicts", slices.further_verdicts},
                    {"verdicts_without", slices.without}});
  }
  return {{"min_verdicts", report.min_verdicts_a_slice}, {"keys", std::move(keys)}};
}

json SliceToJson(const Subgroup& slice) {
  json tags = json::object();
  for (const SliceTag& tag : slice.tags) tags[Printable(tag.key)] = Printable(tag.value);
  json document = {{"tags", std::move(tags)},
                   {"verdicts", slice.verdicts},
                   {"blocks", slice.blocks},
                   {"accuracy", slice.accuracy},
                   {"accuracy_outside", slice.outside},
                   {"gap", {slice.gap.value, slice.gap.low, slice.gap.high}},
                   {"p", slice.p}};
  if (slice.sudden) {
    document["sudden"] = {{"time", IsoTime(slice.sudden->micros)},
                          {"gap_before", slice.sudden->before},
                          {"gap_after", slice.sudden->after}};
  }
  if (slice.growing) document["growing"] = {{"points_a_day", slice.growing->per_day * 100.0}};
  return document;
}

json SlicesToJson(const SliceFindings& findings) {
  json worse = json::array(), changed = json::array();
  for (const Subgroup& slice : findings.worse) worse.push_back(SliceToJson(slice));
  for (const Subgroup& slice : findings.changed) changed.push_back(SliceToJson(slice));
  return {{"worse", std::move(worse)},       {"changed", std::move(changed)},
          {"looked_at", findings.looked_at}, {"too_small", findings.too_small},
          {"left_out", findings.left_out},   {"level", findings.level}};
}

json AlertsToJson(const DeviceReport& report) {
  json alerts = json::array();
  for (const AlertState& state : report.alerts) {
    json alert = {{"name", Printable(state.rule.name)},
                  {"kind", AlertKindName(state.rule.kind)},
                  {"limit", state.rule.limit},
                  {"evidence", AlertEvidenceName(EvidenceOf(state.rule))},
                  {"windows", state.rule.windows},
                  {"window_seconds", report.alert_window.count()},
                  {"firing", state.firing},
                  {"since", state.firing ? json(IsoTime(state.since_micros)) : json()},
                  {"windows_in_a_row", state.in_a_row},
                  {"line", Printable(state.line)}};
    if (state.rule.kind == AlertKind::kCauseAbove) alert["cause"] = CauseName(state.rule.cause);
    alerts.push_back(std::move(alert));
  }
  return alerts;
}

json CountsToJson(const DeviceReport& report) {
  json counts = ToJson(report.counts);
  counts.update({{"epochs", report.epochs},
                 {"waiting", report.stored.records},
                 {"images_stored", report.stored.images}});
  return counts;
}

json SetAsideToJson(const std::vector<SetAsideFault>& faults) {
  json list = json::array();
  for (const SetAsideFault& fault : faults) {
    list.push_back({{"fault", Printable(fault.fault)},
                    {"code", Printable(fault.code)},
                    {"message", Printable(fault.message)},
                    {"records", fault.records}});
  }
  return list;
}

json IncidentsToJson(const std::vector<Incident>& incidents) {
  json list = json::array();
  for (const Incident& incident : incidents) {
    list.push_back({{"fault", Printable(incident.fault)},
                    {"code", Printable(incident.code)},
                    {"severity", SeverityText(incident)},
                    {"effort_to_mend", EffortText(incident)},
                    {"place", Printable(incident.place)},
                    {"count", incident.count},
                    {"first", IsoTime(incident.first_micros)},
                    {"last", IsoTime(incident.last_micros)},
                    {"message", Printable(incident.message)}});
  }
  return list;
}

json IdleToJson(const std::vector<IdleTime>& times) {
  json list = json::array();
  for (const IdleTime& time : times) {
    list.push_back({{"hour", IsoTime(time.hour_micros)},
                    {"doing", Printable(time.doing)},
                    {"why", Printable(time.why)},
                    {"seconds", time.seconds},
                    {"records", time.records}});
  }
  return list;
}

}  // namespace

json ToJson(const DeviceReport& report) {
  json document = {{"version", kReportVersion},
                   {"made", IsoTime(report.made_micros)},
                   {"first_inference", TimeOrNull(report.first_micros)},
                   {"last_inference", TimeOrNull(report.last_micros)},
                   {"models", ModelsToJson(report)},
                   {"blocks", Printable(report.blocks)},
                   {"estimate", ToJson(report.overall)},
                   {"beyond", BeyondToJson(report.beyond)},
                   {"timeline", TimelineToJson(report.timeline)},
                   {"tags", TagsToJson(report)},
                   {"slices", SlicesToJson(report.slices)},
                   {"alerts", AlertsToJson(report)},
                   {"drift", DriftToJson(report.drift)},
                   {"advice", AdviceToJson(report.advice)},
                   {"counts", CountsToJson(report)},
                   {"set_aside", SetAsideToJson(report.set_aside)},
                   {"incidents", IncidentsToJson(report.incidents)},
                   {"idle", IdleToJson(report.idle)}};
  if (!report.models) document["why_nothing_yet"] = Printable(WhyNothingYet(report));
  return document;
}

}  // namespace vigil
