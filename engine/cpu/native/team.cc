#include "engine/cpu/program/team.h"

#include <algorithm>
#include <chrono>
#include <system_error>

#include "engine/base/log.h"
#include "engine/cpu/processors.h"

namespace vigil::cpu::native {

namespace {

// Longer than the layers between which a helper has nothing to do.
constexpr std::chrono::microseconds kSpin{200};

void Pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Until it is so, or long enough.
template <typename Condition>
void Spin(const Condition& is_so) {
  constexpr int kRoundsALook = 16;  // at the clock
  const auto end = std::chrono::steady_clock::now() + kSpin;
  do {
    for (int i = 0; i < kRoundsALook; ++i) {
      if (is_so()) return;
      Pause();
    }
  } while (std::chrono::steady_clock::now() < end);
}

}  // namespace

Team::Team(int threads, bool low_priority) {
  if (sched_getaffinity(0, sizeof allowed_, &allowed_) != 0) CPU_ZERO(&allowed_);
  if (low_priority) leader_ = std::make_unique<IdleClassWorker>();
  const int wanted = threads > 0 ? threads : AvailableThreads();
  try {
    for (int i = 1; i < wanted; ++i) helpers_.emplace_back([=, this] { Help(i, low_priority); });
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
  // Helpers wake while the first steps run. Whatever the task throws, they go to sleep after it.
  struct Awake {
    explicit Awake(Team& team) : running(team.running_) {
      running.store(true, std::memory_order_relaxed);
      if (team.helpers_.empty()) return;
      team.LeaveTheLeadersProcessor();
      team.round_.fetch_add(1, std::memory_order_release);
      team.round_.notify_all();
    }
    ~Awake() { running.store(false, std::memory_order_relaxed); }
    std::atomic<bool>& running;
  };
  const auto awake = [&] {
    const Awake while_it_runs(*this);
    task();
  };
  if (leader_) {
    leader_->Do(awake);
  } else {
    awake();
  }
}

void Team::LeaveTheLeadersProcessor() {
  const int processor = sched_getcpu();
  if (processor < 0 || processor == leader_processor_ || CPU_COUNT(&allowed_) < 2) return;
  leader_processor_ = processor;
  cpu_set_t others = allowed_;
  CPU_CLR(static_cast<std::size_t>(processor), &others);
  for (std::thread& helper : helpers_)
    pthread_setaffinity_np(helper.native_handle(), sizeof others, &others);
}

void Team::Distribute(std::int64_t count, Function function, const void* job) {
  if (helpers_.empty() || count <= 1) {
    for (std::int64_t i = 0; i < count; ++i) function(job, i, 0);
    return;
  }
  function_ = function;
  job_ = job;
  count_ = count;
  next_.store(0, std::memory_order_relaxed);
  inside_.store(0, std::memory_order_release);
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
  TakeJobs(0);
  inside_.fetch_or(kClosed, std::memory_order_acq_rel);
  WaitForHelpers();
}

void Team::WaitForHelpers() {
  Spin([this] { return inside_.load(std::memory_order_acquire) == kClosed; });
  for (std::uint32_t inside = inside_.load(std::memory_order_acquire); inside != kClosed;
       inside = inside_.load(std::memory_order_acquire)) {
    inside_.wait(inside, std::memory_order_acquire);
  }
}

void Team::WaitForRound(std::uint32_t seen) {
  Spin([&] {
    return round_.load(std::memory_order_acquire) != seen ||
           !running_.load(std::memory_order_relaxed);
  });
  round_.wait(seen, std::memory_order_acquire);
}

void Team::TakeJobs(int thread) {
  for (;;) {
    const std::int64_t i = next_.fetch_add(1, std::memory_order_relaxed);
    if (i >= count_) return;
    function_(job_, i, thread);
  }
}

void Team::Help(int thread, bool low_priority) {
  if (low_priority) EnterIdleClass();
  while (!stop_.load()) {
    const std::uint32_t round = round_.load(std::memory_order_acquire);
    std::uint32_t inside = inside_.load(std::memory_order_acquire);
    while (!(inside & kClosed)) {
      if (!inside_.compare_exchange_weak(inside, inside + 1, std::memory_order_acq_rel)) continue;
      TakeJobs(thread);
      if (inside_.fetch_sub(1, std::memory_order_acq_rel) == (kClosed | 1)) inside_.notify_one();
      break;
    }
    if (stop_.load()) return;
    WaitForRound(round);
  }
}

}  // namespace vigil::cpu::native
