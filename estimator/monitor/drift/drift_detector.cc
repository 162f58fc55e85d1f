#include "estimator/monitor/drift/drift_detector.h"

#include <algorithm>
#include <cmath>

#include "engine/base/clock.h"
#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

constexpr std::int64_t kHourMicros = 3'600'000'000;
constexpr std::int64_t kLateness = kHourMicros;  // the longest epoch's (sampler.h)
constexpr std::int64_t kDaysAhead = 30;          // more than that is a wrong clock
constexpr std::int64_t kDaysBehind = 2;          // too
constexpr std::int64_t kScaleRecords = 100;      // at least, and a day
constexpr double kAllowance = 0.5;               // of the cumulative sums, in deviations of a block
// The error of a young level is in every block's score alike, which makes a sum run away: it is
// allowed for.
constexpr double kLevelAllowance = 2.5;
constexpr double kYoungBlocks = 28.0;
constexpr double kSuspicious = 0.4;  // of a sum's limit

std::vector<std::size_t> BinnedOf(std::span<const SignalInfo> signals) {
  std::vector<std::size_t> binned;
  for (std::size_t j = 0; j < signals.size(); ++j) {
    if (signals[j].binned) binned.push_back(j);
  }
  return binned;
}

}  // namespace

void CheckDriftOptions(const DriftOptions& options) {
  const auto refuse = [](const std::string& message) {
    throw Error(Fault::kApi, ErrorCode::kInvalidValue, "drift: " + message);
  };
  const auto hours = options.block.count();
  if (hours < 1 || hours > 24 || 24 % hours != 0)
    refuse(Text("blocks of ", hours, " hours, expected 1, 2, 3, 4, 6, 8, 12 or 24"));
  if (!(options.baseline_days >= 2.0 && options.baseline_days <= 365.0))
    refuse(Text("a baseline of ", options.baseline_days, " days, expected 2 to 365"));
  if (!(options.false_alarms_a_year > 0.0 && options.false_alarms_a_year <= 100.0))
    refuse(Text(options.false_alarms_a_year, " false alarms a year, expected more than 0, to 100"));
  if (!(options.settle_days >= 1.0 && options.settle_days <= 60.0))
    refuse(Text("settled after ", options.settle_days, " days, expected 1 to 60"));
  if (options.min_records < 1) refuse(Text("blocks of ", options.min_records, " records or more"));
}

DriftDetector::DriftDetector(const DriftLayout& layout, const DriftOptions& options)
    : layout_(layout),
      options_(options),
      signals_(SignalsOf(layout)),
      binned_(BinnedOf(signals_)),
      random_features_(VectorSize(layout)),
      slots_(24 / options.block.count()) {
  double sides = 0.0;
  for (const SignalInfo& signal : signals_) sides += signal.only_up ? 1.0 : 2.0;
  const double blocks_a_year = kDaysInAYear * static_cast<double>(slots_);
  const double limit = CumulativeSumLimit(
      std::max(2.0, sides * blocks_a_year / (kSequentialShare * options.false_alarms_a_year)),
      kAllowance);
  limits_.assign(signals_.size(), limit);
  furthest_ = 0.55 * limit + kAllowance;
  tracker_.settle_days = options.settle_days;
  tracker_.block_seconds = 3600.0 * static_cast<double>(options.block.count());
  tracker_.attribution = options.attribution;
  Begin();
}

std::int64_t DriftDetector::MicrosOf(std::int64_t block) const {
  return block * options_.block.count() * kHourMicros;
}

std::int64_t DriftDetector::BlockOf(std::int64_t time_micros) const {
  const std::int64_t length = options_.block.count() * kHourMicros;
  return StretchStart(time_micros, length) / length;
}

void DriftDetector::Begin() {
  phase_ = Phase::kScale;
  scale_ = {};
  scale_builder_ = ScaleBuilder();
  first_block_ = closed_through_ = newest_ = -1;
  baseline_ = DriftBaseline(slots_, signals_.size() - 1, RandomFeatures::kFeatures);
  baseline_.levels.bins.resize(binned_.size() * kDriftBins);
  open_blocks_.clear();
  from_reference_.clear();
  distances_.assign(binned_.size(), 0.0);
  distance_days_ = 0;
  Forget();
}

// Where the clock was set: what was before cannot be told from what comes.
void DriftDetector::StartAnew() {
  for (DriftEvent& event : events_) {
    if (event.ongoing()) event.ended_micros = MicrosOf(newest_ + 1);
    event.replaced |= event.lasting;
  }
  EventTracker fresh;
  fresh.settle_days = tracker_.settle_days;
  fresh.block_seconds = tracker_.block_seconds;
  fresh.attribution = tracker_.attribution;
  tracker_ = fresh;
  strays_ = 0;
  Begin();
}

