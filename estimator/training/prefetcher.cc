#include "estimator/training/prefetcher.h"

#include "engine/base/error.h"

namespace vigil::training {

Prefetcher::Prefetcher(std::int64_t count, int threads, int depth,
                       std::function<TrainingBatch(std::int64_t)> make)
    : count_(count), depth_(depth), make_(std::move(make)) {
  VIGIL_CHECK(threads >= 1 && depth >= 1);
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

Prefetcher::~Prefetcher() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Prefetcher::Work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stopping_ || taken_ >= count_ || taken_ < read_ + depth_; });
    if (stopping_ || taken_ >= count_) return;
    const std::int64_t ticket = taken_++;
    lock.unlock();
    Result result;
    try {
      result.batch = make_(ticket);
    } catch (...) {
      result.failure = std::current_exception();
    }
    lock.lock();
    ready_.emplace(ticket, std::move(result));
    changed_.notify_all();
  }
}

TrainingBatch Prefetcher::Next() {
  std::unique_lock lock(mutex_);
  VIGIL_CHECK(read_ < count_);
  changed_.wait(lock, [&] { return ready_.contains(read_); });
  Result result = std::move(ready_.extract(read_).mapped());
  ++read_;
  lock.unlock();
  changed_.notify_all();
  if (result.failure) std::rethrow_exception(result.failure);
  return std::move(result.batch);
}

}  // namespace vigil::training
