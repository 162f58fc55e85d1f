#include "estimator/store/sampler.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "engine/base/error.h"

namespace vigil {

EpochSampler::EpochSampler(SamplerOptions options, const Clock& clock)
    : options_(options), clock_(clock), random_state_(options.seed) {
  VIGIL_CHECK(options.capacity >= 1);
}

SamplingDecision EpochSampler::Next(bool can_keep) {
  const std::chrono::nanoseconds now = clock_.Monotonic();
  if (open_ && now - opened_at_ >= options_.max_epoch) Close();
  if (!open_) {
    open_ = true;
    opened_at_ = now;
    current_ = {};
    offered_ = 0;
    current_.started_micros = clock_.WallMicros();
    current_.epoch = last_epoch_ = std::max(current_.started_micros, last_epoch_ + 1);
  }
  ++current_.seen;
  SamplingDecision decision{.epoch = current_.epoch};
  if (!can_keep) {
    ++current_.dropped;
    return decision;
  }
  const std::int64_t index = offered_++;
  if (index < options_.capacity) {
    decision.keep = true;
    decision.place = index;
    return decision;
  }
  const std::int64_t place = Below(index + 1);
  if (place < options_.capacity) {
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
  closed_.push_back(std::exchange(current_, {}));
}

std::optional<EpochProgress> EpochSampler::Progress() const {
  return open_ ? std::optional(current_) : std::nullopt;
}

std::vector<EpochProgress> EpochSampler::TakeClosed() { return std::exchange(closed_, {}); }

std::int64_t EpochSampler::Below(std::int64_t bound) {
  // splitmix64; draws from the incomplete last multiple of `bound` are thrown away.
  const auto range = static_cast<std::uint64_t>(bound);
  const std::uint64_t usable = std::numeric_limits<std::uint64_t>::max() / range * range;
  while (true) {
    std::uint64_t mixed = random_state_ += 0x9e3779b97f4a7c15u;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
    mixed ^= mixed >> 31;
    if (mixed < usable) return static_cast<std::int64_t>(mixed % range);
  }
}

}  // namespace vigil
