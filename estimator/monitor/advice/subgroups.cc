#include "estimator/monitor/advice/subgroups.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "engine/base/clock.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

constexpr std::int64_t kDay = 86'400'000'000;
// The place of a step in a noisy history, and the start of an event, are known so well.
constexpr std::int64_t kNear = 5 * kDay;
// The rest does as before where it moved by less than this part of the subgroup's fall.
constexpr double kAsBefore = 0.4;

constexpr const char* kBySlices = "slices";
// Deviations of an input's statistic, as AttributionOptions::still.
constexpr double kInputMoves = 0.25;

// A step whose rest stood still.
bool FellAlone(const GapBreak& step) {
  const double fall = step.after - step.before;
  return fall <= -kWorthAdvice &&
         std::abs(step.outside_after - step.outside_before) < -kAsBefore * fall;
}

bool InputsMoved(const DriftEvent& event) {
  return std::ranges::any_of(event.signals, [](const SignalChange& change) {
    return change.signal.starts_with("input") && std::abs(change.effect) >= kInputMoves;
  });
}

// What a subgroup that fails does to the whole stream: T does worse, the inputs are as before.
bool MayBeOf(const DriftEvent& event) {
  return (event.kind == DriftKind::kInput || event.kind == DriftKind::kConcept) &&
         !InputsMoved(event);
}

bool Explains(const GapBreak& step, const DriftEvent& event) {
  return MayBeOf(event) && std::abs(step.micros - event.start_micros) <= kNear;
}

// What the stream tests saw again later of what has not ended: by the same cause, or first of all
// in the same signal.
bool Repeats(const DriftEvent& told, const DriftEvent& event) {
  if (event.start_micros <= told.start_micros || !told.ongoing() || !MayBeOf(event)) return false;
  const bool same_cause = event.cause && event.cause == told.cause;
  return same_cause || (!event.signals.empty() && !told.signals.empty() &&
                        event.signals.front().signal == told.signals.front().signal);
}

std::string Reason(const GapBreak& step) {
  const auto points = [](double share) { return std::lround(100.0 * share); };
  return Text("its gap to the rest went from ", points(step.before), " to ", points(step.after),
              " points, and the rest does as before");
}

DriftEvent EventOf(const Subgroup& subgroup, std::int64_t now_micros) {
  const GapBreak& step = *subgroup.sudden;
  DriftEvent event{.start_micros = StretchStart(step.micros, kDay), .detected_micros = now_micros};
  event.hurts = true;
  event.detector = kBySlices;
  event.records = subgroup.verdicts;
  const double before = step.outside_before + step.before;
  const double after = step.outside_after + step.after;
  event.signals.push_back({.signal = Text("p(correct) where ", NameOf(subgroup)),
                           .before = before,
                           .after = after,
                           .p = step.p});
  return event;
}

}  // namespace

std::string NameOf(const Subgroup& subgroup) {
  std::string name;
  for (const SliceTag& tag : subgroup.tags)
    name += Text(name.empty() ? "" : ", ", tag.key, "=", tag.value);
  return name;
}

std::vector<DriftEvent> WithSubgroups(std::vector<DriftEvent> events, const SliceFindings& findings,
                                      std::int64_t now_micros) {
  for (const Subgroup& subgroup : findings.changed) {
    if (!subgroup.sudden || !FellAlone(*subgroup.sudden)) continue;
    const GapBreak& step = *subgroup.sudden;
    auto event =
        std::ranges::find_if(events, [&](const DriftEvent& one) { return Explains(step, one); });
    if (event == events.end()) {
      events.push_back(EventOf(subgroup, now_micros));
      event = events.end() - 1;
    }
    event->kind = DriftKind::kSubgroup;
    event->gradual = false;
    if (event->detector != kBySlices) {
      // Of the two that know when it began, the slices look at nothing but the subgroup.
      event->start_micros = StretchStart(step.micros, kDay);
      event->detected_micros = std::max(event->detected_micros, event->start_micros);
      event->ended_micros.reset();
    }
    event->subgroup = NameOf(subgroup);
    event->reason = Reason(step);
    const DriftEvent told = *event;
    std::erase_if(events, [&](const DriftEvent& one) { return Repeats(told, one); });
  }
  std::ranges::stable_sort(events, {}, &DriftEvent::start_micros);
  return events;
}

std::vector<FailingSlice> FailingSlices(const SliceFindings& findings) {
  std::vector<FailingSlice> failing;
  for (const Subgroup& subgroup : findings.worse) {
    if (subgroup.gap.value > -kWorthAdvice) continue;
    failing.push_back({NameOf(subgroup),
                       {subgroup.accuracy, subgroup.outside + subgroup.gap.low,
                        subgroup.outside + subgroup.gap.high},
                       subgroup.verdicts});
  }
  return failing;
}

}  // namespace vigil
