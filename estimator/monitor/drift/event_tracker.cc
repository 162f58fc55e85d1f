#include "estimator/monitor/drift/event_tracker.h"

#include <algorithm>
#include <cmath>

#include "engine/base/error.h"
#include "estimator/monitor/drift/drift_statistics.h"

namespace vigil {
namespace {

constexpr double kMovedP = 0.01;      // after Holm's correction
constexpr double kLeastEffect = 0.1;  // deviations of a record; less does not matter to T
constexpr double kBack = 0.3;         // of the strongest state, that may be left where it is over
constexpr double kMovesOn = 0.1;      // of it, a day: has not settled
constexpr double kSameDirection = 0.75;  // cosine
constexpr double kOvertakes = 4.0;       // times the event's strength
// Of the strongest state, that a sudden event shows on its first day.
constexpr double kGradualPart = 0.75;
constexpr double kGradualDays = 3.0;
// Signals are not independent, as PartDeviation takes them.
constexpr double kDependence = 1.5;

std::span<const BlockResiduals> Last(const RecentBlocks& recent, std::size_t count,
                                     std::int64_t from) {
  std::size_t first = recent.size() - std::min(count, recent.size());
  while (first < recent.size() && recent[first].index < from) ++first;
  return std::span(recent).subspan(first);
}

std::vector<float> MeanResiduals(std::span<const BlockResiduals> blocks) {
  std::vector<float> mean(blocks.empty() ? 0 : blocks[0].residuals.size());
  for (const BlockResiduals& block : blocks) {
    for (std::size_t j = 0; j < mean.size(); ++j)
      mean[j] += block.residuals[j] / static_cast<float>(blocks.size());
  }
  return mean;
}

double Dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0.0;
  for (std::size_t j = 0; j < std::min(a.size(), b.size()); ++j)
    sum += static_cast<double>(a[j]) * b[j];
  return sum;
}

// Where the mean of a signal most likely changed: from its level to another one, with the least
// squares. Not before the run that gave the alarm began.
std::int64_t ChangePoint(const RecentBlocks& recent, std::size_t signal, std::int64_t since) {
  double sum = 0.0, count = 0.0, best = -1.0;
  std::int64_t start = since;
  for (auto block = recent.rbegin(); block != recent.rend() && block->index >= since; ++block) {
    const bool vector = signal + 1 == block->residuals.size();
    sum += vector ? block->vector_score : block->residuals[signal];
    const double explained = sum * sum / ++count;
    if (explained > best) {
      best = explained;
      start = block->index;
    }
  }
  // Longer ago than is remembered.
  return !recent.empty() && start == recent.front().index ? std::min(since, start) : start;
}

void MeasureVector(std::span<const BlockResiduals> blocks, const DriftBaseline& baseline,
                   MeasuredSignal& measured) {
  double square = 0.0, variance = 0.0;
  for (std::size_t f = 0; f < blocks[0].features.size(); ++f) {
    double sum = 0.0;
    for (const BlockResiduals& block : blocks) sum += block.features[f];
    square += sum * sum;
  }
  const auto count = static_cast<double>(blocks.size());
  square /= count * count;
  for (const BlockResiduals& block : blocks) variance += baseline.FeatureVariance(block.index);
  const double expected = baseline.ExpectedSquare(blocks);
  measured.effect = std::sqrt(std::max(0.0, square - expected) / (variance / count));
  measured.score = baseline.ScoreOfSquare(square, blocks);
}

void Describe(std::span<const MeasuredSignal> measured, DriftEvent& event) {
  std::vector<const MeasuredSignal*> moved;
  for (const MeasuredSignal& signal : measured) {
    if (signal.moved) moved.push_back(&signal);
  }
  std::ranges::stable_sort(moved, std::greater{},
                           [](const MeasuredSignal* signal) { return std::abs(signal->effect); });
  if (moved.size() > DriftEvent::kMaxSignals) moved.resize(DriftEvent::kMaxSignals);
  event.signals.clear();
  for (const MeasuredSignal* signal : moved) {
    event.signals.push_back({signal->info.name, signal->before, signal->after, signal->effect,
                             signal->score, signal->p});
  }
}

}  // namespace

