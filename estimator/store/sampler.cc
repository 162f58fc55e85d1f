#include "estimator/store/sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/base/error.h"

namespace vigil {
namespace {

constexpr double kShare = 3.0;         // of what is left, for an epoch's part of the time
constexpr double kOfBudget = 0.8;      // that becomes places; the rest replaces
constexpr double kWritesAPlace = 8.0;  // where nobody knows how many come: a thousand a place
constexpr int kRest = 12;              // a resting epoch is this part of max_epoch
constexpr int kFirst = 4;              // the first epoch's budget is that of so many

}  // namespace

EpochSampler::EpochSampler(SamplerOptions options, const Clock& clock)
    : options_(options), clock_(clock), random_state_(options.seed) {
  VIGIL_CHECK(options.capacity >= 1);
}

// Sets capacity_ and offer_. A reservoir of c places to which m inferences are offered writes
// c * (1 + ln(m / c)) records: that it spends the budget makes m = c * exp(budget / c - 1).
void EpochSampler::Plan(double seconds) {
  const bool rested = capacity_ == 0;
  const auto share = [&](std::int64_t left, double of_seconds) {
    if (left == WriteRoom::kUnbounded) return std::numeric_limits<double>::infinity();
    return static_cast<double>(left) * std::min(1.0, kShare * seconds / of_seconds);
  };
  double budget = std::min(share(room_.this_hour, 3600.0), share(room_.today, 86400.0));
  offer_ = 1.0;
  if (budget < 1.0 && (room_.this_hour < 1 || room_.today < 1)) {
    if (!rested || last_seen_ == 0) {
      capacity_ = 0;
      return;
    }
    budget = 1.0;  // nobody says that there is room again while nothing is written
  }
  const double wanted = last_seen_ > 0 ? budget * kOfBudget : budget / kWritesAPlace;
  capacity_ = std::max<std::int64_t>(1, wanted < static_cast<double>(options_.capacity)
                                            ? static_cast<std::int64_t>(wanted)
                                            : options_.capacity);
  if (last_seen_ == 0) return;
  const auto places = static_cast<double>(capacity_);
  const double offers = budget < 1.0 ? budget : places * std::exp(budget / places - 1.0);
  offer_ = std::min(1.0, offers / static_cast<double>(last_seen_));
}

void EpochSampler::Open(std::chrono::nanoseconds now) {
  const auto since = last_epoch_ > 0 ? now - opened_at_ : kFirst * options_.max_epoch;
  Plan(std::chrono::duration<double>(since).count());
  open_ = true;
  opened_at_ = now;
  current_ = {};
  offered_ = 0;
  current_.started_micros = clock_.WallMicros();
  current_.epoch = last_epoch_ = std::max(current_.started_micros, last_epoch_ + 1);
}

SamplingDecision EpochSampler::Next(bool can_keep) {
  const std::chrono::nanoseconds now = clock_.Monotonic();
  const bool rests = open_ && capacity_ == 0;
  if (open_ && now - opened_at_ >= options_.max_epoch / (rests ? kRest : 1)) Close();
  if (!open_) Open(now);
  ++current_.seen;
  SamplingDecision decision{.epoch = current_.epoch};
  if (!can_keep || capacity_ == 0) {
    ++current_.dropped;
    return decision;
  }
  if (offer_ < 1.0 && static_cast<double>(Random()) >= offer_ * 0x1p64) return decision;
  const std::int64_t index = offered_++;
  if (index < capacity_) {
    decision.keep = true;
    decision.place = index;
    return decision;
  }
  const std::int64_t place = Below(index + 1);
  if (place < capacity_) {
    decision.keep = decision.replaces = true;
    decision.place = place;
  }
  return decision;
}

void EpochSampler::Drop(const SamplingDecision& decision) {
  VIGIL_CHECK(decision.keep);
  if (open_ && decision.epoch == current_.epoch) ++current_.dropped;
  for (EpochProgress& closed : closed_) {  // the epoch may have ended while the inference ran
    if (closed.epoch == decision.epoch) ++closed.dropped;
  }
}

void EpochSampler::Close() {
  if (!open_) return;
  open_ = false;
  last_seen_ = current_.seen;
  closed_.push_back(std::exchange(current_, {}));
}

std::optional<EpochProgress> EpochSampler::Progress() const {
  return open_ ? std::optional(current_) : std::nullopt;
}

std::vector<EpochProgress> EpochSampler::TakeClosed() { return std::exchange(closed_, {}); }

std::uint64_t EpochSampler::Random() {  // splitmix64
  std::uint64_t mixed = random_state_ += 0x9e3779b97f4a7c15u;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
  return mixed ^ (mixed >> 31);
}

std::int64_t EpochSampler::Below(std::int64_t bound) {
  // Draws from the incomplete last multiple of `bound` are thrown away.
  const auto range = static_cast<std::uint64_t>(bound);
  const std::uint64_t usable = std::numeric_limits<std::uint64_t>::max() / range * range;
  while (true) {
    const std::uint64_t drawn = Random();
    if (drawn < usable) return static_cast<std::int64_t>(drawn % range);
  }
}

}  // namespace vigil
