// Prepares batches ahead of the step that needs them.
#ifndef VIGIL_ESTIMATOR_TRAINING_PREFETCHER_H_
#define VIGIL_ESTIMATOR_TRAINING_PREFETCHER_H_

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "estimator/training/training_source.h"

namespace vigil::training {

// `threads` threads call `make(ticket)` for 0, 1, ... count - 1 and stay at most `depth` tickets
// ahead of the reader. One thread reads. An exception of `make` is thrown to the reader when its
// ticket's turn comes. The destructor waits for the calls under way and drops the rest.
class Prefetcher {
 public:
  // REQUIRES: threads >= 1, depth >= 1; `make` may be called from several threads if threads > 1.
  Prefetcher(std::int64_t count, int threads, int depth,
             std::function<TrainingBatch(std::int64_t)> make);
  ~Prefetcher();
  Prefetcher(const Prefetcher&) = delete;
  Prefetcher& operator=(const Prefetcher&) = delete;

  // The next ticket's batch, in order. REQUIRES: fewer than `count` calls before.
  TrainingBatch Next();

 private:
  struct Result {
    TrainingBatch batch;
    std::exception_ptr failure;
  };
  void Work();

  const std::int64_t count_;
  const int depth_;
  const std::function<TrainingBatch(std::int64_t)> make_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  std::map<std::int64_t, Result> ready_;
  std::int64_t taken_ = 0;  // tickets that threads have taken
  std::int64_t read_ = 0;   // tickets that the reader has got
  bool stopping_ = false;
  std::vector<std::thread> threads_;  // last: started when everything else stands
};

}  // namespace vigil::training

#endif  // VIGIL_ESTIMATOR_TRAINING_PREFETCHER_H_
