#include "estimator/monitor/alerts.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

constexpr std::array<std::string_view, 2> kKinds = {"accuracy-below", "cause-above"};
constexpr std::array<std::string_view, 3> kEvidence = {"possible", "likely", "sure"};

template <typename Enum, std::size_t N>
Enum FromName(const char* what, std::string_view name,
              const std::array<std::string_view, N>& names) {
  const auto found = std::ranges::find(names, name);
  if (found != names.end()) return static_cast<Enum>(found - names.begin());
  std::string known;
  for (const std::string_view one : names) known += Text(known.empty() ? "" : ", ", one);
  throw Error(Fault::kApi, ErrorCode::kNotFound,
              Text("no ", what, " '", name, "': expected one of ", known));
}

std::string Percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %%", share * 100.0);
  return text;
}

Interval FigureOf(const AlertRule& rule, const Estimate& estimate) {
  if (rule.kind == AlertKind::kAccuracyBelow) return estimate.accuracy;
  for (const CauseShare& share : estimate.causes) {
    if (share.cause == rule.cause) return share.of_all;
  }
  return {};
}

bool Holds(const AlertRule& rule, const Interval& figure) {
  const bool below = rule.kind == AlertKind::kAccuracyBelow;
  double decisive = figure.value;
  if (EvidenceOf(rule) == AlertEvidence::kPossible) decisive = below ? figure.low : figure.high;
  if (EvidenceOf(rule) == AlertEvidence::kSure) decisive = below ? figure.high : figure.low;
  return below ? decisive < rule.limit : decisive > rule.limit;
}

std::string Condition(const AlertRule& rule) {
  const bool below = rule.kind == AlertKind::kAccuracyBelow;
  const std::string what =
      below ? "accuracy" : Text("share of ", CauseName(rule.cause), " in all inferences");
  const char* bound = "";
  if (EvidenceOf(rule) == AlertEvidence::kPossible) bound = below ? "lower" : "upper";
  if (EvidenceOf(rule) == AlertEvidence::kSure) bound = below ? "upper" : "lower";
  return Text(*bound ? Text(bound, " bound of the ", what) : what, below ? " below " : " above ",
              Percent(rule.limit));
}

std::string Windows(int count) {
  return count == 1 ? std::string("the newest window") : Text("the newest ", count, " windows");
}

// `against`: newest windows in a row in which the condition does not hold.
std::string LineOf(const AlertState& state, int against, const TimelinePoint* newest) {
  const AlertRule& rule = state.rule;
  if (newest == nullptr) return Condition(rule) + ": no window has an estimate yet";
  std::string line = Condition(rule);
  if (state.in_a_row > 0) {
    line += Text(" in ", Windows(state.in_a_row));
    if (!state.firing) line += Text(" (", rule.windows, " in a row fire)");
  } else {
    line += Text(": not in ", Windows(against));
    if (state.firing) line += Text(" (", rule.windows, " in a row clear)");
  }
  const Interval figure = FigureOf(rule, newest->estimate);
  line += Text("; last ", Percent(figure.value), ", ", Percent(figure.low), " to ",
               Percent(figure.high));
  if (newest->estimate.outside_calibrated_conditions) line += ", outside calibrated conditions";
  return line;
}

AlertState Evaluate(const AlertRule& rule, const Timeline& timeline) {
  CheckAlertRule(rule);
  AlertState state{.rule = rule};
  const TimelinePoint* newest = nullptr;
  std::int64_t run_began = 0;
  int against = 0;  // windows in a row in which it does not hold
  for (const TimelinePoint& point : timeline.points) {
    if (point.unfinished || !point.estimate.available) continue;
    newest = &point;
    ++state.looked_at;
    if (Holds(rule, FigureOf(rule, point.estimate))) {
      if (state.in_a_row == 0) run_began = point.from_micros;
      against = 0;
      if (++state.in_a_row >= rule.windows && !state.firing) {
        state.firing = true;
        state.since_micros = run_began;
      }
    } else {
      state.in_a_row = 0;
      if (++against >= rule.windows) {
        state.firing = false;
        state.since_micros = 0;
      }
    }
  }
  state.line = LineOf(state, against, newest);
  return state;
}

}  // namespace

std::string_view AlertKindName(AlertKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

std::string_view AlertEvidenceName(AlertEvidence evidence) {
  return kEvidence[static_cast<std::size_t>(evidence)];
}

AlertKind AlertKindFromName(std::string_view name) {
  return FromName<AlertKind>("kind of alert", name, kKinds);
}

AlertEvidence AlertEvidenceFromName(std::string_view name) {
  return FromName<AlertEvidence>("evidence for an alert", name, kEvidence);
}

AlertEvidence EvidenceOf(const AlertRule& rule) {
  if (rule.evidence) return *rule.evidence;
  return rule.kind == AlertKind::kAccuracyBelow ? AlertEvidence::kPossible : AlertEvidence::kLikely;
}

void CheckAlertRule(const AlertRule& rule) {
  const auto refuse = [&](const std::string& what) {
    throw Error(Fault::kApi, ErrorCode::kInvalidValue, Text("alert '", rule.name, "': ", what));
  };
  if (rule.name.empty()) refuse("expected a name");
  if (!(rule.limit >= 0.0 && rule.limit <= 1.0)) {
    refuse(Text("limit ", rule.limit, ", expected 0 to 1"));
  }
  if (rule.windows < 1) refuse(Text(rule.windows, " windows, expected 1 or more"));
}

std::vector<AlertState> EvaluateAlerts(std::span<const AlertRule> rules, const Timeline& timeline) {
  std::vector<AlertState> states;
  for (const AlertRule& rule : rules) states.push_back(Evaluate(rule, timeline));
  return states;
}

}  // namespace vigil
