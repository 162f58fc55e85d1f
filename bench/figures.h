// What every program here does with its times.
#ifndef VIGIL_BENCH_FIGURES_H_
#define VIGIL_BENCH_FIGURES_H_

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

namespace vigil::bench {

using Clock = std::chrono::steady_clock;
using Microseconds = std::chrono::duration<double, std::micro>;

inline double MicrosecondsSince(Clock::time_point begin) {
  return Microseconds(Clock::now() - begin).count();
}

// The value below which `part` (0 to 1) of them lie; 0 where there are none.
inline double Quantile(std::vector<double> values, double part) {
  if (values.empty()) return 0.0;
  const auto at =
      std::lround(part * static_cast<double>(values.size() - 1));  // of the sorted values
  std::ranges::nth_element(values, values.begin() + at);
  return values[static_cast<std::size_t>(at)];
}

inline double Median(const std::vector<double>& values) { return Quantile(values, 0.5); }

}  // namespace vigil::bench

#endif  // VIGIL_BENCH_FIGURES_H_
