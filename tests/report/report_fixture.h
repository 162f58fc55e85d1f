// A report with something in every part of it, and hostile strings wherever they can come from.
#ifndef VIGIL_TESTS_REPORT_REPORT_FIXTURE_H_
#define VIGIL_TESTS_REPORT_REPORT_FIXTURE_H_

#include <string>
#include <vector>

#include "estimator/report/device_report.h"
#include "tests/monitor/report_fixture.h"

namespace vigil::testing {

inline constexpr std::int64_t kReportStart = 20'000 * kDay;  // 2024-10-04
inline constexpr const char* kHostile = "<script>alert('x')</script> & \"q\"";

// Two days of windows of an hour; the second hour has no estimate, the fourth lies outside.
inline DeviceReport FullReport() {
  DeviceReport report{.made_micros = kReportStart + 2 * kDay};
  report.first_micros = kReportStart;
  report.last_micros = kReportStart + 2 * kDay - 1;
  report.models = ModelPair{0x1111, 0x2222};
  report.target_name = kHostile;
  report.estimator_name = kHostile;
  report.backend = kHostile;
  report.left_out = {{{1, 2}, 17}};
  report.causes = {Cause::kLocalization, Cause::kBlur, Cause::kOther};
  report.blocks = "60 s";
  Estimate estimate{.available = true, .accuracy = {0.84, 0.8, 0.88}, .level = 0.95};
  estimate.effective_samples = 1234;
  estimate.records = 2345;
  estimate.inferences = 34567;
  estimate.represented = 0.97;
  estimate.dropped = 5;
  for (const Cause cause : report.causes) {
    estimate.causes.push_back({cause, {0.05, 0.04, 0.06}, {0.31, 0.25, 0.37}});
  }
  report.overall = estimate;
  report.overall.outside_calibrated_conditions = true;
  report.beyond = BeyondCompetence{.scored = 2345, .flagged = 160, .budget = 0.05};
  report.timeline.window = std::chrono::hours(1);
  for (int hour = 0; hour < 48; ++hour) {
    TimelinePoint point{.from_micros = kReportStart + hour * kHour,
                        .to_micros = kReportStart + (hour + 1) * kHour,
                        .unfinished = hour == 47,
                        .estimate = estimate};
    if (hour == 1) point.estimate = {.reason_if_none = "no verdicts in this window"};
    point.estimate.outside_calibrated_conditions = hour == 3;
    report.timeline.points.push_back(point);
  }
  report.timeline.before = 3;
  report.tags = {{.key = kHostile,
                  .values = {{kHostile, 40, estimate}, {"rare", 3, std::nullopt}},
                  .further_values = 7,
                  .further_verdicts = 9,
                  .without = 11}};
  report.min_verdicts_a_slice = 30;
  Subgroup sudden{.tags = {{"site", kHostile}}, .verdicts = 320, .blocks = 40, .accuracy = 0.61};
  sudden.outside = 0.85;
  sudden.gap = {-0.24, -0.31, -0.17};
  sudden.p = 1e-5;
  sudden.sudden = GapBreak{kReportStart + 20 * kHour, -0.01, -0.24, 0.85, 0.85, 1e-4};
  Subgroup slow = sudden;
  slow.tags = {{"camera", "rear"}, {"site", "yard"}};
  slow.sudden.reset();
  slow.growing = GapTrend{-0.006, 1e-4};
  report.slices = {.looked_at = 14, .too_small = 3, .level = 0.05};
  report.slices.worse = {sudden};
  report.slices.changed = {sudden, slow};
  AlertState firing{.rule = {.name = kHostile, .limit = 0.82}, .firing = true};
  firing.since_micros = kReportStart + 5 * kHour;
  firing.line = "lower bound of the accuracy below 82.0 %";
  AlertState quiet{.rule = {.name = "blur", .kind = AlertKind::kCauseAbove, .cause = Cause::kBlur}};
  report.alerts = {firing, quiet};
  report.alert_window = std::chrono::hours(1);
  DriftEvent lens{.start_micros = kReportStart + 6 * kHour,
                  .detected_micros = kReportStart + 18 * kHour,
                  .ended_micros = kReportStart + 30 * kHour,
                  .kind = DriftKind::kInput,
                  .cause = Cause::kBlur,
                  .hurts = true,
                  .detector = "cumulative sum",
                  .reason = "inputs moved, and PE sees more of a cause"};
  lens.signals = {{"p(blur)", 0.1, 0.46, 3.57, 6.8, 1e-9}, {"latents", 0.0, 0.0, 0.7, 5.0, 1e-5}};
  DriftEvent subgroup{.start_micros = kReportStart + 40 * kHour,
                      .detected_micros = kReportStart + 46 * kHour,
                      .kind = DriftKind::kSubgroup,
                      .subgroup = kHostile};
  report.drift = DriftSummary{.watching = true, .baseline_days = 7.0, .records = 2345};
  report.drift->false_alarms_a_year = 2.0;
  report.drift->events = {lens, subgroup};
  report.drift->from_reference = {{"input mean 0", 0.5, 0.62, 1.2, 0.0, 1.0}};
  report.advice = {{AdviceKind::kRetrainTarget, "T does worse.", {{kHostile, 0.7, 0.8}}},
                   {AdviceKind::kWait, "Not sharp enough.", {{"width", 0.2, 0.1}}, 4321}};
  report.counts = {.seen = 40000, .kept = 2500, .judged = 2345, .dropped = 5, .set_aside = 2};
  report.epochs = 48;
  report.set_aside = {{"input", "malformed", kHostile, 2}};
  report.incidents = {
      {"gpu", "device-lost", "estimator", kHostile, kReportStart, kReportStart + kHour, 3},
      {kHostile, kHostile, kHostile, kHostile, kReportStart, kReportStart, 1}};
  for (int hour = 0; hour < 48; ++hour) {
    report.idle.push_back({kReportStart + hour * kHour, "working", "T is idle", 600, 48});
    report.idle.push_back({kReportStart + hour * kHour, "waiting", kHostile, 2400, 0});
  }
  return report;
}

// No verdict yet.
inline DeviceReport EmptyReport() {
  DeviceReport report{.made_micros = kReportStart + kDay};
  report.overall.reason_if_none = "no verdicts in this window";
  report.stored.records = 12;
  report.idle.push_back({kReportStart, "waiting", "target active", 3000, 0});
  return report;
}

}  // namespace vigil::testing

#endif  // VIGIL_TESTS_REPORT_REPORT_FIXTURE_H_
