// The detector's test of whole days, with what it shares with nothing else.
#include <algorithm>
#include <cmath>

#include "engine/base/clock.h"
#include "estimator/monitor/drift/drift_detector.h"

namespace vigil {
namespace {

// Of the records, whose values lie elsewhere: fewer do not matter to T.
constexpr double kLeastDistance = 0.15;
constexpr double kMeanSquare = 0.822467;  // of Kolmogorov's statistic: pi^2 / 12
constexpr double kPriorDays = 2.0;        // of records that are independent

struct Distance {
  double distance = 0.0, of_window = 0.0, of_baseline = 0.0;
  // Of the square of the distance, as independent records have it.
  double worth() const { return of_window * of_baseline / (of_window + of_baseline); }
};

// Kolmogorov's and Smirnov's, at the edges of the bins.
Distance DistanceOf(std::span<const double> window, std::span<const float> baseline) {
  Distance found;
  for (const double count : window) found.of_window += count;
  for (const float count : baseline) found.of_baseline += count;
  double below_window = 0.0, below_baseline = 0.0;
  for (std::size_t i = 0; i < window.size(); ++i) {
    below_window += window[i] / std::max(1.0, found.of_window);
    below_baseline += baseline[i] / std::max(1.0, found.of_baseline);
    found.distance = std::max(found.distance, std::abs(below_window - below_baseline));
  }
  return found;
}

}  // namespace

// Before the day becomes part of the baseline: how far its bins lie from it, for what scenes have
// in common. Where a value is often met exactly (the darkest pixel is 0), the share of it varies
// more from scene to scene than its mean does.
void DriftDetector::LearnDistances(const DayBins& day) {
  bool learned = false;
  for (std::size_t b = 0; b < binned_.size(); ++b) {
    const auto bins = std::span(day.bins).subspan(b * kDriftBins, kDriftBins);
    const std::vector<double> counts(bins.begin(), bins.end());
    const Distance found =
        DistanceOf(counts, std::span(baseline_.levels.bins).subspan(b * kDriftBins, kDriftBins));
    if (found.of_window == 0.0 || found.of_baseline < 2.0 * found.of_window) return;
    distances_[b] += found.distance * found.distance * found.worth();
    learned = true;
  }
  distance_days_ += learned ? 1 : 0;
}

double DriftDetector::Alikeness(std::size_t binned) const {
  const auto days = static_cast<double>(distance_days_);
  return std::max(
      1.0, (kPriorDays * kMeanSquare + distances_[binned]) / ((kPriorDays + days) * kMeanSquare));
}

// The days before the one that the block has begun: what lasts for one, then what two show better.
std::optional<DriftAlarm> DriftDetector::TwoSampleAlarm(std::int64_t block) const {
  const std::int64_t today = StretchStart(block, slots_) / slots_;
  for (std::int64_t days = 1; days <= kWindowDays; ++days) {
    if (const auto alarm = TwoSampleAlarm(today, days)) return alarm;
  }
  return std::nullopt;
}

std::optional<DriftAlarm> DriftDetector::TwoSampleAlarm(std::int64_t today,
                                                        std::int64_t days) const {
  std::vector<BlockResiduals> window;
  for (const BlockResiduals& recent : recent_) {
    const std::int64_t day = StretchStart(recent.index, slots_) / slots_;
    if (day < today && day >= today - days) window.push_back(recent);
  }
  double known = 0.0, a_day = 0.0;  // blocks of the baseline
  for (const float blocks : baseline_.levels.blocks) {
    known += blocks;
    a_day += blocks > 0.0f ? 1.0 : 0.0;
  }
  // Half a day beside whole ones would look like a change.
  if (static_cast<double>(window.size()) < 0.8 * static_cast<double>(days) * a_day)
    return std::nullopt;
  std::vector<double> p;
  for (std::size_t b = 0; b < binned_.size(); ++b) {
    std::vector<double> counts(kDriftBins);
    for (const DayBins& day : days_) {
      if (day.day >= today || day.day < today - days) continue;
      for (std::size_t i = 0; i < kDriftBins; ++i) counts[i] += day.bins[b * kDriftBins + i];
    }
    const auto [distance, of_window, of_baseline] =
        DistanceOf(counts, std::span(baseline_.levels.bins).subspan(b * kDriftBins, kDriftBins));
    // As many independent records as vary in their mean like these blocks do, and in their bins.
    const double variance = baseline_.VarianceOfMean(binned_[b], window);
    const double worth = std::min(of_window / Alikeness(b), 1.0 / variance);
    const double worth_baseline =
        std::min(of_baseline, worth * known / static_cast<double>(window.size()));
    p.push_back(worth_baseline > 0.0 && distance >= kLeastDistance
                    ? KolmogorovTail(distance, worth * worth_baseline / (worth + worth_baseline))
                    : 1.0);
  }
  p.push_back(NormalUpperTail(baseline_.ScoreOfSquare(MeanFeatureSquare(window), window)));
  const std::vector<double> corrected = Holm(p);
  const auto least = std::ranges::min_element(corrected);
  const double allowed =
      (1.0 - kSequentialShare) * options_.false_alarms_a_year / kDaysInAYear / kWindowDays;
  if (*least >= allowed) return std::nullopt;
  const auto which = static_cast<std::size_t>(least - corrected.begin());
  // A day may show what had begun on the day before.
  return DriftAlarm{"two samples", which < binned_.size() ? binned_[which] : signals_.size() - 1,
                    recent_.front().index, window.back().index};
}

}  // namespace vigil
