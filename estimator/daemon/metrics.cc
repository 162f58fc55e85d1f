#include "estimator/daemon/metrics.h"

#include <charconv>
#include <initializer_list>
#include <map>
#include <string_view>
#include <utility>

#include "engine/base/text.h"
#include "estimator/report/incident_words.h"

namespace vigil {
namespace {

using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

double Seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

std::string Number(double value) {
  char text[32];
  const auto written = std::to_chars(text, text + sizeof text, value);
  return {text, written.ptr};
}

std::string LabelText(Labels labels) {
  std::string text;
  for (const auto& [name, value] : labels) {
    text += Text(text.empty() ? "{" : ",", name, "=\"");
    for (const char c : value) {
      if (c == '\n') {
        text += "\\n";
      } else {
        if (c == '"' || c == '\\') text += '\\';
        text += c;
      }
    }
    text += '"';
  }
  return text.empty() ? text : text + "}";
}

class Exposition {
 public:
  // Names the family of the samples that follow.
  void Family(std::string_view name, std::string_view type, std::string_view unit,
              std::string_view help) {
    name_ = name;
    counter_ = type == "counter";
    text_ += Text("# TYPE ", name, " ", type, "\n");
    if (!unit.empty()) text_ += Text("# UNIT ", name, " ", unit, "\n");
    text_ += Text("# HELP ", name, " ", help, "\n");
  }
  void Sample(double value, Labels labels = {}, std::string_view ending = "") {
    text_ +=
        Text(name_, counter_ ? "_total" : "", ending, LabelText(labels), " ", Number(value), "\n");
  }
  std::string Close() { return std::move(text_) + "# EOF\n"; }