std::vector<MeasuredSignal> Measure(std::span<const BlockResiduals> blocks,
                                    const DriftBaseline& baseline, const DriftScale& scale,
                                    std::span<const SignalInfo> signals) {
  VIGIL_CHECK(!blocks.empty() && blocks[0].residuals.size() == signals.size());
  const std::vector<float> mean = MeanResiduals(blocks);
  const std::size_t scalars = signals.size() - 1;
  std::vector<MeasuredSignal> measured(signals.size());
  std::vector<double> p;
  for (std::size_t j = 0; j < signals.size(); ++j) {
    MeasuredSignal& signal = measured[j];
    signal.info = signals[j];
    if (j == scalars) {
      MeasureVector(blocks, baseline, signal);
    } else {
      double level = 0.0;
      for (const BlockResiduals& block : blocks)
        level += baseline.levels
                     .signals[static_cast<std::size_t>(baseline.SlotOf(block.index)) * scalars + j];
      signal.deviation = scale.deviation[j];
      signal.effect = mean[j];
      signal.before = scale.mean[j] + signal.deviation * level / static_cast<double>(blocks.size());
      signal.after = signal.before + signal.deviation * signal.effect;
      signal.score =
          baseline.ScoreOf(j, signal.effect, level / static_cast<double>(blocks.size()), blocks);
    }
    p.push_back(signals[j].only_up ? NormalUpperTail(signal.score)
                                   : 2.0 * NormalUpperTail(std::abs(signal.score)));
  }
  const std::vector<double> corrected = Holm(p);
  for (std::size_t j = 0; j < measured.size(); ++j) {
    measured[j].p = corrected[j];
    measured[j].moved = corrected[j] < kMovedP && std::abs(measured[j].effect) >= kLeastEffect;
  }
  return measured;
}

std::int64_t EventTracker::Micros(std::int64_t block) const {
  return static_cast<std::int64_t>(static_cast<double>(block) * block_seconds * 1e6);
}

double EventTracker::PartOf(std::span<const BlockResiduals> blocks) const {
  return Dot(MeanResiduals(blocks), peak_) / std::max(strength_, 1e-12);
}

double EventTracker::PartDeviation(std::span<const BlockResiduals> blocks,
                                   const DriftBaseline& baseline) const {
  double variance = 0.0;
  for (std::size_t j = 0; j + 1 < peak_.size(); ++j) {
    if (peak_[j] != 0.0f)
      variance += static_cast<double>(peak_[j]) * peak_[j] * baseline.VarianceOfMean(j, blocks);
  }
  return kDependence * std::sqrt(variance) / std::max(strength_, 1e-12);
}

