// The OpenMP team that oneDNN's primitives run on.
#ifndef VIGIL_ENGINE_CPU_ONEDNN_TEAM_H_
#define VIGIL_ENGINE_CPU_ONEDNN_TEAM_H_

#include <cstdint>
#include <functional>
#include <memory>

#include "engine/cpu/worker.h"

namespace vigil::cpu::onednn {

// Primitives are made for a number of threads, so they must be made inside Run too. With low
// priority a task runs in a thread of the idle class, which the OpenMP team that it starts
// inherits.
class Team {
 public:
  Team(int threads, bool low_priority);

  void Run(const std::function<void()>& task);

  // job(i) for i in [0, count), by the caller: starting OpenMP's threads costs more than what this
  // is used for.
  template <typename Job>
  void ForEach(std::int64_t count, const Job& job) {
    for (std::int64_t i = 0; i < count; ++i) job(i);
  }

 private:
  const int threads_;
  std::unique_ptr<IdleClassWorker> worker_;  // where low priority is asked for
};

}  // namespace vigil::cpu::onednn

#endif  // VIGIL_ENGINE_CPU_ONEDNN_TEAM_H_