void DriftDetector::SetBounds() {
  baseline_.bounded_mean.assign(signals_.size() - 1, 0.0f);
  baseline_.bounded_deviation.assign(signals_.size() - 1, 0.0f);
  if (scale_.mean.empty()) return;
  for (std::size_t j = 0; j + 1 < signals_.size(); ++j) {
    if (!signals_[j].bounded) continue;
    baseline_.bounded_mean[j] = scale_.mean[j];
    baseline_.bounded_deviation[j] = scale_.deviation[j];
  }
}

bool DriftDetector::IsStray(std::int64_t block) {
  const bool ahead = newest_ >= 0 && block > newest_ + kDaysAhead * slots_;
  const bool late = closed_through_ >= 0 && block <= closed_through_;
  if (!ahead && !late) {
    strays_ = 0;
    return false;
  }
  ++passed_over_;
  const bool clock_was_set = ahead || block < newest_ - kDaysBehind * slots_;
  if (clock_was_set && ++strays_ >= kStraysToRestart) StartAnew();
  return true;
}

void DriftDetector::Add(std::int64_t time_micros, DriftFeatures& features) {
  const std::int64_t block = BlockOf(time_micros);
  if (IsStray(block)) return;
  ++records_;
  CloseBlocks(time_micros);
  newest_ = std::max(newest_, block);
  if (first_block_ < 0) first_block_ = block;
  if (phase_ == Phase::kScale) {
    AddToScale(block, features);
    return;
  }
  scale_.Standardise(features);
  AddToBlock(block, features);
  CountBins(block, features);
}

void DriftDetector::AddToScale(std::int64_t block, const DriftFeatures& features) {
  scale_builder_.Add(features);
  if (block < first_block_ + slots_ || scale_builder_.records() < kScaleRecords) return;
  scale_ = scale_builder_.Scale(signals_);
  scale_builder_ = ScaleBuilder();
  SetBounds();
  phase_ = Phase::kBaseline;
  first_block_ = block + 1;
  closed_through_ = block;  // of which a part went into the scale
}

void DriftDetector::AddToBlock(std::int64_t index, const DriftFeatures& features) {
  auto block = std::ranges::lower_bound(open_blocks_, index, {}, &OpenBlock::index);
  if (block == open_blocks_.end() || block->index != index) {
    block = open_blocks_.insert(block, OpenBlock{.index = index});
    block->signals.resize(signals_.size() - 1);
    block->features.resize(RandomFeatures::kFeatures);
  }
  ++block->records;
  for (std::size_t j = 0; j < block->signals.size(); ++j) block->signals[j] += features.signals[j];
  random_features_.AddTo(features.vector, block->features);
}

void DriftDetector::CountBins(std::int64_t block, const DriftFeatures& features) {
  const std::int64_t day = StretchStart(block, slots_) / slots_;
  auto found = std::ranges::lower_bound(days_, day, {}, &DayBins::day);
  if (found == days_.end() || found->day != day) {
    found = days_.insert(found, DayBins{.day = day});
    found->bins.resize(binned_.size() * kDriftBins);
  }
  for (std::size_t b = 0; b < binned_.size(); ++b)
    ++found->bins[b * kDriftBins + scale_.BinOf(features.signals[binned_[b]], b)];
}

// Days that the two-sample test has done with become part of the baseline, unless an event is open.
void DriftDetector::RetireDays(std::int64_t day) {
  while (!days_.empty() && days_.front().day < day - kWindowDays) {
    if (!tracker_.open()) {
      LearnDistances(days_.front());
      for (std::size_t i = 0; i < baseline_.levels.bins.size(); ++i)
        baseline_.levels.bins[i] += static_cast<float>(days_.front().bins[i]);
    }
    days_.erase(days_.begin());
  }
}

void DriftDetector::CloseBlocks(std::int64_t time_micros) {
  while (!open_blocks_.empty() &&
         time_micros >= MicrosOf(open_blocks_.front().index + 1) + kLateness) {
    const OpenBlock block = std::move(open_blocks_.front());
    open_blocks_.erase(open_blocks_.begin());
    closed_through_ = std::max(closed_through_, block.index);
    Close(block);
  }
}

