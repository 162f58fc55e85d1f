// A thread for what may only take the time that nobody else wants.
#ifndef VIGIL_ENGINE_CPU_WORKER_H_
#define VIGIL_ENGINE_CPU_WORKER_H_

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace vigil::cpu {

// Puts the calling thread into the scheduler's idle class, which threads that it starts inherit; at
// the lowest priority where that is refused.
void EnterIdleClass();

// One thread in the scheduler's idle class. Do blocks (without spinning) until the task is done and
// rethrows what it threw; one caller at a time.
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
