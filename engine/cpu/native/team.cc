#include "engine/cpu/team.h"

#include <algorithm>
#include <system_error>

#include "engine/base/log.h"

namespace vigil::cpu {

int AvailableThreads() {
  return static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

Team::Team(int threads, bool low_priority) {
  if (low_priority) leader_ = std::make_unique<IdleClassWorker>();
  const int wanted = threads > 0 ? threads : AvailableThreads();
  try {
    for (int i = 1; i < wanted; ++i) helpers_.emplace_back([=, this] { Help(low_priority); });
  } catch (const std::system_error&) {
    Log(LogLevel::kWarning, "cpu: fewer threads than asked for: the system refuses more");
  }
}

Team::~Team() {
  stop_.store(true);
  round_.fetch_add(1);
  round_.notify_all();
  for (std::thread& helper : helpers_) helper.join();
}

void Team::Run(const std::function<void()>& task) {
  if (leader_) {
    leader_->Do(task);
  } else {
    task();
  }
}

void Team::Distribute(std::int64_t count, Function function, const void* job) {
  if (helpers_.empty() || count <= 1) {
    for (std::int64_t i = 0; i < count; ++i) function(job, i);
    return;
  }
  function_ = function;
  job_ = job;
  count_ = count;
  next_.store(0, std::memory_order_relaxed);
  inside_.store(0, std::memory_order_release);
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
  TakeJobs();
  std::uint32_t inside = inside_.fetch_or(kClosed, std::memory_order_acq_rel) | kClosed;
  while (inside != kClosed) {
    inside_.wait(inside, std::memory_order_acquire);
    inside = inside_.load(std::memory_order_acquire);
  }
}

void Team::TakeJobs() {
  for (;;) {
    const std::int64_t i = next_.fetch_add(1, std::memory_order_relaxed);
    if (i >= count_) return;
    function_(job_, i);
  }
}

void Team::Help(bool low_priority) {
  if (low_priority) EnterIdleClass();
  while (!stop_.load()) {
    const std::uint32_t round = round_.load(std::memory_order_acquire);
    std::uint32_t inside = inside_.load(std::memory_order_acquire);
    while (!(inside & kClosed)) {
      if (!inside_.compare_exchange_weak(inside, inside + 1, std::memory_order_acq_rel)) continue;
      TakeJobs();
      if (inside_.fetch_sub(1, std::memory_order_acq_rel) == (kClosed | 1)) inside_.notify_one();
      break;
    }
    if (stop_.load()) return;
    round_.wait(round, std::memory_order_acquire);
  }
}

}  // namespace vigil::cpu