 private:
  std::string text_, name_;
  bool counter_ = false;
};

void AddScheduler(const ServiceStatus& status, Exposition& out) {
  const SchedulerStatus& scheduler = status.scheduler;
  out.Family("vigil_scheduler_state", "stateset", "", "What PE's thread does.");
  for (const SchedulerState state : {SchedulerState::kStopped, SchedulerState::kWaiting,
                                     SchedulerState::kWorking, SchedulerState::kBackingOff}) {
    out.Sample(scheduler.state == state, {{"vigil_scheduler_state", StateName(state)}});
  }
  out.Family("vigil_blocker", "stateset", "", "What keeps PE from running.");
  for (const std::string_view name : kBlockerNames)
    out.Sample(BlockerName(scheduler.blocker) == name, {{"vigil_blocker", name}});
  const auto count = [&](std::string_view name, std::int64_t value, std::string_view help) {
    out.Family(name, "counter", "", help);
    out.Sample(static_cast<double>(value));
  };
  count("vigil_judged_records", scheduler.records,
        "Records that PE judged since the service began.");
  count("vigil_chunks", scheduler.chunks, "Runs of PE between two looks at the device.");
  count("vigil_yields", scheduler.yields, "Chunks that PE broke off for the target model.");
  count("vigil_errors", scheduler.errors, "Failures after which PE backed off.");
  out.Family("vigil_worked_today_seconds", "gauge", "seconds", "PE's work this local day.");
  out.Sample(Seconds(scheduler.worked_today));
  out.Family("vigil_missing_signal", "gauge", "", "Idle signals that this machine does not offer.");
  for (const MissingSignal& signal : scheduler.missing) out.Sample(1.0, {{"signal", signal.name}});
}

void AddStore(const StoreStats& store, Exposition& out) {
  out.Family("vigil_store_inferences", "gauge", "",
             "Inferences of the target by what became of them, over the epochs that still stand.");
  out.Sample(static_cast<double>(store.totals.seen), {{"state", "seen"}});
  out.Sample(static_cast<double>(store.totals.kept), {{"state", "kept"}});
  out.Sample(static_cast<double>(store.totals.judged), {{"state", "judged"}});
  out.Sample(static_cast<double>(store.totals.dropped), {{"state", "dropped"}});
  out.Sample(static_cast<double>(store.totals.expired), {{"state", "expired"}});
  out.Sample(static_cast<double>(store.totals.set_aside), {{"state", "set-aside"}});
  out.Family("vigil_store_waiting_records", "gauge", "", "Records that PE has not judged.");
  out.Sample(static_cast<double>(store.records));
  out.Family("vigil_store_unopenable_records", "gauge", "",
             "Waiting records that are sealed for a key that is not here.");
  out.Sample(static_cast<double>(store.unopenable));
  out.Family("vigil_store_size_bytes", "gauge", "bytes", "Of the store's file and its journal.");
  out.Sample(static_cast<double>(store.file_bytes), {{"file", "store"}});
  out.Sample(static_cast<double>(store.journal_bytes), {{"file", "journal"}});
  out.Family("vigil_store_records_this_hour", "gauge", "", "What max_records_an_hour bounds.");
  out.Sample(static_cast<double>(store.records_this_hour));
  out.Family("vigil_store_written_today_bytes", "gauge", "bytes",
             "Written to the disk in the last 24 hours, what max_written_mib_a_day bounds.");
  out.Sample(static_cast<double>(store.written_today));
}

void AddEstimate(const DeviceReport& report, Exposition& out) {
  const Estimate& estimate = report.overall;
  out.Family("vigil_target_accuracy_ratio", "gauge", "ratio",
             "Estimated accuracy of the target model, and the bounds of its interval.");
  if (estimate.available) {
    out.Sample(estimate.accuracy.value, {{"bound", "estimate"}});
    out.Sample(estimate.accuracy.low, {{"bound", "low"}});
    out.Sample(estimate.accuracy.high, {{"bound", "high"}});
  }
  out.Family("vigil_represented_ratio", "gauge", "ratio",
             "Share of the target's inferences that the verdicts speak for.");
  if (estimate.records > 0) out.Sample(estimate.represented);
  out.Family("vigil_outside_calibrated_conditions", "gauge", "",
             "1 where the verdicts look like nothing that calibration saw.");
  if (estimate.records > 0) out.Sample(estimate.outside_calibrated_conditions);
  out.Family("vigil_cause_ratio", "gauge", "ratio",
             "Share of all inferences that PE judges wrong for this cause.");
  for (const CauseShare& share : estimate.causes)
    out.Sample(share.of_all.value, {{"cause", CauseName(share.cause)}});
  out.Family("vigil_alert_firing", "gauge", "", "Alerts by rule: 1 where it fires.");
  for (const AlertState& alert : report.alerts)
    out.Sample(alert.firing, {{"rule", alert.rule.name}});
}

void AddDrift(const DeviceReport& report, Exposition& out) {
  if (report.drift) {
    out.Family("vigil_drift_watching", "gauge", "", "1 where a baseline stands, 0 until then.");
    out.Sample(report.drift->watching);
    out.Family("vigil_drift_events", "gauge", "",
               "Changes that the drift monitor remembers, by kind and by whether they go on.");
    for (int k = 0; k < kDriftKindCount; ++k) {
      double ongoing = 0.0, over = 0.0;
      for (const DriftEvent& event : report.drift->events) {
        if (event.kind == static_cast<DriftKind>(k)) (event.ongoing() ? ongoing : over) += 1.0;
      }
      const std::string_view kind = DriftKindName(static_cast<DriftKind>(k));
      out.Sample(ongoing, {{"kind", kind}, {"state", "ongoing"}});
      out.Sample(over, {{"kind", kind}, {"state", "over"}});
    }
  }
  out.Family("vigil_advice", "stateset", "", "What the monitors advise.");
  for (int k = 0; k < kAdviceKindCount; ++k) {
    bool given = false;
    for (const Advice& advice : report.advice) given |= advice.kind == static_cast<AdviceKind>(k);
    out.Sample(given, {{"vigil_advice", AdviceKindName(static_cast<AdviceKind>(k))}});
  }
}

// Over all places, so that labels stay few.
void AddIncidents(const std::vector<Incident>& incidents, Exposition& out) {
  out.Family("vigil_incidents", "counter", "",
             "Faults and incidents that the store knows, by family, code and severity.");
  std::map<std::pair<std::string, std::string>, Incident> kinds;
  for (const Incident& incident : incidents) {
    Incident& kind = kinds[{incident.fault, incident.code}];
    kind.fault = incident.fault;
    kind.code = incident.code;
    kind.count += incident.count;
  }
  for (const auto& [_, kind] : kinds) {
    out.Sample(static_cast<double>(kind.count),
               {{"family", kind.fault}, {"code", kind.code}, {"severity", SeverityText(kind)}});
  }
}

}  // namespace

std::string OpenMetrics(const ServiceStatus& status, const DeviceReport& report) {
  Exposition out;
  out.Family("vigil_service", "info", "", "The service.");
  out.Sample(1.0, {{"version", VIGIL_VERSION}, {"backend", status.backend}}, "_info");
  out.Family("vigil_up_seconds", "gauge", "seconds", "Since the service began.");
  out.Sample(Seconds(status.up));
  AddScheduler(status, out);
  AddStore(status.store, out);
  AddEstimate(report, out);
  AddDrift(report, out);
  AddIncidents(report.incidents, out);
  return out.Close();
}

}  // namespace vigil
