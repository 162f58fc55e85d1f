// Runs PE's work in the background whenever the policy allows it.
#ifndef VIGIL_ESTIMATOR_IDLE_SCHEDULER_H_
#define VIGIL_ESTIMATOR_IDLE_SCHEDULER_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "estimator/idle/policy.h"
#include "estimator/idle/signals.h"
#include "estimator/idle/spent_times.h"

namespace vigil {

struct BatchResult {
  int records = 0;  // done; fewer than asked for where it yielded or nothing was left
};

// What the scheduler works for. Called on its thread alone; both may throw Error, after which the
// scheduler backs off.
struct IdleWork {
  std::function<std::int64_t()> backlog;  // records that wait
  // Does at most `max_records`; looks at `should_yield` where it can stop with nothing lost.
  std::function<BatchResult(int max_records, const std::function<bool()>& should_yield)> run;
};

struct SchedulerStatus {
  using State = SchedulerState;
  State state = State::kStopped;
  Blocker blocker = Blocker::kNone;
  std::string reason;  // why it waits or works, for people
  std::int64_t records = 0, chunks = 0, yields = 0, errors = 0;
  std::string last_error;
  int local_day = 0;  // Observation::local_day, that worked_today is of
  std::chrono::nanoseconds worked_today{0};
  std::chrono::nanoseconds next_look{0};  // monotonic; a thread that is much later hangs
  std::vector<MissingSignal> missing;     // that the last look did not find
};

// One step of the loop after another, without a thread, so that tests drive it with a clock and
// signals of their own. Step and the constructor on one thread; the rest from any.
class IdleLoop {
 public:
  // `signals` and `clock` outlive it.
  IdleLoop(IdlePolicy policy, Signals& signals, IdleWork work, const Clock& clock = SystemClock());

  // Observes, decides, and perhaps runs one chunk; returns how long to wait before the next step.
  // After errors that is 1 s, doubled each time up to 5 minutes, until a chunk succeeds.
  std::chrono::nanoseconds Step();

  // What an earlier process worked on that day counts towards the budget. Before the first Step.
  void RestoreWorkedToday(int local_day, std::chrono::nanoseconds worked);

  // T is about to run or has run, in this process: a chunk at work is asked to yield. Reads the
  // clock and stores one atomic; never waits.
  void NotifyActivity();
  // Asks a chunk at work to yield, and those after it until Resume.
  void RequestStop();
  void Resume();
  void ReportStopped();
  SchedulerStatus status() const;
  // How the time since the last call was spent.
  std::vector<SpentTime> TakeSpentTimes();

 private:
  Observation Observe();
  std::chrono::nanoseconds LookAndRun();
  std::chrono::nanoseconds RunChunk();
  std::chrono::nanoseconds BackOff(const char* what);
  void Report(SchedulerState state, Blocker blocker, std::string reason);

  const IdlePolicy policy_;
  Signals& signals_;
  const IdleWork work_;
  const Clock& clock_;
  std::atomic<std::int64_t> notified_nanos_;  // minimum: never
  std::atomic<bool> stop_requested_{false};

  // Of the stepping thread.
  bool working_ = false;
  std::optional<std::chrono::nanoseconds> load_since_;
  int last_records_ = 0;
  std::chrono::nanoseconds last_duration_{0};
  int errors_in_a_row_ = 0;
  int day_ = 0;  // Observation::local_day
  std::chrono::nanoseconds worked_today_{0};

  mutable std::mutex mutex_;  // guards what follows
  SchedulerStatus status_;
  SpentTimes spent_;
};

// The thread around an IdleLoop, at the lowest priority that the system grants (SCHED_IDLE, else
// nice 19). Start and Stop from one thread; NotifyActivity and status from any.
class IdleScheduler {
 public:
  IdleScheduler(IdlePolicy policy, Signals& signals, IdleWork work,
                const Clock& clock = SystemClock());
  ~IdleScheduler();  // stops

  void Start();
  // Returns when the chunk at work has yielded or ended. No-op where it does not run.
  void Stop();
  // Looks again at once, e.g. since records were added.
  void Wake();
  void NotifyActivity() { loop_.NotifyActivity(); }
  SchedulerStatus status() const { return loop_.status(); }
  std::vector<SpentTime> TakeSpentTimes() { return loop_.TakeSpentTimes(); }
  // Before Start.
  void RestoreWorkedToday(int local_day, std::chrono::nanoseconds worked) {
    loop_.RestoreWorkedToday(local_day, worked);
  }

 private:
  void Loop(const std::stop_token& stop);

  IdleLoop loop_;
  std::mutex mutex_;  // guards woken_
  std::condition_variable_any wake_;
  bool woken_ = false;
  std::jthread thread_;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_IDLE_SCHEDULER_H_