void DriftDetector::Close(const OpenBlock& block) {
  const std::int64_t day = StretchStart(block.index, slots_) / slots_;
  if (block.records >= options_.min_records) {
    BlockMeans means{.index = block.index, .records = block.records};
    const auto records = static_cast<double>(block.records);
    for (const double sum : block.signals)
      means.signals.push_back(static_cast<float>(sum / records));
    for (const double sum : block.features)
      means.features.push_back(static_cast<float>(sum / records));
    if (phase_ == Phase::kWatch && baseline_.Knows(block.index)) {
      Watch(means);
    } else {
      baseline_.Learn(means);
    }
  }
  RetireDays(day);
  if (phase_ == Phase::kBaseline) CloseBaseline(block.index);
}

void DriftDetector::CloseBaseline(std::int64_t block) {
  const double days = static_cast<double>(block + 1 - first_block_) / static_cast<double>(slots_);
  float blocks = 0.0f;
  for (const float count : baseline_.levels.blocks) blocks += count;
  if (days < options_.baseline_days || blocks < 8.0f) return;
  phase_ = Phase::kWatch;
  CompareWithReference();
}

std::optional<DriftAlarm> DriftDetector::SequentialAlarm(const BlockResiduals& block) {
  const std::vector<double> scores = baseline_.Scores(block);
  const double allowance = kAllowance + kLevelAllowance * baseline_.LevelError();
  std::optional<DriftAlarm> alarm;
  double highest = 0.0;
  for (std::size_t j = 0; j < sums_.size(); ++j) {
    const bool only_up = signals_[j].only_up;
    sums_[j].Add(std::clamp(scores[j], -furthest_, furthest_), allowance, block.index);
    const double height = sums_[j].height(only_up);
    // Sums of a great change are alike, for what a block counts at most: the block itself decides.
    const double rank = height + std::abs(scores[j]);
    if (height < limits_[j] || rank <= highest) continue;
    highest = rank;
    alarm = DriftAlarm{"cumulative sum", j, sums_[j].since(only_up), block.index};
  }
  return alarm;
}

// Called two days late, so that what turns out to be an event was not learned from, except by a
// young level; never of signals that may be drifting.
void DriftDetector::Learn(const BlockResiduals& block) {
  std::vector<bool> rest;
  for (std::size_t j = 0; j < sums_.size(); ++j)
    rest.push_back(sums_[j].height(signals_[j].only_up) > kSuspicious * limits_[j]);
  baseline_.Learn(block, rest);
}

void DriftDetector::CompareRecent() {
  recent_.clear();
  for (const BlockMeans& means : means_) recent_.push_back(baseline_.ResidualsOf(means));
}

void DriftDetector::Watch(const BlockMeans& means) {
  if (tracker_.PassOver(baseline_.ResidualsOf(means), baseline_, events_)) {
    Forget();
    return;
  }
  const DriftView view{recent_, baseline_, scale_, signals_, events_};
  const bool new_day = !recent_.empty() && StretchStart(recent_.back().index, slots_) !=
                                               StretchStart(means.index, slots_);
  const bool young = baseline_.known_blocks() < kYoungBlocks;
  // Of the days before: this block is no part of what they show.
  std::optional<DriftAlarm> alarm;
  if (!tracker_.open() && new_day) alarm = TwoSampleAlarm(means.index);
  if (alarm) tracker_.OnAlarm(*alarm, view);
  if (means_.size() == static_cast<std::size_t>(2 * slots_)) {
    if (!tracker_.open() && !young) Learn(baseline_.ResidualsOf(means_.front()));
    means_.erase(means_.begin());
  }
  means_.push_back(means);
  CompareRecent();
  const BlockResiduals& block = recent_.back();
  bool closed = false;
  if (tracker_.open()) {
    closed = tracker_.OnBlock(view);
  } else {
    alarm = SequentialAlarm(block);
    if (alarm) {
      tracker_.OnAlarm(*alarm, view);
    } else if (young) {
      Learn(block);
    }
  }
  if (!closed) {
    CompareRecent();  // with what may have been learned or put back
    return;
  }
  if (events_.back().lasting) {
    // What is normal now: the days since it settled.
    std::ranges::fill(baseline_.levels.bins, 0.0f);
    for (const DayBins& day : days_) {
      for (std::size_t i = 0; i < day.bins.size(); ++i)
        baseline_.levels.bins[i] += static_cast<float>(day.bins[i]);
    }
  }
  Forget();
}

// Of what was before, nothing counts in the tests to come.
void DriftDetector::Forget() {
  means_.clear();
  recent_.clear();
  days_.clear();
  sums_.assign(signals_.size(), {});
}

}  // namespace vigil
