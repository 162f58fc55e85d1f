// What the idle policy is told of the device in one look.
#ifndef VIGIL_ESTIMATOR_IDLE_OBSERVATION_H_
#define VIGIL_ESTIMATOR_IDLE_OBSERVATION_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vigil {

// A signal that this machine does not offer, and why: never taken for "busy" or "idle" in silence.
struct MissingSignal {
  std::string name;    // "CPU pressure"
  std::string reason;  // "/proc/pressure/cpu is not there"
};

// What the machine does not offer is absent, and named in `missing`.
struct Observation {
  std::chrono::nanoseconds now{0};                       // monotonic
  bool target_running = false;                           // T runs or waits
  std::optional<std::chrono::nanoseconds> since_target;  // since T's last activity; none: never
  std::chrono::nanoseconds watched = std::chrono::nanoseconds::max();  // how long for T's activity
  std::optional<double> other_cpu_use;  // 0 to 1 of all cores, without us
  std::optional<double> other_gpu_use;  // 0 to 1, without us
  // PSI "some", avg10, 0 to 1.
  std::optional<double> cpu_pressure, memory_pressure, io_pressure;
  std::optional<double> load_a_core;  // one-minute average
  std::optional<bool> on_mains;
  std::optional<bool> user_active;   // somebody is logged in and not idle
  std::optional<double> battery;     // charge, 0 to 1; absent where there is none
  std::optional<double> celsius;     // the hottest thermal zone
  std::optional<int> minute_of_day;  // local time, 0 to 1439
  int local_day = 0;                 // another number every local day
  std::vector<MissingSignal> missing;

  // The scheduler's own.
  std::int64_t backlog = 0;                          // records that wait for PE
  bool working = false;                              // we are in the middle of the backlog
  std::chrono::nanoseconds kept_waiting_by_load{0};  // how long load alone has held us up
  std::chrono::nanoseconds worked_today{0};          // PE's work since local_day began
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_IDLE_OBSERVATION_H_
