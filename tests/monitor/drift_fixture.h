// Lives of a device in a world that is calm but for what a test changes.
#ifndef VIGIL_TESTS_MONITOR_DRIFT_FIXTURE_H_
#define VIGIL_TESTS_MONITOR_DRIFT_FIXTURE_H_

#include <cmath>
#include <functional>

#include "estimator/monitor/drift/drift_monitor.h"
#include "tests/monitor/drift_world.h"

namespace vigil::drift_world {

using Change = std::function<void(double, Pair&)>;  // at that time, in days

inline Design Calm(std::uint64_t seed) {
  return {.records_a_day = 80.0, .scene = 0.3, .weather = 0.0, .cycle = 0.1, .seed = seed};
}

inline void Live(World& world, DriftMonitor& monitor, int from, int to, const Change& change = {}) {
  for (int day = from; day < to; ++day) {
    for (const Pair& pair : world.Day(day, change)) monitor.Observe(pair.record, pair.verdict);
  }
}

// Moves a probability on the scale of its odds.
inline float Moved(float p, double by) {
  const double odds = std::log(p / (1.0 - p)) + by;
  return static_cast<float>(1.0 / (1.0 + std::exp(-odds)));
}

}  // namespace vigil::drift_world

#endif  // VIGIL_TESTS_MONITOR_DRIFT_FIXTURE_H_