void EventTracker::Update(const RecentBlocks& recent, const DriftBaseline& baseline,
                          const DriftScale& scale, std::span<const SignalInfo> signals,
                          DriftEvent& event) {
  const auto day = static_cast<std::size_t>(baseline.slots);
  const std::span<const BlockResiduals> blocks = Last(recent, day, start_);
  if (blocks.empty()) return;
  if (first_day_.empty() || blocks.back().index < start_ + baseline.slots)
    first_day_ = MeanResiduals(blocks);
  std::vector<MeasuredSignal> measured = Measure(blocks, baseline, scale, signals);
  measured[signal_].moved = true;  // it gave the alarm, over more blocks than these
  double strength = 0.0;
  for (const MeasuredSignal& signal : measured)
    strength += signal.moved ? signal.effect * signal.effect : 0.0;
  if (strength <= strength_) return;
  strength_ = strength;
  peak_block_ = blocks.back().index;
  peak_.clear();
  for (const MeasuredSignal& signal : measured)
    peak_.push_back(signal.moved ? static_cast<float>(signal.effect) : 0.0f);
  const double days =
      static_cast<double>(peak_block_ - start_) / static_cast<double>(baseline.slots);
  const double first = Dot(first_day_, peak_) / strength_;
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

bool EventTracker::Resume(const DriftAlarm& alarm, std::int64_t start, RecentBlocks& recent,
                          DriftBaseline& baseline, const DriftScale& scale,
                          std::span<const SignalInfo> signals, std::vector<DriftEvent>& events) {
  const std::span<const BlockResiduals> blocks =
      Last(recent, static_cast<std::size_t>(baseline.slots), start);
  if (!lasting_ || events.empty() || blocks.empty()) return false;
  std::vector<MeasuredSignal> measured = Measure(blocks, baseline, scale, signals);
  measured[alarm.signal].moved = true;
  // Over what moves now and what moved then; the vector's effect has no direction.
  double product = 0.0, now = 0.0, then = 0.0;
  for (std::size_t j = 0; j + 1 < measured.size(); ++j) {
    if (!measured[j].moved && peak_[j] == 0.0f) continue;
    product += measured[j].effect * peak_[j];
    now += measured[j].effect * measured[j].effect;
    then += static_cast<double>(peak_[j]) * peak_[j];
  }
  const double lengths = std::sqrt(now * then);
  const double cosine = lengths > 0.0 ? product / lengths : 0.0;
  if (std::abs(cosine) < kSameDirection) return false;
  baseline.levels = before_;
  lasting_ = false;
  open_ = true;
  opened_ = alarm.block;
  back_since_ = cosine < 0.0 ? start : -1;
  events.back().lasting = false;
  recent.clear();
  return true;
}

void EventTracker::Open(const DriftAlarm& alarm, std::int64_t start, RecentBlocks& recent,
                        DriftBaseline& baseline, const DriftScale& scale,
                        std::span<const SignalInfo> signals, std::vector<DriftEvent>& events) {
  open_ = true;
  lasting_ = false;
  start_ = start;
  opened_ = alarm.block;
  back_since_ = -1;
  signal_ = static_cast<std::uint32_t>(alarm.signal);
  strength_ = 0.0;
  peak_.clear();
  first_day_.clear();
  if (events.size() == DriftSummary::kMaxEvents) events.erase(events.begin());
  DriftEvent& event = events.emplace_back();
  event.start_micros = Micros(start_);
  event.detected_micros = Micros(alarm.block + 1);
  event.detector = alarm.detector;
  Update(recent, baseline, scale, signals, event);
}

void EventTracker::OnAlarm(const DriftAlarm& alarm, RecentBlocks& recent, DriftBaseline& baseline,
                           const DriftScale& scale, std::span<const SignalInfo> signals,
                           std::vector<DriftEvent>& events) {
  VIGIL_CHECK(!open_);
  const std::int64_t start = ChangePoint(recent, alarm.signal, alarm.since);
  if (Resume(alarm, start, recent, baseline, scale, signals, events)) return;
  Open(alarm, start, recent, baseline, scale, signals, events);
}

// By what the newest two blocks say of signals that the event has not moved.
bool EventTracker::Overtaken(const RecentBlocks& recent, const DriftBaseline& baseline,
                             const DriftScale& scale, std::span<const SignalInfo> signals,
                             std::size_t& by) const {
  const auto blocks = Last(recent, 2, opened_ + 1);
  if (blocks.size() < 2 || peak_.empty()) return false;
  const std::vector<MeasuredSignal> measured = Measure(blocks, baseline, scale, signals);
  double strength = 0.0, product = 0.0, furthest = 0.0;
  for (std::size_t j = 0; j + 1 < measured.size(); ++j) {
    if (!measured[j].moved) continue;
    const double effect = measured[j].effect;
    strength += effect * effect;
    product += effect * peak_[j];
    if (std::abs(effect) > furthest) {
      furthest = std::abs(effect);
      by = j;
    }
  }
  return strength > kOvertakes * strength_ && strength > kOvertakes * kLeastEffect &&
         product < kSameDirection * std::sqrt(strength * strength_);
}

bool EventTracker::Returned(const RecentBlocks& recent, const DriftBaseline& baseline,
                            std::int64_t& from) const {
  const auto day = static_cast<std::size_t>(baseline.slots);
  // Nothing moved in its mean, so none can say that it moved back: it settles.
  if (strength_ < kLeastEffect * kLeastEffect) return false;
  for (const std::size_t count : {day, 2 * day}) {
    const auto blocks = Last(recent, count, start_ + 1);
    if (blocks.size() < std::min<std::size_t>(count, 3)) return false;
    const double part = PartOf(blocks), deviation = PartDeviation(blocks, baseline);
    if (part > kBack || part + 2.0 * deviation > 0.7) continue;
    std::size_t first = blocks.size() - 1;
    while (first > 0 && PartOf(blocks.subspan(first - 1, 1)) < 0.5) --first;
    from = back_since_ >= 0 ? back_since_ : blocks[first].index;
    return true;
  }
  return false;
}

bool EventTracker::Settled(const RecentBlocks& recent, const DriftBaseline& baseline) const {
  const auto day = static_cast<std::size_t>(baseline.slots);
  const auto least = static_cast<std::int64_t>(settle_days * static_cast<double>(baseline.slots));
  const auto blocks = Last(recent, 2 * day, std::max(start_, opened_));
  if (recent.back().index - opened_ < least || blocks.size() < 2 || blocks.size() < day) {
    return false;
  }
  const auto half = blocks.size() / 2;
  const double moved = PartOf(blocks.subspan(half)) - PartOf(blocks.first(half));
  return std::abs(moved) < kMovesOn + 0.5 * PartDeviation(blocks.subspan(half), baseline);
}

bool EventTracker::OnBlock(RecentBlocks& recent, DriftBaseline& baseline, const DriftScale& scale,
                           std::span<const SignalInfo> signals, std::vector<DriftEvent>& events) {
  VIGIL_CHECK(open_ && !events.empty() && !recent.empty());
  DriftEvent& event = events.back();
  std::size_t by = 0;
  if (Overtaken(recent, baseline, scale, signals, by)) {
    const std::int64_t begun = recent[recent.size() - 2].index;
    if (begun - start_ <= baseline.slots) {
      // What was seen first was only how it began.
      const std::int64_t detected_micros = event.detected_micros, start = start_;
      const std::string detector = event.detector;
      events.pop_back();
      Open({detector, by, start, recent.back().index}, start, recent, baseline, scale, signals,
           events);
      events.back().detected_micros = detected_micros;
      return false;
    }
    event.ended_micros = Micros(begun);
    Open({event.detector, by, begun, recent.back().index}, begun, recent, baseline, scale, signals,
         events);
    return false;
  }
  if (back_since_ < 0) Update(recent, baseline, scale, signals, event);
  std::int64_t from = 0;
  if (Returned(recent, baseline, from)) {
    event.ended_micros = Micros(from);
    open_ = false;
  } else if (Settled(recent, baseline)) {
    before_ = baseline.levels;
    baseline.SettleAt(recent);
    event.lasting = true;
    open_ = false;
    lasting_ = true;
  }
  return !open_;
}

}  // namespace vigil
