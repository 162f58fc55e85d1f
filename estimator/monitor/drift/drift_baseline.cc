#include "estimator/monitor/drift/drift_baseline.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "engine/base/clock.h"
#include "engine/base/error.h"
#include "estimator/monitor/drift/drift_statistics.h"

namespace vigil {
namespace {

constexpr double kWithin = 25.0;  // records whose mean varies as much as blocks do
// So many blocks of this variance are added to those that were seen: what never varied may yet.
constexpr double kPriorBlocks = 4.0, kPriorVariance = 0.05 * 0.05;
constexpr double kPriorDays = 6.0;        // that all signals' days count beside one signal's
constexpr float kMostBlocks = 60.0f;      // of a slot that its level is the mean of
constexpr double kFurthestLearned = 2.5;  // scores
constexpr std::int64_t kFreeBlocks = 16;  // that are learned from as they are: no score yet
constexpr double kLeastShare = 0.01;      // nothing is taken to be rarer
constexpr double kMostDayCorrelation = 0.5;

double SquareOf(std::span<const float> values) {
  double sum = 0.0;
  for (const float value : values) sum += static_cast<double>(value) * value;
  return sum;
}

}  // namespace

DriftBaseline::DriftBaseline(std::int64_t slots_of_a_day, std::size_t signals, std::size_t features)
    : slots(slots_of_a_day), squares_(signals) {
  const auto count = static_cast<std::size_t>(slots);
  levels.signals.resize(count * signals);
  levels.features.resize(count * features);
  levels.blocks.resize(count);
  day_sums_.resize(signals);
  day_squares_.resize(signals);
  day_products_.resize(signals);
  last_day_.resize(signals);
}

bool DriftBaseline::Fits(std::int64_t slots_of_a_day, std::size_t signals,
                         std::size_t features) const {
  const auto count = static_cast<std::size_t>(slots_of_a_day);
  return slots == slots_of_a_day && levels.signals.size() == count * signals &&
         levels.features.size() == count * features && levels.blocks.size() == count &&
         squares_.size() == signals && day_sums_.size() == signals &&
         day_squares_.size() == signals && day_products_.size() == signals &&
         last_day_.size() == signals;
}

void DriftBaseline::ReturnTo(const DriftBaseline& before) {
  DriftBaseline returned = before;
  returned.bounded_mean = std::move(bounded_mean);
  returned.bounded_deviation = std::move(bounded_deviation);
  *this = std::move(returned);
}

double DriftBaseline::Weight(std::int64_t records) const {
  return 1.0 + kWithin / static_cast<double>(std::max<std::int64_t>(records, 1));
}

double DriftBaseline::FeatureVariance(std::int64_t index) const {
  const std::size_t features = levels.features.size() / levels.blocks.size();
  const auto slot = static_cast<std::size_t>(SlotOf(index));
  // Each vector of features has length 1, so their variance is what the mean's length lacks of it.
  return std::max(0.05,
                  1.0 - SquareOf(std::span(levels.features).subspan(slot * features, features)));
}

BlockResiduals DriftBaseline::ResidualsOf(const BlockMeans& means) const {
  VIGIL_CHECK(Knows(means.index));
  const auto slot = static_cast<std::size_t>(SlotOf(means.index));
  BlockResiduals block{.index = means.index, .records = means.records};
  for (std::size_t j = 0; j < signals(); ++j)
    block.residuals.push_back(
        static_cast<float>(means.signals[j] - levels.signals[slot * signals() + j]));
  const std::size_t features = means.features.size();
  for (std::size_t f = 0; f < features; ++f)
    block.features.push_back(
        static_cast<float>(means.features[f] - levels.features[slot * features + f]));
  const double square = SquareOf(block.features), expected = ExpectedSquare(std::span(&block, 1));
  block.residuals.push_back(static_cast<float>(
      std::sqrt(std::max(0.0, square - expected) / FeatureVariance(means.index))));
  block.vector_score = static_cast<float>(ScoreOfSquare(square, std::span(&block, 1)));
  return block;
}

double DriftBaseline::ScoreOf(std::size_t signal, double residual, double level,
                              std::span<const BlockResiduals> blocks) const {
  const double variance = VarianceOfMean(signal, blocks);
  const double deviation = bounded_deviation.empty() ? 0.0 : bounded_deviation[signal];
  if (deviation == 0.0) return NormalScoreOfT(residual / std::sqrt(variance), Degrees());
  double records = 0.0;
  for (const BlockResiduals& block : blocks) records += static_cast<double>(block.records);
  const double before =
      std::clamp(bounded_mean[signal] + deviation * level, kLeastShare, 1.0 - kLeastShare);
  const double after = std::clamp(bounded_mean[signal] + deviation * (level + residual),
                                  kLeastShare, 1.0 - kLeastShare);
  // As many yes and no that vary so much.
  const double worth =
      std::min(records, before * (1.0 - before) / (variance * deviation * deviation));
  const auto arc = [&](double share) {
    return std::asin(std::sqrt((worth * share + 0.375) / (worth + 0.75)));
  };
  return NormalScoreOfT(2.0 * std::sqrt(worth) * (arc(after) - arc(before)), Degrees());
}

std::vector<double> DriftBaseline::Scores(const BlockResiduals& block) const {
  const auto slot = static_cast<std::size_t>(SlotOf(block.index));
  std::vector<double> scores;
  for (std::size_t j = 0; j < signals(); ++j)
    scores.push_back(
        ScoreOf(j, block.residuals[j], levels.signals[slot * signals() + j], std::span(&block, 1)));
  scores.push_back(block.vector_score);
  return scores;
}

double DriftBaseline::ScoreOfSquare(double square, std::span<const BlockResiduals> blocks) const {
  return NormalScoreOfT(NormalScoreOfRatio(square / ExpectedSquare(blocks), VectorDegrees()),
                        Degrees());
}

double DriftBaseline::Degrees() const {
  return std::max(2.0, static_cast<double>(scored_) / PooledInflation());
}

double DriftBaseline::Variance(std::size_t signal) const {
  return (kPriorBlocks * kPriorVariance + squares_[signal]) /
         static_cast<double>(std::max<std::int64_t>(scored_, 1));
}

// Means of days, times the root of their blocks, have the variance of single blocks where blocks
// are independent.
double DriftBaseline::PooledInflation() const {
  if (days_ == 0) return 1.0;
  double sum = 0.0;
  for (std::size_t j = 0; j < signals(); ++j)
    sum += day_squares_[j] / (static_cast<double>(days_) * Variance(j));
  return std::clamp(sum / static_cast<double>(signals()), 1.0, static_cast<double>(slots));
}

double DriftBaseline::PooledDayCorrelation() const {
  double products = 0.0, squares = 0.0;
  for (std::size_t j = 0; j < signals(); ++j) {
    products += day_products_[j] / Variance(j);
    squares += day_squares_[j] / Variance(j);
  }
  return squares > 0.0 ? std::clamp(products / squares, 0.0, kMostDayCorrelation) : 0.0;
}

double DriftBaseline::Inflation(std::size_t signal) const {
  const auto days = static_cast<double>(days_);
  const double own = days_ > 0 ? day_squares_[signal] / (days * Variance(signal)) : 1.0;
  const double own_correlation =
      day_squares_[signal] > 0.0 ? day_products_[signal] / day_squares_[signal] : 0.0;
  const auto blend = [&](double pooled, double single) {
    return (kPriorDays * pooled + days * single) / (kPriorDays + days);
  };
  const double correlation =
      std::clamp(blend(PooledDayCorrelation(), own_correlation), 0.0, kMostDayCorrelation);
  return std::clamp(blend(PooledInflation(), own), 1.0, static_cast<double>(slots)) *
         (1.0 + correlation) / (1.0 - correlation);
}

double DriftBaseline::VarianceOfMean(std::size_t signal,
                                     std::span<const BlockResiduals> blocks) const {
  double weights = 0.0;
  for (const BlockResiduals& block : blocks) weights += Weight(block.records);
  const auto count = static_cast<double>(blocks.size());
  const double level_error =
      blocks.size() == 1 ? 1.0 / levels.blocks[static_cast<std::size_t>(SlotOf(blocks[0].index))]
                         : count / std::max(1.0, known_blocks());
  return Inflation(signal) * Variance(signal) * weights / (count * count) * (1.0 + level_error);
}

double DriftBaseline::known_blocks() const {
  return std::reduce(levels.blocks.begin(), levels.blocks.end(), 0.0);
}

double DriftBaseline::LevelError() const { return 1.0 / std::sqrt(std::max(1.0, known_blocks())); }

double DriftBaseline::VectorDegrees() const {
  if (scored_ < 3) return 2.0;
  const double mean = feature_squares_ / static_cast<double>(scored_);
  const double variance = feature_fourths_ / static_cast<double>(scored_) - mean * mean;
  return std::clamp(2.0 * mean * mean / std::max(variance, 1e-300), 1.0, 40.0);
}

double DriftBaseline::ExpectedSquare(std::span<const BlockResiduals> blocks) const {
  double weights = 0.0;
  for (const BlockResiduals& block : blocks) weights += Weight(block.records);
  const auto count = static_cast<double>(blocks.size());
  const double square =
      scored_ > 0 ? feature_squares_ / static_cast<double>(scored_) : kPriorVariance;
  const double level_error =
      blocks.size() == 1 ? 1.0 / levels.blocks[static_cast<std::size_t>(SlotOf(blocks[0].index))]
                         : count / std::max(1.0, known_blocks());
  const double correlation = PooledDayCorrelation();
  return std::max(square, 1e-6) * PooledInflation() * (1.0 + correlation) / (1.0 - correlation) *
         weights / (count * count) * (1.0 + level_error);
}

void DriftBaseline::CloseDay() {
  if (day_blocks_ > 0) {
    const double root = std::sqrt(static_cast<double>(day_blocks_));
    for (std::size_t j = 0; j < signals(); ++j) {
      const double mean = day_sums_[j] / root;
      day_squares_[j] += mean * mean;
      day_products_[j] += mean * last_day_[j];
      last_day_[j] = static_cast<float>(mean);
    }
    ++days_;
  }
  day_blocks_ = 0;
  std::ranges::fill(day_sums_, 0.0);
}

void DriftBaseline::Learn(const BlockMeans& means) {
  if (Knows(means.index)) {
    Learn(ResidualsOf(means), {});
    return;
  }
  std::vector<double> steps(means.signals.begin(), means.signals.end());
  steps.insert(steps.end(), means.features.begin(), means.features.end());
  MoveLevel(means.index, steps);
}

void DriftBaseline::Learn(const BlockResiduals& block, const std::vector<bool>& rest) {
  const auto rests = [&](std::size_t signal) { return !rest.empty() && rest[signal]; };
  const std::vector<double> scores = Scores(block);
  const auto drawn_in = [&](double score) {
    return scored_ < kFreeBlocks ? 1.0 : std::min(1.0, kFurthestLearned / std::max(1e-9, score));
  };
  const std::int64_t day = StretchStart(block.index, slots);
  if (day != day_) CloseDay();
  day_ = day;
  // What the level's own error leaves of a residual is no variance of blocks.
  const float known = levels.blocks[static_cast<std::size_t>(SlotOf(block.index))];
  const double share = known / (known + 1.0) / Weight(block.records);
  std::vector<double> steps(signals() + block.features.size());
  for (std::size_t j = 0; j < signals(); ++j) {
    // A signal that rests may be drifting: it counts as one that varies as it always did.
    const double step = block.residuals[j] * drawn_in(std::abs(scores[j]));
    const double usual = std::sqrt(Variance(j) / share);
    const double counted = rests(j) ? std::clamp(step, -usual, usual) : step;
    squares_[j] += counted * counted * share;
    day_sums_[j] += counted * std::sqrt(share);
    if (!rests(j)) steps[j] = step;
  }
  if (!rests(signals())) {
    const double drawn = drawn_in(scores.back());
    const double square = SquareOf(block.features) * drawn * drawn * share;
    feature_squares_ += square;
    feature_fourths_ += square * square;
    for (std::size_t f = 0; f < block.features.size(); ++f)
      steps[signals() + f] = block.features[f] * drawn;
  } else {
    feature_squares_ += feature_squares_ / static_cast<double>(scored_);
    feature_fourths_ += feature_fourths_ / static_cast<double>(scored_);
  }
  ++scored_;
  ++day_blocks_;
  MoveLevel(block.index, steps);
}

void DriftBaseline::MoveLevel(std::int64_t index, std::span<const double> steps) {
  const auto slot = static_cast<std::size_t>(SlotOf(index));
  const std::size_t features = steps.size() - signals();
  float& blocks = levels.blocks[slot];
  const double rate = 1.0 / (1.0 + blocks);
  for (std::size_t j = 0; j < signals(); ++j) {
    float& level = levels.signals[slot * signals() + j];
    level = static_cast<float>(level + rate * steps[j]);
  }
  for (std::size_t f = 0; f < features; ++f) {
    float& level = levels.features[slot * features + f];
    level = static_cast<float>(level + rate * steps[signals() + f]);
  }
  blocks = std::min(blocks + 1.0f, kMostBlocks);
}

void DriftBaseline::SettleAt(std::span<const BlockResiduals> blocks) {
  VIGIL_CHECK(!blocks.empty());
  const std::size_t features = levels.features.size() / levels.blocks.size();
  const auto shift = [&](std::size_t slot, auto&& matches) {
    std::vector<double> sum(signals() + features);
    double count = 0.0;
    for (const BlockResiduals& block : blocks) {
      if (!matches(block)) continue;
      for (std::size_t j = 0; j < signals(); ++j) sum[j] += block.residuals[j];
      for (std::size_t f = 0; f < features; ++f) sum[signals() + f] += block.features[f];
      ++count;
    }
    if (count == 0.0) return false;
    for (std::size_t j = 0; j < signals(); ++j)
      levels.signals[slot * signals() + j] += static_cast<float>(sum[j] / count);
    for (std::size_t f = 0; f < features; ++f)
      levels.features[slot * features + f] += static_cast<float>(sum[signals() + f] / count);
    levels.blocks[slot] = static_cast<float>(count);
    return true;
  };
  for (std::size_t slot = 0; slot < levels.blocks.size(); ++slot) {
    if (levels.blocks[slot] == 0.0f) continue;
    const bool seen = shift(slot, [&](const BlockResiduals& block) {
      return static_cast<std::size_t>(SlotOf(block.index)) == slot;
    });
    if (!seen) shift(slot, [](const BlockResiduals&) { return true; });
  }
  WidenTo(blocks);
  CloseDay();
  std::ranges::fill(last_day_, 0.0f);
}

// Variances to those of these blocks about their own mean, where they are larger; what was known
// counts as kPriorBlocks more.
void DriftBaseline::WidenTo(std::span<const BlockResiduals> blocks) {
  const auto count = static_cast<double>(blocks.size());
  const auto spread = [&](auto&& value) {
    double sum = 0.0, square = 0.0;
    for (const BlockResiduals& block : blocks) sum += value(block);
    for (const BlockResiduals& block : blocks)
      square += std::pow(value(block) - sum / count, 2) / Weight(block.records);
    return square;
  };
  const auto growth = [&](double known, double seen) {
    return std::max(1.0, (kPriorBlocks * known + seen) / ((kPriorBlocks + count - 1.0) * known));
  };
  for (std::size_t j = 0; j < signals(); ++j) {
    const double known = Variance(j);
    const double seen = spread([&](const BlockResiduals& block) { return block.residuals[j]; });
    const double grown = growth(known, seen);
    squares_[j] += (grown - 1.0) * known * static_cast<double>(std::max<std::int64_t>(scored_, 1));
    day_squares_[j] *= grown;
    day_products_[j] *= grown;
    day_sums_[j] *= std::sqrt(grown);
  }
  if (scored_ == 0) return;
  double seen = 0.0;
  for (std::size_t f = 0; f < blocks[0].features.size(); ++f)
    seen += spread([&](const BlockResiduals& block) { return block.features[f]; });
  const double grown = growth(feature_squares_ / static_cast<double>(scored_), seen);
  feature_squares_ *= grown;
  feature_fourths_ *= grown * grown;
}

}  // namespace vigil
