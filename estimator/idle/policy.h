// When PE may run. Pure: all that counts is in the arguments.
#ifndef VIGIL_ESTIMATOR_IDLE_POLICY_H_
#define VIGIL_ESTIMATOR_IDLE_POLICY_H_

#include <chrono>
#include <optional>
#include <string>

#include "estimator/idle/blocker.h"
#include "estimator/idle/observation.h"

namespace vigil {

// Minutes of the local day; it may reach over midnight. REQUIRES: 0 to 1439, and not equal.
struct DaySpan {
  int from = 0, to = 0;  // 22:00 to 06:00 is {1320, 360}
  bool Holds(int minute) const;
};

struct IdlePolicy {
  std::chrono::milliseconds idle_after{180'000};  // T has done nothing for so long
  // Of all cores, by others than us: below the first to begin, below the second to go on.
  double begin_cpu_use = 0.25;
  double continue_cpu_use = 0.40;
  static constexpr double kAnyUse = 2.0;  // a share is never that large
  // Of the GPU, by others than us, as for the CPU.
  double begin_gpu_use = 0.25;
  double continue_gpu_use = 0.40;
  // Asked only before we begin, since we raise them ourselves. None: not asked.
  std::optional<double> begin_cpu_pressure = 0.20;
  std::optional<double> begin_memory_pressure = 0.10;
  std::optional<double> begin_io_pressure = 0.30;
  std::optional<double> begin_load_a_core;
  // Conditions that no patience overrides.
  bool only_on_mains = true;
  bool only_without_user = false;            // the login manager's idle hint
  std::optional<double> min_battery;         // charge below which a battery is left alone
  std::optional<double> max_celsius = 80.0;  // to go on; kCelsiusBelow less to begin
  std::optional<DaySpan> quiet_hours;        // PE rests
  std::optional<std::chrono::milliseconds> daily_budget;  // of PE's work
  static constexpr double kCelsiusBelow = 5.0;
  // The machine's load (never T) may hold PE up for so long, then it runs nevertheless. None: for
  // ever.
  std::optional<std::chrono::milliseconds> patience;
  std::chrono::milliseconds look_again{1000};   // while load or an empty store is in the way
  std::chrono::milliseconds chunk_budget{200};  // of PE's work between two looks
  int max_chunk_records = 64;

  // A command that shows the whole path and ends soon: idle after 2 s, and not held up by the
  // traces of its own stream or, for more than 10 s, by others.
  static IdlePolicy Demo();
  // `--idle now`: T's own running inferences are all that holds PE up.
  static IdlePolicy Now();
};

// One line for people: "idle after 2 s, other CPU use below 25 % (40 % to go on), ...".
std::string Describe(const IdlePolicy& policy);

struct Action {
  bool run = false;
  bool held_by_load = false;         // waiting for the machine, not for T or for records
  std::chrono::nanoseconds wait{0};  // before the next look; 0 where run
  Blocker blocker = Blocker::kNone;  // none where run
  std::string reason;                // why, with the numbers
};

// T comes first: while it runs, or has run within idle_after, PE waits just so long. Then an empty
// store, then power, temperature, quiet hours and budget, then the load. Where T was never seen
// active, it counts as idle. A signal that the machine does not offer holds nothing up;
// Observation::missing names it.
Action Decide(const IdlePolicy& policy, const Observation& seen);

// Records of the next chunk, from what the last one took: as many as fit the budget, at most twice
// as many as before, at least 1. `last_records` 0: the first chunk is of 1 record.
int NextChunkRecords(const IdlePolicy& policy, int last_records,
                     std::chrono::nanoseconds last_duration);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_IDLE_POLICY_H_
