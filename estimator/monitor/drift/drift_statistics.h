// The tests that drift is found with, as plain functions.
#ifndef VIGIL_ESTIMATOR_MONITOR_DRIFT_DRIFT_STATISTICS_H_
#define VIGIL_ESTIMATOR_MONITOR_DRIFT_DRIFT_STATISTICS_H_

#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

// The normal quantile of Student's t with these degrees of freedom, by Wallace's approximation
// (1959): what has heavy tails for want of data becomes comparable. REQUIRES: degrees > 0.
double NormalScoreOfT(double t, double degrees);

// The normal quantile of a chi-square with `degrees` over its mean, by Wilson and Hilferty's cube.
// REQUIRES: ratio >= 0, degrees > 0.
double NormalScoreOfRatio(double ratio, double degrees);

double NormalUpperTail(double z);  // P(N > z)

// P(the largest distance of two empirical distributions >= distance) where both are of the same
// law (Kolmogorov), for samples worth `samples` = n m / (n + m) independent ones. On bins it is an
// upper bound.
double KolmogorovTail(double distance, double samples);

// P-values times what Holm's step-down asks for so many tests, at most 1; in the same order.
std::vector<double> Holm(std::span<const double> p);

// The height that the larger of Page's cumulative sums max(0, S + z - allowance) over standard
// normal z passes once in `run` steps on average (Siegmund 1985). REQUIRES: run > 1.
double CumulativeSumLimit(double run, double allowance);

// Page's sums, upwards and downwards, each with the step after its last zero.
struct CumulativeSum {
  float up = 0.0f, down = 0.0f;
  std::int64_t up_since = -1, down_since = -1;  // -1: at zero

  void Add(double z, double allowance, std::int64_t step);
  float height(bool only_up) const { return only_up || up >= down ? up : down; }
  std::int64_t since(bool only_up) const { return only_up || up >= down ? up_since : down_since; }

  template <typename Archive>
  void Visit(Archive& archive) {
    archive(up, down, up_since, down_since);
  }
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_DRIFT_DRIFT_STATISTICS_H_
