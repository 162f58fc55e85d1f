#include "estimator/idle/spent_times.h"

#include <algorithm>
#include <utility>

namespace vigil {

std::string_view StateName(SchedulerState state) {
  switch (state) {
    case SchedulerState::kStopped:
      return "stopped";
    case SchedulerState::kWaiting:
      return "waiting";
    case SchedulerState::kWorking:
      return "working";
    case SchedulerState::kBackingOff:
      return "backing-off";
  }
  return "unknown";
}

SpentTime& SpentTimes::Current() {
  const auto found = std::ranges::find_if(
      times_, [this](const SpentTime& time) { return time.doing == doing_ && time.why == why_; });
  if (found != times_.end()) return *found;
  return times_.emplace_back(SpentTime{doing_, why_});
}

void SpentTimes::Switch(SchedulerState doing, Blocker why, std::chrono::nanoseconds now) {
  if (doing_ != SchedulerState::kStopped && now > since_) Current().time += now - since_;
  doing_ = doing;
  why_ = why;
  since_ = now;
}

void SpentTimes::AddRecords(std::int64_t records) {
  if (records > 0) Current().records += records;
}

std::vector<SpentTime> SpentTimes::Take(std::chrono::nanoseconds now) {
  Switch(doing_, why_, now);
  return std::exchange(times_, {});
}

}  // namespace vigil
