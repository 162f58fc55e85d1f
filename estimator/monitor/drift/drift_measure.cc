#include "estimator/monitor/drift/drift_measure.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "engine/base/error.h"
#include "estimator/monitor/drift/drift_statistics.h"

namespace vigil {
namespace {

constexpr double kMovedP = 0.01;  // after Holm's correction

void MeasureVector(std::span<const BlockResiduals> blocks, const DriftBaseline& baseline,
                   MeasuredSignal& measured) {
  const double square = MeanFeatureSquare(blocks);
  const auto count = static_cast<double>(blocks.size());
  double variance = 0.0;
  for (const BlockResiduals& block : blocks) variance += baseline.FeatureVariance(block.index);
  const double expected = baseline.ExpectedSquare(blocks);
  measured.effect = std::sqrt(std::max(0.0, square - expected) / (variance / count));
  measured.score = baseline.ScoreOfSquare(square, blocks);
}

}  // namespace

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

double MeanFeatureSquare(std::span<const BlockResiduals> blocks) {
  double square = 0.0;
  for (std::size_t f = 0; f < blocks[0].features.size(); ++f) {
    double sum = 0.0;
    for (const BlockResiduals& block : blocks) sum += block.features[f];
    square += sum * sum;
  }
  const auto count = static_cast<double>(blocks.size());
  return square / (count * count);
}

double Dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0.0;
  for (std::size_t j = 0; j < std::min(a.size(), b.size()); ++j)
    sum += static_cast<double>(a[j]) * b[j];
  return sum;
}

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

std::vector<float> EffectsOf(std::span<const MeasuredSignal> measured) {
  std::vector<float> effects;
  for (const MeasuredSignal& signal : measured)
    effects.push_back(signal.moved ? static_cast<float>(signal.effect) : 0.0f);
  return effects;
}

std::int64_t ChangePoint(const RecentBlocks& recent, std::span<const float> direction,
                         std::int64_t since) {
  const auto signals = direction.first(direction.size() - 1);
  const bool vector_alone = Dot(signals, signals) == 0.0;
  double sum = 0.0, count = 0.0, best = -1.0;
  std::int64_t start = since;
  for (auto block = recent.rbegin(); block != recent.rend() && block->index >= since; ++block) {
    sum += vector_alone ? block->vector_score : Dot(block->residuals, signals);
    const double explained = sum * sum / ++count;
    if (explained > best) {
      best = explained;
      start = block->index;
    }
  }
  // Longer ago than is remembered.
  return !recent.empty() && start == recent.front().index ? std::min(since, start) : start;
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

}  // namespace vigil
