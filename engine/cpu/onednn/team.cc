#include "engine/cpu/program/team.h"

#include "engine/cpu/processors.h"

// OpenMP's own interface. Its header belongs to one compiler and another would bring its own
// runtime, while these must reach the one that oneDNN is linked with.
extern "C" {
int omp_get_max_threads();
void omp_set_num_threads(int threads);
}

namespace vigil::cpu::onednn {
namespace {

// Bounds the OpenMP team of the calling thread, for its own lifetime.
class ScopedThreads {
 public:
  explicit ScopedThreads(int threads) : before_(omp_get_max_threads()) {
    omp_set_num_threads(threads);
  }
  ~ScopedThreads() { omp_set_num_threads(before_); }
  ScopedThreads(const ScopedThreads&) = delete;
  ScopedThreads& operator=(const ScopedThreads&) = delete;

 private:
  int before_;
};

}  // namespace

Team::Team(int threads, bool low_priority) : threads_(threads > 0 ? threads : AvailableThreads()) {
  if (low_priority) worker_ = std::make_unique<IdleClassWorker>();
}

void Team::Run(const std::function<void()>& task) {
  const auto bounded = [&] {
    const ScopedThreads bound(threads_);
    task();
  };
  if (worker_) {
    worker_->Do(bounded);
  } else {
    bounded();
  }
}

}  // namespace vigil::cpu::onednn
