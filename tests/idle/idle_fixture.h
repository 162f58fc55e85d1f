// A clock and signals that tests set.
#ifndef VIGIL_TESTS_IDLE_IDLE_FIXTURE_H_
#define VIGIL_TESTS_IDLE_IDLE_FIXTURE_H_

#include <atomic>

#include "estimator/idle/signals.h"

namespace vigil::testing {

class FakeClock final : public Clock {
 public:
  std::chrono::nanoseconds Monotonic() const override {
    return std::chrono::nanoseconds(nanos.load());
  }
  std::int64_t WallMicros() const override { return 0; }
  void Advance(std::chrono::nanoseconds by) { nanos += by.count(); }

  std::atomic<std::int64_t> nanos{1'000'000'000'000};
};

class FakeSignals final : public Signals {
 public:
  explicit FakeSignals(const Clock& clock) : clock_(clock) {}
  Observation Observe() override {
    Observation copy = seen;
    copy.now = clock_.Monotonic();
    copy.target_running = target.running;
    copy.since_target = target.since_last;
    return copy;
  }
  Activity Target() override { return target; }

  Observation seen;
  Activity target;

 private:
  const Clock& clock_;
};

}  // namespace vigil::testing

#endif  // VIGIL_TESTS_IDLE_IDLE_FIXTURE_H_
