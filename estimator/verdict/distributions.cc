#include "estimator/verdict/distributions.h"

#include <cmath>
#include <numbers>

#include "engine/base/error.h"

namespace vigil {
namespace {

// Continued fraction of the incomplete beta function (Abramowitz and Stegun 26.5.8), evaluated from
// the front with Lentz's method.
double BetaFraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300;
  const auto keep_off_zero = [](double v) { return std::abs(v) < kTiny ? kTiny : v; };
  double numerator = 1.0;
  double denominator = 1.0 / keep_off_zero(1.0 - (a + b) * x / (a + 1.0));
  double value = denominator;
  for (int m = 1; m < 500; ++m) {
    const double even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
    double change = 1.0;
    for (const double term : {even, odd}) {
      denominator = 1.0 / keep_off_zero(1.0 + term * denominator);
      numerator = keep_off_zero(1.0 + term / numerator);
      change = numerator * denominator;
      value *= change;
    }
    if (std::abs(change - 1.0) < 1e-14) break;
  }
  return value;
}

double RegularisedBeta(double a, double b, double x) {
  if (x <= 0.0) return 0.0;
  if (x >= 1.0) return 1.0;
  const double log_front =
      std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x);
  // The fraction converges fast on this side of the mean only.
  if (x < (a + 1.0) / (a + b + 2.0)) return std::exp(log_front) * BetaFraction(a, b, x) / a;
  return 1.0 - std::exp(log_front) * BetaFraction(b, a, 1.0 - x) / b;
}

// Finds x >= 0 with cdf(x) = probability >= 0.5.
template <typename Cdf>
double Invert(double probability, Cdf cdf) {
  double low = 0.0, high = 1.0;
  while (cdf(high) < probability && high < 1e12) high *= 2.0;
  while (high - low > 1e-10 * (1.0 + high)) {
    const double middle = 0.5 * (low + high);
    (cdf(middle) < probability ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

}  // namespace

double StudentTCdf(double x, double degrees) {
  VIGIL_CHECK(degrees > 0.0);
  const double tail = 0.5 * RegularisedBeta(0.5 * degrees, 0.5, degrees / (degrees + x * x));
  return x > 0.0 ? 1.0 - tail : tail;
}

double StudentTQuantile(double probability, double degrees) {
  VIGIL_CHECK(probability > 0.0 && probability < 1.0);
  if (probability < 0.5) return -StudentTQuantile(1.0 - probability, degrees);
  return Invert(probability, [&](double x) { return StudentTCdf(x, degrees); });
}

double NormalQuantile(double probability) {
  VIGIL_CHECK(probability > 0.0 && probability < 1.0);
  if (probability < 0.5) return -NormalQuantile(1.0 - probability);
  return Invert(probability,
                [](double x) { return 1.0 - 0.5 * std::erfc(x / std::numbers::sqrt2); });
}

double ChiSquareQuantile(double probability, double degrees) {
  VIGIL_CHECK(degrees >= 1.0);
  const double spread = 2.0 / (9.0 * degrees);
  const double root = 1.0 - spread + NormalQuantile(probability) * std::sqrt(spread);
  return degrees * std::pow(root < 0.0 ? 0.0 : root, 3.0);
}

}  // namespace vigil
