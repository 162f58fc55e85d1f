// What the policy is told of the device: T's activity and the load of the machine.
#ifndef VIGIL_ESTIMATOR_IDLE_SIGNALS_H_
#define VIGIL_ESTIMATOR_IDLE_SIGNALS_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "engine/base/clock.h"
#include "estimator/idle/activity_page.h"

namespace vigil {

// One look. What the machine does not offer is absent.
struct Observation {
  std::chrono::nanoseconds now{0};                       // monotonic
  bool target_running = false;                           // T runs or waits
  std::optional<std::chrono::nanoseconds> since_target;  // since T's last activity; none: never
  std::optional<double> other_cpu_use;                   // 0 to 1 of all cores, without us
  std::optional<double> cpu_pressure;                    // PSI "some", avg10, 0 to 1
  std::optional<double> load_a_core;                     // one-minute average
  std::int64_t backlog = 0;                              // records that wait for PE
  bool working = false;                                  // we are in the middle of the backlog
  std::chrono::nanoseconds kept_waiting_by_load{0};      // how long load alone has held us up
};

class Signals {
 public:
  virtual ~Signals() = default;
  // Fills in all but backlog, working and kept_waiting_by_load, which the scheduler knows. One
  // thread. Never throws: a signal that cannot be read is absent.
  virtual Observation Observe() = 0;
  // T's activity alone: cheap enough to ask between two layers of PE.
  virtual Activity Target() = 0;
};

// Linux: the activity page, and /proc/stat, /proc/self/stat, /proc/loadavg, /proc/pressure/cpu
// below `root`. CPU use is that between two looks at least 100 ms apart; closer ones repeat the
// last.
class SystemSignals final : public Signals {
 public:
  // `activity` outlives this; null: nothing is known of T.
  explicit SystemSignals(const ActivityPage* activity, const Clock& clock = SystemClock(),
                         std::string root = "/");
  Observation Observe() override;
  Activity Target() override;

 private:
  struct CpuTimes {
    std::int64_t busy = 0, total = 0, own = 0;  // ticks
  };
  std::optional<CpuTimes> ReadCpuTimes() const;
  void UpdateCpuUse(std::chrono::nanoseconds now);

  const ActivityPage* activity_;
  const Clock& clock_;
  std::string root_;
  std::optional<CpuTimes> last_times_;
  std::chrono::nanoseconds last_look_{0};
  std::optional<double> other_cpu_use_;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_IDLE_SIGNALS_H_
