// Rules on the estimate that want somebody's eye. Pure: the whole timeline goes in, so that nothing
// has to be remembered over a restart.
#ifndef VIGIL_ESTIMATOR_MONITOR_ALERTS_H_
#define VIGIL_ESTIMATOR_MONITOR_ALERTS_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "estimator/monitor/timeline.h"

namespace vigil {

enum class AlertKind { kAccuracyBelow, kCauseAbove };

// How much a window has to show. With an accuracy of 80 % (74 to 85) and a limit of 82 %, the first
// two hold and the third does not.
enum class AlertEvidence {
  kPossible,  // the interval does not rule it out: its lower bound is below the limit
  kLikely,    // the estimate itself is
  kSure,      // the whole interval is
};

struct AlertRule {
  std::string name;
  AlertKind kind = AlertKind::kAccuracyBelow;
  Cause cause = Cause::kOther;  // of kCauseAbove
  double limit = 0.0;           // of the accuracy; of the cause's share of all inferences
  int windows = 3;              // in a row, to fire and to clear; 1 or more
  // None: kPossible for the accuracy (nobody vouches for it any more), kLikely for a cause (the
  // upper bound of a rare one says more of how little was judged).
  std::optional<AlertEvidence> evidence;
};

std::string_view AlertKindName(AlertKind kind);              // "accuracy-below", "cause-above"
std::string_view AlertEvidenceName(AlertEvidence evidence);  // "possible", "likely", "sure"
// Throw Error (Api, kNotFound) that lists the names.
AlertKind AlertKindFromName(std::string_view name);
AlertEvidence AlertEvidenceFromName(std::string_view name);
AlertEvidence EvidenceOf(const AlertRule& rule);

// Throws Error (Api, kInvalidValue) naming the rule: no name, a limit outside 0 to 1, fewer windows
// than 1.
void CheckAlertRule(const AlertRule& rule);

struct AlertState {
  AlertRule rule;
  bool firing = false;
  std::int64_t since_micros = 0;  // where firing: when the first window of that run began
  int in_a_row = 0;               // newest windows in a row in which the rule's condition holds
  int looked_at = 0;              // windows with an estimate, unfinished ones left out
  std::string line;               // for people, with the numbers: what the newest window says
};

// A rule fires once its condition has held in `windows` windows in a row, and clears once it has
// not held in as many: one good window among bad ones clears nothing, one bad one fires nothing.
// Windows without an estimate neither count nor break a run, nor do unfinished ones, whose first
// few records would decide. Where verdicts come late the past may change, and the answer with it.
// Throws as CheckAlertRule.
std::vector<AlertState> EvaluateAlerts(std::span<const AlertRule> rules, const Timeline& timeline);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_ALERTS_H_
