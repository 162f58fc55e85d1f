#include "estimator/idle/scheduler.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/base/error.h"
#include "engine/base/log.h"

namespace vigil {
namespace {

// The disk's idle class (ioprio_set(2), which has no wrapper): read and written when nobody else
// does. Where the system refuses, the disk is shared as usual.
void LowerDiskPriority() {
  constexpr int kWhoIsProcess = 1, kIdleClass = 3, kClassShift = 13;
  syscall(SYS_ioprio_set, kWhoIsProcess, 0, kIdleClass << kClassShift);
}

// Threads that PE's backend starts from this one take its priority over.
void LowerPriority() {
  LowerDiskPriority();
  const sched_param parameters{};
  if (sched_setscheduler(0, SCHED_IDLE, &parameters) == 0) return;
  const auto thread = static_cast<id_t>(syscall(SYS_gettid));
  if (setpriority(PRIO_PROCESS, thread, 19) != 0) {
    Log(LogLevel::kWarning, "idle scheduler: the system grants no lower priority");
  }
}

}  // namespace

IdleScheduler::IdleScheduler(IdlePolicy policy, Signals& signals, IdleWork work, const Clock& clock)
    : loop_(policy, signals, std::move(work), clock) {}

IdleScheduler::~IdleScheduler() { Stop(); }

void IdleScheduler::Start() {
  VIGIL_CHECK(!thread_.joinable());
  loop_.Resume();
  thread_ = std::jthread([this](const std::stop_token& stop) { Loop(stop); });
}

void IdleScheduler::Stop() {
  if (!thread_.joinable()) return;
  loop_.RequestStop();
  thread_.request_stop();
  thread_.join();
  loop_.ReportStopped();
}

void IdleScheduler::Wake() {
  const std::lock_guard lock(mutex_);
  woken_ = true;
  wake_.notify_all();
}

void IdleScheduler::Loop(const std::stop_token& stop) {
  LowerPriority();
  while (!stop.stop_requested()) {
    const std::chrono::nanoseconds wait = loop_.Step();
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, wait, [this] { return woken_; });
    woken_ = false;
  }
}

}  // namespace vigil
