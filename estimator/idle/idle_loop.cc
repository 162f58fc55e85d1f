#include <algorithm>
#include <limits>

#include "engine/base/error.h"
#include "estimator/idle/scheduler.h"

namespace vigil {
namespace {

using std::chrono::nanoseconds;

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();
constexpr nanoseconds kFirstBackOff = std::chrono::seconds(1);
constexpr nanoseconds kLongestBackOff = std::chrono::minutes(5);

}  // namespace

IdleLoop::IdleLoop(IdlePolicy policy, Signals& signals, IdleWork work, const Clock& clock)
    : policy_(policy),
      signals_(signals),
      work_(std::move(work)),
      clock_(clock),
      notified_nanos_(kNever) {}

void IdleLoop::NotifyActivity() {
  notified_nanos_.store(clock_.Monotonic().count(), std::memory_order_release);
}

void IdleLoop::RequestStop() { stop_requested_.store(true, std::memory_order_release); }
void IdleLoop::Resume() { stop_requested_.store(false, std::memory_order_release); }
void IdleLoop::ReportStopped() { Report(SchedulerState::kStopped, Blocker::kNone, "stopped"); }

void IdleLoop::RestoreWorkedToday(int local_day, nanoseconds worked) {
  day_ = local_day;
  worked_today_ = worked;
}

std::vector<SpentTime> IdleLoop::TakeSpentTimes() {
  const std::lock_guard lock(mutex_);
  return spent_.Take(clock_.Monotonic());
}

SchedulerStatus IdleLoop::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

void IdleLoop::Report(SchedulerState state, Blocker blocker, std::string reason) {
  const std::lock_guard lock(mutex_);
  spent_.Switch(state, blocker, clock_.Monotonic());
  status_.state = state;
  status_.blocker = blocker;
  status_.reason = std::move(reason);
}

Observation IdleLoop::Observe() {
  Observation seen = signals_.Observe();
  const std::int64_t notified = notified_nanos_.load(std::memory_order_acquire);
  if (notified != kNever) {
    const nanoseconds since = std::max(nanoseconds(0), seen.now - nanoseconds(notified));
    seen.since_target = seen.since_target ? std::min(*seen.since_target, since) : since;
  }
  seen.backlog = work_.backlog();
  seen.working = working_;
  if (load_since_) seen.kept_waiting_by_load = seen.now - *load_since_;
  if (seen.local_day != day_) {
    day_ = seen.local_day;
    worked_today_ = nanoseconds(0);
  }
  seen.worked_today = worked_today_;
  const std::lock_guard lock(mutex_);
  status_.missing = seen.missing;
  status_.local_day = day_;
  status_.worked_today = worked_today_;
  return seen;
}

nanoseconds IdleLoop::Step() {
  const nanoseconds wait = LookAndRun();
  const std::lock_guard lock(mutex_);
  status_.next_look = clock_.Monotonic() + wait;
  return wait;
}

nanoseconds IdleLoop::LookAndRun() {
  using State = SchedulerState;
  try {
    const Observation seen = Observe();
    const Action action = Decide(policy_, seen);
    if (!action.held_by_load) {
      load_since_.reset();
    } else if (!load_since_) {
      load_since_ = seen.now;
    }
    working_ = action.run;
    Report(action.run ? State::kWorking : State::kWaiting, action.blocker, action.reason);
    return action.run ? RunChunk() : action.wait;
  } catch (const std::exception& error) {  // the thread's boundary: nothing may leave it
    return BackOff(error.what());
  } catch (...) {
    return BackOff("unknown error");
  }
}

nanoseconds IdleLoop::RunChunk() {
  const int max_records = NextChunkRecords(policy_, last_records_, last_duration_);
  const nanoseconds begin = clock_.Monotonic();
  const std::int64_t notified_before = notified_nanos_.load(std::memory_order_acquire);
  const auto should_yield = [&] {
    if (stop_requested_.load(std::memory_order_acquire) ||
        notified_nanos_.load(std::memory_order_acquire) != notified_before) {
      return true;
    }
    const Activity target = signals_.Target();
    return target.running || (target.since_last && *target.since_last < clock_.Monotonic() - begin);
  };
  const BatchResult result = work_.run(max_records, should_yield);
  last_records_ = result.records;
  last_duration_ = clock_.Monotonic() - begin;
  worked_today_ += last_duration_;
  errors_in_a_row_ = 0;
  const bool yielded = result.records < max_records && should_yield();
  const std::lock_guard lock(mutex_);
  ++status_.chunks;
  status_.records += result.records;
  spent_.AddRecords(result.records);
  status_.yields += yielded;
  status_.worked_today = worked_today_;
  // Nothing done and no reason to stop: the work cannot go on now, and must not be asked at once.
  return result.records == 0 ? nanoseconds(policy_.look_again) : nanoseconds(0);
}

nanoseconds IdleLoop::BackOff(const char* what) {
  working_ = false;
  last_records_ = 0;
  const int doublings = std::min(errors_in_a_row_++, 20);
  const nanoseconds wait = std::min(kFirstBackOff * (1 << doublings), kLongestBackOff);
  Report(SchedulerState::kBackingOff, Blocker::kError, what);
  const std::lock_guard lock(mutex_);
  status_.last_error = what;
  ++status_.errors;
  return wait;
}

}  // namespace vigil
