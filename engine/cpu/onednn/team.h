// The OpenMP team that oneDNN's primitives run on.
#ifndef VIGIL_ENGINE_CPU_ONEDNN_TEAM_H_
#define VIGIL_ENGINE_CPU_ONEDNN_TEAM_H_

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

 private:
  const int threads_;
  std::unique_ptr<IdleClassWorker> worker_;  // where low priority is asked for
};

}  // namespace vigil::cpu::onednn

#endif  // VIGIL_ENGINE_CPU_ONEDNN_TEAM_H_
