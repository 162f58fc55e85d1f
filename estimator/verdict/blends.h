// Is a window like anything that calibration saw? Asked of counts over strata.
#ifndef VIGIL_ESTIMATOR_VERDICT_BLENDS_H_
#define VIGIL_ESTIMATOR_VERDICT_BLENDS_H_

#include <span>
#include <vector>

namespace vigil {

// One histogram as shares that add up to 1, and the number of independent records behind it.
struct Histogram {
  std::vector<double> shares;
  double records = 0.0;
};

// How far a histogram is from the nearest blend (convex combination) of others. Calibration spans
// many mixes of conditions on purpose, and a new mix differs from their pool as a matter of course;
// what calibration cannot vouch for is a window that no blend of its mixes explains.
struct BlendDistance {
  double g = 0.0;        // likelihood-ratio statistic: about chi-square where the blend is right
  double records = 0.0;  // behind it: the window's and the blend's own noise together
  double degrees = 0.0;  // cells - 1; the blend's weights are fitted, so this errs to the safe side
};

// Weights of the blend by expectation-maximisation; cells that hold under 1 % of the pool are taken
// together. REQUIRES: at least one member, all of one size.
BlendDistance DistanceFromBlends(const Histogram& window, std::span<const Histogram> members);

// Excess of g over its degrees, a record, that 95 % of the members stay under against blends of the
// rest: what mixes of one family differ by beyond chance. REQUIRES: at least two members.
double BlendTolerance(std::span<const Histogram> members);

// True where g exceeds what chance (1 % level) and tolerance explain.
bool IsOutsideBlends(const BlendDistance& distance, double tolerance);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_VERDICT_BLENDS_H_
