#include "estimator/monitor/drift/event_tracker.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/base/error.h"

namespace vigil {
namespace {

constexpr double kBack = 0.3;        // of the strongest state, that may be left where it is over
constexpr double kAgain = 0.5;       // of it, that is more than its end
constexpr double kStillScore = 2.5;  // of a signal that has not come back
constexpr double kMovesOn = 0.1;     // of it, a day: has not settled
constexpr double kSameDirection = 0.75;  // cosine
constexpr double kOvertakes = 4.0;       // times the event's strength
// Of the strongest state, that a sudden event shows on its first day.
constexpr double kGradualPart = 0.75;
constexpr double kGradualDays = 3.0;
// Signals are not independent, as PartDeviation takes them.
constexpr double kDependence = 1.5;

// Between what moves and a shape, over what moved in either; the vector's effect has no direction.
double CosineOf(std::span<const MeasuredSignal> measured, std::span<const float> shape) {
  double product = 0.0, now = 0.0, then = 0.0;
  for (std::size_t j = 0; j + 1 < shape.size(); ++j) {
    if (!measured[j].moved && shape[j] == 0.0f) continue;
    product += measured[j].effect * shape[j];
    now += measured[j].effect * measured[j].effect;
    then += static_cast<double>(shape[j]) * shape[j];
  }
  const double lengths = std::sqrt(now * then);
  return lengths > 0.0 ? product / lengths : 0.0;
}

// What moved, and with it the signal that gave the alarm: over more blocks than these.
std::vector<MeasuredSignal> MeasureAlarm(std::span<const BlockResiduals> blocks, std::size_t signal,
                                         const DriftView& view) {
  std::vector<MeasuredSignal> measured = Measure(blocks, view.baseline, view.scale, view.signals);
  measured[signal].moved = true;
  return measured;
}

}  // namespace

std::int64_t EventTracker::Micros(std::int64_t block) const {
  return static_cast<std::int64_t>(static_cast<double>(block) * block_seconds * 1e6);
}

double EventTracker::PartOf(std::span<const BlockResiduals> blocks) const {
  return Dot(MeanResiduals(blocks), now_.peak) / std::max(now_.strength, 1e-12);
}

double EventTracker::PartDeviation(std::span<const BlockResiduals> blocks,
                                   const DriftBaseline& baseline) const {
  double variance = 0.0;
  for (std::size_t j = 0; j + 1 < now_.peak.size(); ++j) {
    if (now_.peak[j] != 0.0f)
      variance +=
          static_cast<double>(now_.peak[j]) * now_.peak[j] * baseline.VarianceOfMean(j, blocks);
  }
  return kDependence * std::sqrt(variance) / std::max(now_.strength, 1e-12);
}

void EventTracker::Update(const DriftView& view, DriftEvent& event) {
  const DriftBaseline& baseline = view.baseline;
  const auto day = static_cast<std::size_t>(baseline.slots);
  const std::span<const BlockResiduals> blocks = Last(view.recent, day, now_.start);
  if (blocks.empty()) return;
  if (now_.first_day.empty() || blocks.back().index < now_.start + baseline.slots)
    now_.first_day = MeanResiduals(blocks);
  const std::vector<MeasuredSignal> measured = MeasureAlarm(blocks, now_.signal, view);
  double strength = 0.0;
  for (const MeasuredSignal& signal : measured)
    strength += signal.moved ? signal.effect * signal.effect : 0.0;
  if (strength <= now_.strength) return;
  now_.strength = strength;
  now_.peak_block = blocks.back().index;
  now_.peak = EffectsOf(measured);
  const double days =
      static_cast<double>(now_.peak_block - now_.start) / static_cast<double>(baseline.slots);
  const double first = Dot(now_.first_day, now_.peak) / now_.strength;
  event.gradual = days >= kGradualDays && first + PartDeviation(blocks, baseline) < kGradualPart;
  const Attribution named = Attribute(measured, event.gradual, attribution);
  event.kind = named.kind;
  event.cause = named.cause;
  event.hurts = named.hurts;
  event.reason = named.reason;
  Describe(measured, event);
  event.records = 0;
  for (const BlockResiduals& block : blocks) event.records += block.records;
}

bool EventTracker::GoOn(const Shape& shape, std::int64_t block, const DriftView& view) {
  const auto event = std::ranges::find(view.events, Micros(shape.start), &DriftEvent::start_micros);
  if (event == view.events.end()) return false;
  std::rotate(event, event + 1, view.events.end());
  view.events.back().ended_micros.reset();
  view.events.back().lasting = false;
  now_ = shape;
  open_ = true;
  interrupts_ = false;
  opened_ = block;
  return true;
}

bool EventTracker::Resume(const DriftAlarm& alarm, std::int64_t start, const DriftView& view) {
  const std::span<const BlockResiduals> blocks =
      Last(view.recent, static_cast<std::size_t>(view.baseline.slots), start);
  if (blocks.empty()) return false;
  const std::vector<MeasuredSignal> measured = MeasureAlarm(blocks, alarm.signal, view);
  if (lasting_ && std::abs(CosineOf(measured, settled_.peak)) >= kSameDirection) {
    if (!GoOn(settled_, alarm.block, view)) return false;
    view.baseline.ReturnTo(before_);
    lasting_ = false;
    return true;
  }
  return start < again_until_ && CosineOf(measured, now_.peak) >= kSameDirection &&
         GoOn(now_, alarm.block, view);
}

void EventTracker::Open(const DriftAlarm& alarm, std::int64_t start, const DriftView& view) {
  open_ = true;
  interrupts_ = false;
  opened_ = alarm.block;
  fades_until_ = again_until_ = -1;
  now_ = {.start = start, .signal = static_cast<std::uint32_t>(alarm.signal)};
  if (view.events.size() == DriftSummary::kMaxEvents) view.events.erase(view.events.begin());
  DriftEvent& event = view.events.emplace_back();
  event.start_micros = Micros(now_.start);
  event.detected_micros = Micros(alarm.block + 1);
  event.detector = alarm.detector;
  Update(view, event);
}

void EventTracker::OnAlarm(const DriftAlarm& alarm, DriftView view) {
  VIGIL_CHECK(!open_);
  std::int64_t start = alarm.since;
  const auto day = Last(view.recent, static_cast<std::size_t>(view.baseline.slots), alarm.since);
  if (!day.empty()) {
    start = ChangePoint(view.recent, EffectsOf(MeasureAlarm(day, alarm.signal, view)), alarm.since);
  }
  if (!Resume(alarm, start, view)) Open(alarm, start, view);
}

bool EventTracker::PassOver(const BlockResiduals& block, const DriftBaseline& baseline,
                            std::vector<DriftEvent>& events) {
  if (open_ || block.index >= fades_until_ || events.empty()) return false;
  // In one of the signals that had moved: they do not all fade alike.
  const std::vector<double> scores = baseline.Scores(block);
  bool still = false;
  for (std::size_t j = 0; j < std::min(scores.size(), now_.peak.size()); ++j)
    still |= now_.peak[j] != 0.0f && std::copysign(1.0, now_.peak[j]) * scores[j] > kStillScore;
  if (!still || PartOf(std::span(&block, 1)) > kAgain) {
    fades_until_ = -1;
    return false;
  }
  events.back().ended_micros = Micros(block.index + 1);
  return true;
}

bool EventTracker::Overtaken(std::span<const BlockResiduals> blocks, const DriftView& view,
                             std::size_t& by) const {
  if (blocks.empty() || now_.peak.empty()) return false;
  const std::vector<MeasuredSignal> measured =
      Measure(blocks, view.baseline, view.scale, view.signals);
  double strength = 0.0, product = 0.0, furthest = 0.0;
  for (std::size_t j = 0; j + 1 < measured.size(); ++j) {
    if (!measured[j].moved) continue;
    const double effect = measured[j].effect;
    strength += effect * effect;
    product += effect * now_.peak[j];
    if (std::abs(effect) > furthest) {
      furthest = std::abs(effect);
      by = j;
    }
  }
  return strength > kOvertakes * now_.strength && strength > kOvertakes * kLeastEffect &&
         product < kSameDirection * std::sqrt(strength * now_.strength);
}

void EventTracker::GiveWay(std::size_t by, const DriftView& view) {
  const std::int64_t begun = view.recent[view.recent.size() - 2].index;
  const std::int64_t now = view.recent.back().index;
  const DriftEvent known = view.events.back();
  if (begun - opened_ > view.baseline.slots || 2 * (begun - now_.start) > 3 * view.baseline.slots) {
    view.events.back().ended_micros = Micros(begun);
    interrupted_ = now_;
    Open({known.detector, by, begun, now}, begun, view);
    interrupts_ = view.events.size() > 1;
    return;
  }
  // What was seen first was only how it began.
  view.events.pop_back();
  Open({known.detector, by, now_.start, now}, now_.start, view);
  view.events.back().detected_micros = known.detected_micros;
}

bool EventTracker::Returned(const DriftView& view, bool gradual, std::int64_t& from) const {
  const auto day = static_cast<std::size_t>(view.baseline.slots);
  if (now_.strength < kLeastEffect * kLeastEffect) {
    // Next to nothing moved in its mean, so no part of it can be measured: it is over where a day
    // shows nothing at all.
    const auto blocks = Last(view.recent, day, opened_ + 1);
    if (blocks.size() < std::min<std::size_t>(day, 3)) return false;
    from = blocks.front().index;
    return std::ranges::none_of(Measure(blocks, view.baseline, view.scale, view.signals),
                                &MeasuredSignal::moved);
  }
  for (const std::size_t count : {day, 2 * day}) {
    const auto blocks = Last(view.recent, count, now_.start + 1);
    if (blocks.size() < std::min<std::size_t>(count, 3)) return false;
    const double part = PartOf(blocks), deviation = PartDeviation(blocks, view.baseline);
    if (part > kBack || part + 2.0 * deviation > 0.7) continue;
    const auto all = Last(view.recent, view.recent.size(), now_.start + 1);
    std::size_t first = all.size() - 1;
    while (first > 0 && PartOf(all.subspan(first - 1, 1)) < 0.5) --first;
    from = gradual ? all.back().index + 1 : all[first].index;
    return true;
  }
  return false;
}

std::int64_t EventTracker::SettleBlocks(const DriftBaseline& baseline) const {
  return static_cast<std::int64_t>(settle_days * static_cast<double>(baseline.slots));
}

bool EventTracker::Settled(const DriftView& view) const {
  const auto day = static_cast<std::size_t>(view.baseline.slots);
  const auto blocks = Last(view.recent, 2 * day, std::max(now_.start, opened_));
  if (view.recent.back().index - opened_ < SettleBlocks(view.baseline) || blocks.size() < 2 ||
      blocks.size() < day) {
    return false;
  }
  const auto half = blocks.size() / 2;
  const double moved = PartOf(blocks.subspan(half)) - PartOf(blocks.first(half));
  return std::abs(moved) < kMovesOn + 0.5 * PartDeviation(blocks.subspan(half), view.baseline);
}

bool EventTracker::OnBlock(DriftView view) {
  VIGIL_CHECK(open_ && !view.events.empty() && !view.recent.empty());
  std::size_t by = 0;
  const auto newest = Last(view.recent, 2, opened_ + 1);
  const bool last = !newest.empty() && Overtaken(newest.last(1), view, by);
  const bool both = newest.size() == 2 && Overtaken(newest, view, by);
  // Where the last alone says so, the next tells whether it is part of the event.
  if (both && (!last || Overtaken(newest.first(1), view, by))) {
    GiveWay(by, view);
    return false;
  }
  if (last) return false;
  DriftEvent& event = view.events.back();
  Update(view, event);
  std::int64_t from = 0;
  if (Returned(view, event.gradual, from)) {
    event.ended_micros = Micros(from);
    open_ = false;
    if (interrupts_ && GoOn(interrupted_, view.recent.back().index, view)) return true;
    again_until_ = view.recent.back().index + 1 + SettleBlocks(view.baseline);
    fades_until_ = event.gradual ? again_until_ : -1;
  } else if (Settled(view)) {
    before_ = view.baseline;
    view.baseline.SettleAt(view.recent);
    event.lasting = true;
    open_ = false;
    lasting_ = true;
    settled_ = now_;
  }
  return !open_;
}

}  // namespace vigil
