// What the policy is told of the device: T's activity and the load of the machine.
#ifndef VIGIL_ESTIMATOR_IDLE_SIGNALS_H_
#define VIGIL_ESTIMATOR_IDLE_SIGNALS_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "engine/base/clock.h"
#include "estimator/idle/activity_page.h"
#include "estimator/idle/gpu_load.h"
#include "estimator/idle/observation.h"

namespace vigil {

class Signals {
 public:
  virtual ~Signals() = default;
  // Fills in all but the scheduler's own. One thread. Never throws: a signal that cannot be read is
  // absent and named as missing.
  virtual Observation Observe() = 0;
  // T's activity alone: cheap enough to ask between two layers of PE.
  virtual Activity Target() = 0;
};

// Whether somebody is at work on the device; absent where it cannot be known, with the reason in
// `why_not`. Called on the scheduler's thread; never throws.
using UserSignal = std::function<std::optional<bool>(std::string& why_not)>;

// Linux: the activity page, the wall clock in local time, and below `root` proc/stat,
// proc/self/stat, proc/loadavg, and what device_state.h and gpu_load.h read. CPU use is that
// between two looks at least 100 ms apart; closer ones repeat the last.
class SystemSignals final : public Signals {
 public:
  // `activity` outlives this; null: nothing is known of T. Without `user` nobody is asked for, and
  // nothing is missing.
  explicit SystemSignals(const ActivityPage* activity, const Clock& clock = SystemClock(),
                         std::string root = "/", UserSignal user = nullptr);
  Observation Observe() override;
  Activity Target() override;

 private:
  struct CpuTimes {
    std::int64_t busy = 0, total = 0, own = 0;  // ticks
  };
  std::optional<CpuTimes> ReadCpuTimes() const;
  void UpdateCpuUse(std::chrono::nanoseconds now);
  void ObserveLoad(Observation& seen);
  void ObserveDevice(Observation& seen);

  const ActivityPage* activity_;
  const Clock& clock_;
  const std::chrono::nanoseconds made_at_;
  std::string root_;
  const UserSignal user_;
  GpuLoad gpu_;
  std::optional<CpuTimes> last_times_;
  std::chrono::nanoseconds last_look_{0};
  std::optional<double> other_cpu_use_;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_IDLE_SIGNALS_H_
