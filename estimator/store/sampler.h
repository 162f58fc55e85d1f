// Which inferences are kept: a fair sample of each epoch, decided before the inference runs.
#ifndef VIGIL_ESTIMATOR_STORE_SAMPLER_H_
#define VIGIL_ESTIMATOR_STORE_SAMPLER_H_

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "engine/base/clock.h"

namespace vigil {

// What a sampler tells the store of an epoch: totals so far.
struct EpochProgress {
  std::int64_t epoch = 0;
  std::int64_t started_micros = 0;  // wall clock
  std::int64_t seen = 0;
  std::int64_t dropped = 0;
};

struct SamplingDecision {
  bool keep = false;
  std::int64_t epoch = 0;
  std::int64_t place = -1;  // in the epoch's reservoir, to be copied into the record
  bool replaces = false;    // an earlier record of that place, which the store then removes
};

// How many more records the store's bounds of wear allow (Store::RoomToWrite).
struct WriteRoom {
  static constexpr std::int64_t kUnbounded = std::numeric_limits<std::int64_t>::max();
  std::int64_t this_hour = kUnbounded;
  std::int64_t today = kUnbounded;
};

struct SamplerOptions {
  std::int64_t capacity = 1024;  // records an epoch keeps at most, 1 or more
  std::chrono::nanoseconds max_epoch = std::chrono::hours(1);
  std::uint64_t seed = 0;
};

// A reservoir an epoch (algorithm R): of the N inferences that could be kept, each is in the sample
// with probability min(1, capacity / N). One that could not (no slot was free) is counted and
// leaves the reservoir alone: whether a slot is free does not depend on the draw, so the sample
// stays fair for the others. Were it drawn first and lost after, earlier inferences would be
// favoured.
//
// Where the flash must not wear by as many records as that writes (a reservoir writes each place
// 1 + ln(N / capacity) times), an epoch has a budget: its share, by time, of what SetRoom last said
// is left, three times over, since what is left grows when less is taken; in the steady state two
// thirds of a bound are used. It takes the next epoch to be like the last one, gives the
// reservoir four fifths of the budget, and offers it each inference with a probability p that
// spends the rest on replacements. Whether one is offered is drawn for it alone, so early and late
// inferences are sampled alike, in the epoch, the hour and the day: what a bound costs is records,
// not fairness. Where nothing is left all the same (other writers took it), an epoch keeps
// nothing, counts its inferences as dropped and lasts a twelfth as long; the next one tries again.
//
// Deterministic by seed and clock. Not thread-safe: it belongs to T's thread and takes no lock. An
// epoch's number is the wall time of its start in microseconds, made larger than the last one's
// where the clock went back.
class EpochSampler {
 public:
  explicit EpochSampler(SamplerOptions options, const Clock& clock = SystemClock());

  // Call once for each inference, before it runs; `can_keep`: TapSlots::HasFree(). Opens an epoch
  // where none is open or the last one has lasted max_epoch; that one's last word is then in
  // TakeClosed().
  SamplingDecision Next(bool can_keep = true);

  // The record of this decision was lost after all (the run failed): counts it. The record that it
  // was to replace stays.
  void Drop(const SamplingDecision& decision);

  // Ends the epoch, at every drain or because the store says that it is closed; no-op where none is
  // open.
  void Close();

  // What is left, for the epochs that open from now on.
  void SetRoom(const WriteRoom& room) { room_ = room; }

  // Of the open epoch; none where none is open.
  std::optional<EpochProgress> Progress() const;
  // Final counts of the epochs closed since the last call.
  std::vector<EpochProgress> TakeClosed();

 private:
  std::uint64_t Random();
  std::int64_t Below(std::int64_t bound);  // uniform in [0, bound)
  void Open(std::chrono::nanoseconds now);
  void Plan(double seconds);  // `seconds`: from one epoch's start to the next one's

  SamplerOptions options_;
  const Clock& clock_;
  std::uint64_t random_state_;
  WriteRoom room_;
  bool open_ = false;
  std::int64_t capacity_ = 0;   // of the open epoch; 0: it rests
  double offer_ = 1.0;          // p
  std::int64_t offered_ = 0;    // inferences of the open epoch that could be kept
  std::int64_t last_seen_ = 0;  // by the last epoch; 0: there was none
  std::chrono::nanoseconds opened_at_{0};
  EpochProgress current_;
  std::int64_t last_epoch_ = 0;
  std::vector<EpochProgress> closed_;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_STORE_SAMPLER_H_
