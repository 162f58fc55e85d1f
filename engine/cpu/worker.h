// Where a run's arithmetic happens: how many threads, and at which priority.
#ifndef VIGIL_ENGINE_CPU_WORKER_H_
#define VIGIL_ENGINE_CPU_WORKER_H_

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace vigil::cpu {

// Bounds the OpenMP team of the calling thread, for its own lifetime.
class ScopedThreads {
 public:
  explicit ScopedThreads(int threads);
  ~ScopedThreads();
  ScopedThreads(const ScopedThreads&) = delete;
  ScopedThreads& operator=(const ScopedThreads&) = delete;

 private:
  int before_;
};

// As many as the process may use.
int AvailableThreads();

// One thread in the scheduler's idle class, which the OpenMP team that it starts inherits. Do
// blocks (without spinning) until the task is done and rethrows what it threw; one caller at a
// time.
class IdleClassWorker {
 public:
  IdleClassWorker();
  ~IdleClassWorker();

  void Do(const std::function<void()>& task);

 private:
  void Loop();

  std::mutex mutex_;
  std::condition_variable changed_;
  const std::function<void()>* task_ = nullptr;  // guarded by mutex_; null: nothing to do
  std::exception_ptr failure_;                   // guarded by mutex_
  bool stop_ = false;                            // guarded by mutex_
  std::thread thread_;
};

}  // namespace vigil::cpu

#endif  // VIGIL_ENGINE_CPU_WORKER_H_
