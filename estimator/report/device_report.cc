#include "estimator/report/device_report.h"

#include <algorithm>

#include "engine/base/log.h"
#include "engine/base/text.h"
#include "estimator/monitor/advice/subgroups.h"
#include "estimator/monitor/drift/drift_monitor.h"
#include "estimator/monitor/robustness/competence.h"
#include "estimator/report/idle_summary.h"
#include "estimator/report/words.h"

namespace vigil {
namespace {

using std::chrono::seconds;

std::string BlocksText(const BlockOptions& blocks) {
  if (blocks.independent) return "every record";
  return blocks.tag.empty() ? Text(blocks.seconds, " s") : Text("tag '", blocks.tag, "'");
}

// A clock that was wrong once must not decide how the rest is cut.
seconds WindowOver(std::span<const Verdict> verdicts, std::int64_t now_micros) {
  const auto end = std::ranges::upper_bound(verdicts, now_micros, {}, &Verdict::time_micros);
  if (end == verdicts.begin()) return std::chrono::hours(1);
  const std::int64_t last = (end - 1)->time_micros;
  constexpr std::int64_t kTenYears = std::int64_t{3652} * 86'400'000'000;
  const auto begin =
      std::ranges::lower_bound(verdicts, last - kTenYears, {}, &Verdict::time_micros);
  return WindowFor(seconds((last - begin->time_micros) / 1'000'000));
}

// A state of another version is the monitor's to begin anew, not the report's to fail on.
std::optional<DriftSummary> DriftOf(Store& store) {
  const std::string state = store.Note(DriftMonitor::kNote);
  if (state.empty()) return std::nullopt;
  try {
    return ReadDriftSummary(state);
  } catch (const Error& error) {
    Log(LogLevel::kWarning, Text("the report says nothing of drift: ", error.what()));
    return std::nullopt;
  }
}

std::optional<BeyondCompetence> BeyondOf(Store& store, std::span<const Verdict> verdicts) {
  const std::string note = store.Note(kBeyondNote);
  if (note.empty()) return std::nullopt;
  try {
    const Competence competence = CompetenceFromJson(note);
    BeyondCompetence beyond{.budget = competence.budget()};
    for (const Verdict& verdict : verdicts) {
      beyond.scored += verdict.readings.beyond ? 1 : 0;
      beyond.flagged += competence.IsFlagged(verdict) ? 1 : 0;
    }
    return beyond.scored > 0 ? std::optional(beyond) : std::nullopt;
  } catch (const Error& error) {
    Log(LogLevel::kWarning, Text("the report says nothing of competence: ", error.what()));
    return std::nullopt;
  }
}

std::optional<double> OutlierShare(std::span<const Verdict> verdicts) {
  double scored = 0.0, high = 0.0;
  for (const Verdict& verdict : verdicts) {
    if (!verdict.readings.outlier) continue;
    ++scored;
    high += *verdict.readings.outlier >= kHighOutlier ? 1.0 : 0.0;
  }
  return scored > 0.0 ? std::optional(high / scored) : std::nullopt;
}

std::vector<Advice> AdviceOf(const DeviceReport& report, std::span<const Verdict> verdicts,
                             const Calibration* calibration, const ReportOptions& options) {
  if (verdicts.empty()) return {};
  AdviceInput input{.estimate = report.overall, .now_micros = report.made_micros};
  input.calibrated = calibration != nullptr;
  if (calibration) input.estimator_auroc = calibration->auroc();
  if (report.drift) {
    input.watching = report.drift->watching;
    input.events = report.drift->events;
  }
  input.outlier_share = OutlierShare(verdicts);
  input.slices = FailingSlices(report.slices);
  for (const Incident& incident : report.incidents) {
    if (incident.fault == FaultName(Fault::kInput) &&
        incident.last_micros >= verdicts.front().time_micros)
      input.input_incidents += incident.count;
  }
  return Advise(input, options.advice);
}

}  // namespace

DeviceReport BuildDeviceReport(Store& store, const Calibration* calibration,
                               std::span<const Cause> causes, const ReportOptions& options,
                               std::int64_t now_micros) {
  DeviceReport report{.made_micros = now_micros};
  report.target_name = options.target_name;
  report.estimator_name = options.estimator_name;
  report.backend = options.backend;
  report.causes.assign(causes.begin(), causes.end());
  report.level = options.performance.level;
  report.blocks = BlocksText(options.performance.blocks);
  report.min_verdicts_a_slice = options.tags.min_verdicts;
  report.alert_window = options.alert_window;

  std::vector<Verdict> all = store.Verdicts(options.from_micros, options.to_micros);
  const std::vector<EpochCounts> epochs = store.Epochs(options.from_micros, options.to_micros);
  if (epochs.empty()) all.clear();  // purged meanwhile
  VerdictSelection selection = SelectVerdicts(std::move(all), epochs, options.estimator_hash);
  const std::vector<Verdict>& verdicts = selection.verdicts;
  report.models = selection.models;
  report.left_out = std::move(selection.left_out);
  if (!verdicts.empty()) {
    report.first_micros = verdicts.front().time_micros;
    report.last_micros = verdicts.back().time_micros;
  }
  const PartEstimator estimator(epochs, calibration, options.performance);
  report.overall = estimator.Of(verdicts, estimator.unjudged());
  report.beyond = BeyondOf(store, verdicts);
  TimelineOptions timeline{
      .from_micros = options.from_micros, .to_micros = options.to_micros, .now_micros = now_micros};
  timeline.window = options.window.value_or(WindowOver(verdicts, now_micros));
  report.timeline = BuildTimeline(verdicts, estimator, timeline);
  report.tags = EstimateByTag(verdicts, estimator, options.tags);
  report.slice_options = options.slices;
  report.slice_options.blocks = options.performance.blocks;
  if (calibration && report.overall.available)
    report.slices = FindSlices(verdicts, epochs, *calibration, report.slice_options);
  if (!options.alerts.empty()) {
    timeline.window = options.alert_window;
    report.alerts = EvaluateAlerts(options.alerts, BuildTimeline(verdicts, estimator, timeline));
  }

  report.drift = DriftOf(store);
  if (report.drift)
    report.drift->events = WithSubgroups(report.drift->events, report.slices, now_micros);
  report.incidents = store.Incidents();
  report.advice = AdviceOf(report, verdicts, calibration, options);

  report.stored = store.Stats();
  for (const EpochCounts& count : epochs) report.counts += count;
  report.epochs = std::ssize(epochs);
  report.set_aside = store.SetAsideFaults();
  std::erase_if(report.incidents, [&](const Incident& incident) {
    return incident.last_micros < options.from_micros || incident.first_micros >= options.to_micros;
  });
  report.idle = store.IdleTimes(options.from_micros, options.to_micros);
  return report;
}

std::string BeyondText(const BeyondCompetence& beyond) {
  const double share = static_cast<double>(beyond.flagged) / static_cast<double>(beyond.scored);
  return Text(CountText(beyond.flagged), " of ", CountOfText(beyond.scored, "verdict", "verdicts"),
              " (", ShareText(share), "; ", ShareText(beyond.budget),
              " of records like calibration's): a human should look at them");
}

std::string WhyNothingYet(const DeviceReport& report) {
  const std::string waiting =
      report.stored.records > 0
          ? Text(CountOfText(report.stored.records, "record waits", "records wait"), " for PE")
          : std::string("no record waits for PE either");
  std::string why = Text("Nothing was judged yet: ", waiting, ".");
  if (report.stored.verdicts > 0) {
    why = Text("No verdict lies in this time: ", waiting, ".");
    if (!report.left_out.empty()) why = Text("No verdict is by this estimator: ", waiting, ".");
  }
  const IdleTime* last = nullptr;  // what took most of the newest hour
  for (const IdleTime& time : report.idle) {
    if (last == nullptr || time.hour_micros > last->hour_micros ||
        (time.hour_micros == last->hour_micros && time.seconds > last->seconds)) {
      last = &time;
    }
  }
  if (last == nullptr) return Text(why, " ", kNothingNoted);
  return Text(why, " Last PE was ", last->doing, " (", last->why, "), in the hour from ",
              MinuteText(last->hour_micros), " UTC.");
}

}  // namespace vigil
