// Time as an interface, so that policies and schedulers are tested with a clock that tests move.
#ifndef VIGIL_ENGINE_BASE_CLOCK_H_
#define VIGIL_ENGINE_BASE_CLOCK_H_

#include <chrono>
#include <cstdint>

namespace vigil {

// Implementations are thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;

  // Never goes back; for durations and deadlines.
  virtual std::chrono::nanoseconds Monotonic() const = 0;

  // Microseconds since 1970 in UTC; may jump. For records only.
  virtual std::int64_t WallMicros() const = 0;
};

// The start of the stretch of `length` that `micros` lies in, where stretches follow each other
// from 1970 on. REQUIRES: length > 0.
constexpr std::int64_t StretchStart(std::int64_t micros, std::int64_t length) {
  const std::int64_t rest = micros % length;
  return micros - (rest < 0 ? rest + length : rest);
}

// The operating system's clocks.
const Clock& SystemClock();

}  // namespace vigil

#endif  // VIGIL_ENGINE_BASE_CLOCK_H_
