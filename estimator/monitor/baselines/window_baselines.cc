#include "estimator/monitor/baselines/window_baselines.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "engine/base/error.h"

namespace vigil {
namespace {

struct MixMeans {
  double confidence = 0.0, accuracy = 0.0, count = 0.0;
};

}  // namespace

double AverageConfidence(std::span<const double> confidences) {
  VIGIL_CHECK(!confidences.empty());
  double sum = 0.0;
  for (const double confidence : confidences) sum += confidence;
  return sum / static_cast<double>(confidences.size());
}

ThresholdedConfidence::ThresholdedConfidence(std::span<const ScoredSample> validation) {
  VIGIL_CHECK(!validation.empty());
  std::vector<double> scores;
  std::size_t right = 0;
  for (const ScoredSample& sample : validation) {
    scores.push_back(sample.score);
    right += sample.correct ? 1 : 0;
  }
  std::ranges::sort(scores, std::greater<>());
  threshold_ = right == 0 ? std::numeric_limits<double>::infinity() : scores[right - 1];
}

double ThresholdedConfidence::Estimate(std::span<const double> scores) const {
  VIGIL_CHECK(!scores.empty());
  const auto above = std::ranges::count_if(scores, [&](double s) { return s >= threshold_; });
  return static_cast<double>(above) / static_cast<double>(scores.size());
}

DifferenceOfConfidences::DifferenceOfConfidences(std::span<const ScoredSample> validation,
                                                 Slope slope) {
  VIGIL_CHECK(!validation.empty());
  std::map<int, MixMeans> mixes;
  for (const ScoredSample& sample : validation) {
    MixMeans& mix = mixes[sample.mix];
    mix.confidence += sample.score;
    mix.accuracy += sample.correct ? 1.0 : 0.0;
    mix.count += 1.0;
    confidence_ += sample.score / static_cast<double>(validation.size());
    accuracy_ += (sample.correct ? 1.0 : 0.0) / static_cast<double>(validation.size());
  }
  if (slope == Slope::kOne) return;
  double together = 0.0, alone = 0.0;
  for (const auto& [index, mix] : mixes) {
    const double away = mix.confidence / mix.count - confidence_;
    together += mix.count * away * (mix.accuracy / mix.count - accuracy_);
    alone += mix.count * away * away;
  }
  if (alone > 1e-12) slope_ = together / alone;
}

double DifferenceOfConfidences::Estimate(std::span<const double> confidences) const {
  const double away = AverageConfidence(confidences) - confidence_;
  return std::clamp(accuracy_ + slope_ * away, 0.0, 1.0);
}

// Pool adjacent violators: blocks are merged until their rates rise.
CalibratedConfidence::CalibratedConfidence(std::span<const ScoredSample> validation) {
  VIGIL_CHECK(!validation.empty());
  std::vector<ScoredSample> sorted(validation.begin(), validation.end());
  std::ranges::sort(sorted, {}, &ScoredSample::score);
  struct Block {
    double scores = 0.0, right = 0.0, count = 0.0;
    double rate() const { return right / count; }
  };
  std::vector<Block> blocks;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const bool tied = i > 0 && sorted[i].score == sorted[i - 1].score;
    if (!tied) blocks.emplace_back();
    Block& last = blocks.back();
    last.scores += sorted[i].score;
    last.right += sorted[i].correct ? 1.0 : 0.0;
    last.count += 1.0;
    const bool complete = i + 1 == sorted.size() || sorted[i + 1].score != sorted[i].score;
    while (complete && blocks.size() > 1 && blocks.back().rate() <= blocks.end()[-2].rate()) {
      const Block merged = blocks.back();
      blocks.pop_back();
      blocks.back().scores += merged.scores;
      blocks.back().right += merged.right;
      blocks.back().count += merged.count;
    }
  }
  for (const Block& block : blocks) {
    score_.push_back(block.scores / block.count);
    rate_.push_back(block.rate());
  }
}

double CalibratedConfidence::Calibrate(double score) const {
  const auto above = std::ranges::upper_bound(score_, score) - score_.begin();
  if (above == 0) return rate_.front();
  if (above == static_cast<std::ptrdiff_t>(score_.size())) return rate_.back();
  const auto high = static_cast<std::size_t>(above), low = high - 1;
  const double share = (score - score_[low]) / (score_[high] - score_[low]);
  return std::lerp(rate_[low], rate_[high], share);
}

double CalibratedConfidence::Estimate(std::span<const double> scores) const {
  std::vector<double> calibrated;
  for (const double score : scores) calibrated.push_back(Calibrate(score));
  return AverageConfidence(calibrated);
}

}  // namespace vigil
