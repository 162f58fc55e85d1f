// How the gap between a slice and the rest changes over time.
#ifndef VIGIL_ESTIMATOR_MONITOR_SLICES_GAP_HISTORY_H_
#define VIGIL_ESTIMATOR_MONITOR_SLICES_GAP_HISTORY_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace vigil {

// One period: the slice's mean minus the rest's, and its standard error with blocks as the unit.
struct GapPoint {
  std::int64_t micros = 0;  // the period's middle
  double gap = 0.0, error = 0.0;
  double outside = 0.0;  // the rest's mean
};

// The gap as a straight line over time.
struct GapTrend {
  double per_day = 0.0;  // negative: the slice gets worse
  double p = 1.0;        // one-sided, of no worsening
};

// The gap as one step.
struct GapBreak {
  std::int64_t micros = 0;  // between the last period before and the first after
  double before = 0.0, after = 0.0;
  double outside_before = 0.0, outside_after = 0.0;  // medians of the rest, ten periods beside it
  double p = 1.0;  // one-sided, of no worsening, corrected for the places where it could be
};

struct GapChange {
  std::optional<GapTrend> trend;
  std::optional<GapBreak> step;
  bool step_fits_better = false;  // of the two, by what is left of the squares
};

// Least squares, weighted by the errors; the scatter about the fit counts where it is larger than
// the errors say. Nothing of fewer than kMinimumPeriods periods.
inline constexpr int kMinimumPeriods = 6;
GapChange FitGapChange(std::span<const GapPoint> points);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_SLICES_GAP_HISTORY_H_
