// Threads of our own that share the jobs of a step, stay awake while a task runs, and sleep when
// there is none.
#ifndef VIGIL_ENGINE_CPU_NATIVE_TEAM_H_
#define VIGIL_ENGINE_CPU_NATIVE_TEAM_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <type_traits>
#include <vector>

#include <sched.h>

#include "engine/cpu/worker.h"

namespace vigil::cpu::native {

// The thread that calls Run leads; it takes jobs as its helpers do, and waits only for helpers that
// have begun one. So a helper that the scheduler keeps from running holds nobody up, and a team of
// one has no helpers. With low priority, leader and helpers are of the idle class.
//
// Rousing a core costs as much as a layer (36 us on a virtual machine), so within a task who waits
// spins for a while before it sleeps; between tasks nobody does. Helpers may run on every processor
// that the process may, but for the one that the leader is on: the scheduler of a virtual machine
// does not count a halted core as idle, and wakes them where the leader works.
//
// One Run at a time. ForEach only inside Run, and not inside itself; it allocates nothing.
class Team {
 public:
  Team(int threads, bool low_priority);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  void Run(const std::function<void()>& task);

  int threads() const { return static_cast<int>(helpers_.size()) + 1; }

  // job(i) for i in [0, count), in any order, on any of the threads; done when it returns. `job`
  // must not throw. It may take the thread's number too, from 0 to threads() - 1, for memory of
  // its own.
  template <typename Job>
  void ForEach(std::int64_t count, const Job& job) {
    Distribute(
        count,
        [](const void* of, std::int64_t i, int thread) {
          const Job& each = *static_cast<const Job*>(of);
          if constexpr (std::is_invocable_v<const Job&, std::int64_t, int>) {
            each(i, thread);
          } else {
            static_cast<void>(thread);
            each(i);
          }
        },
        &job);
  }

 private:
  using Function = void (*)(const void* job, std::int64_t i, int thread);

  void Distribute(std::int64_t count, Function function, const void* job);
  void TakeJobs(int thread);
  void Help(int thread, bool low_priority);
  void LeaveTheLeadersProcessor();
  void WaitForRound(std::uint32_t seen);
  void WaitForHelpers();

  // Of the round in progress. Written by the leader while the round is closed and nobody is inside.
  Function function_ = nullptr;
  const void* job_ = nullptr;
  std::int64_t count_ = 0;
  std::atomic<std::int64_t> next_{0};

  static constexpr std::uint32_t kClosed = std::uint32_t{1} << 31;
  std::atomic<std::uint32_t> inside_{kClosed};  // helpers at work, and whether more may join
  std::atomic<std::uint32_t> round_{0};         // helpers wait until it changes
  std::atomic<bool> running_{false};            // a task: whether to spin
  std::atomic<bool> stop_{false};

  cpu_set_t allowed_{};        // processors of the thread that made this
  int leader_processor_ = -1;  // that helpers keep away from

  std::unique_ptr<IdleClassWorker> leader_;  // where low priority is asked for
  std::vector<std::thread> helpers_;
};

}  // namespace vigil::cpu::native

#endif  // VIGIL_ENGINE_CPU_NATIVE_TEAM_H_
