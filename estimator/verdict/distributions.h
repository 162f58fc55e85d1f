// The few quantiles that intervals and tests need.
#ifndef VIGIL_ESTIMATOR_VERDICT_DISTRIBUTIONS_H_
#define VIGIL_ESTIMATOR_VERDICT_DISTRIBUTIONS_H_

namespace vigil {

// P(t <= x) of Student's t. REQUIRES: degrees > 0, not necessarily whole.
double StudentTCdf(double x, double degrees);

// x with P(t <= x) = probability, to 1e-9 of its size. REQUIRES: 0 < probability < 1, degrees > 0.
double StudentTQuantile(double probability, double degrees);

// The same of the normal distribution.
double NormalQuantile(double probability);

// x with P(chi-square <= x) = probability, by Wilson and Hilferty's cube: within 1 % from three
// degrees on. REQUIRES: 0 < probability < 1, degrees >= 1.
double ChiSquareQuantile(double probability, double degrees);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_VERDICT_DISTRIBUTIONS_H_
