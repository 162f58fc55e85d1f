#include "estimator/monitor/validity/mistake_evidence.h"

#include <algorithm>

namespace vigil {

MistakeEvidence::MistakeEvidence(const InputSchema& schema) : schema_(schema) {
  VIGIL_CHECK(!schema.ordinary.empty() && schema.mistakes.size() <= kMostMistakes);
}

std::array<double, MistakeEvidence::kMostMistakes> MistakeEvidence::Ratios(
    std::span<const double> features) const {
  std::array<double, kMostMistakes> logs{}, ratios{};
  const auto& mistakes = schema_.mistakes;
  for (std::size_t m = 0; m < mistakes.size(); ++m) logs[m] = mistakes[m].density.Log(features);
  const double ordinary = schema_.ordinary.Log(features);
  for (std::size_t m = 0; m < mistakes.size(); ++m) {
    double best = ordinary;
    for (std::size_t other = 0; other < mistakes.size(); ++other) {
      if (mistakes[other].violation != mistakes[m].violation) best = std::max(best, logs[other]);
    }
    ratios[m] = logs[m] - best;
  }
  return ratios;
}

void MistakeEvidence::Add(std::span<const double> features, ChannelLimits range) {
  if (has_last_ && schema_.ordinary.Distance(features, last_) < 1.0) return;
  std::ranges::copy(features, last_.begin());
  has_last_ = true;
  const auto ratios = Ratios(features);
  for (std::size_t m = 0; m < schema_.mistakes.size(); ++m) {
    if (schema_.mistakes[m].inputs_to_recognise == 0) continue;
    const ChannelLimits limits = schema_.mistakes[m].limits;
    const float slack = 0.01f * (limits.high - limits.low);
    if (range.low < limits.low - slack || range.high > limits.high + slack) {
      sums_[m] = 0.0;
      continue;
    }
    sums_[m] = std::clamp(sums_[m] + std::clamp(ratios[m], -kMost, kMost), 0.0, 2.0 * kTold);
  }
}

void MistakeEvidence::Forget() {
  sums_.fill(0.0);
  has_last_ = false;
}

int MistakeEvidence::BestOf(std::span<const double> features) const {
  const auto ratios = Ratios(features);
  const auto best = std::max_element(
      ratios.begin(), ratios.begin() + static_cast<std::ptrdiff_t>(schema_.mistakes.size()));
  if (schema_.mistakes.empty() || *best <= kMost) return -1;
  return static_cast<int>(best - ratios.begin());
}

}  // namespace vigil
