#include "engine/cpu/worker.h"

#include <utility>

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

// OpenMP's own interface. Its header belongs to one compiler and another would bring its own
// runtime, while these must reach the one that oneDNN is linked with.
extern "C" {
int omp_get_max_threads();
int omp_get_num_procs();
void omp_set_num_threads(int threads);
}

namespace vigil::cpu {

ScopedThreads::ScopedThreads(int threads) : before_(omp_get_max_threads()) {
  omp_set_num_threads(threads);
}

ScopedThreads::~ScopedThreads() { omp_set_num_threads(before_); }

int AvailableThreads() { return omp_get_num_procs(); }

IdleClassWorker::IdleClassWorker() : thread_([this] { Loop(); }) {}

IdleClassWorker::~IdleClassWorker() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void IdleClassWorker::Do(const std::function<void()>& task) {
  std::unique_lock lock(mutex_);
  task_ = &task;
  changed_.notify_all();
  changed_.wait(lock, [this] { return task_ == nullptr; });
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void IdleClassWorker::Loop() {
  const sched_param idle{};
  if (sched_setscheduler(0, SCHED_IDLE, &idle) != 0) {
    // The next best; a thread may always lower itself.
    setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), 19);
  }
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stop_ || task_ != nullptr; });
    if (stop_) return;
    const std::function<void()>& task = *task_;
    lock.unlock();
    std::exception_ptr failure;
    try {
      task();
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    failure_ = failure;
    task_ = nullptr;
    changed_.notify_all();
  }
}

}  // namespace vigil::cpu
