// How the time of PE's thread was spent, and why.
#ifndef VIGIL_ESTIMATOR_IDLE_SPENT_TIMES_H_
#define VIGIL_ESTIMATOR_IDLE_SPENT_TIMES_H_

#include <chrono>
#include <cstdint>
#include <vector>

#include "estimator/idle/blocker.h"

namespace vigil {

enum class SchedulerState { kStopped, kWaiting, kWorking, kBackingOff };
std::string_view StateName(SchedulerState state);  // "stopped", "waiting", "working", "backing-off"

struct SpentTime {
  SchedulerState doing = SchedulerState::kStopped;
  Blocker why = Blocker::kNone;
  std::chrono::nanoseconds time{0};
  std::int64_t records = 0;  // judged meanwhile
};

// Adds up by (doing, why). Not thread-safe.
class SpentTimes {
 public:
  // From now on it does this. Times are monotonic; time in kStopped is not counted.
  void Switch(SchedulerState doing, Blocker why, std::chrono::nanoseconds now);
  void AddRecords(std::int64_t records);
  // What came together since the last call, up to `now`.
  std::vector<SpentTime> Take(std::chrono::nanoseconds now);

 private:
  SpentTime& Current();

  SchedulerState doing_ = SchedulerState::kStopped;
  Blocker why_ = Blocker::kNone;
  std::chrono::nanoseconds since_{0};
  std::vector<SpentTime> times_;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_IDLE_SPENT_TIMES_H_
