#include "estimator/monitor/drift/drift_statistics.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "engine/base/error.h"

namespace vigil {

double NormalScoreOfT(double t, double degrees) {
  VIGIL_CHECK(degrees > 0.0);
  const double z = (8.0 * degrees + 1.0) / (8.0 * degrees + 3.0) *
                   std::sqrt(degrees * std::log1p(t * t / degrees));
  return std::copysign(z, t);
}

double NormalScoreOfRatio(double ratio, double degrees) {
  VIGIL_CHECK(ratio >= 0.0 && degrees > 0.0);
  const double spread = 2.0 / (9.0 * degrees);
  return (std::cbrt(ratio) - (1.0 - spread)) / std::sqrt(spread);
}

double NormalUpperTail(double z) { return 0.5 * std::erfc(z / std::numbers::sqrt2); }

double KolmogorovTail(double distance, double samples) {
  if (!(samples > 0.0)) return 1.0;
  const double root = std::sqrt(samples);
  const double x = (root + 0.12 + 0.11 / root) * distance;  // Stephens 1970, for small samples
  if (x < 0.2) return 1.0;
  double sum = 0.0, sign = 1.0;
  for (int k = 1; k <= 100; ++k, sign = -sign) {
    const double term = std::exp(-2.0 * k * k * x * x);
    sum += sign * term;
    if (term < 1e-16) break;
  }
  return std::clamp(2.0 * sum, 0.0, 1.0);
}

std::vector<double> Holm(std::span<const double> p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return p[i]; });
  std::vector<double> corrected(p.size());
  double least = 0.0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const double tests = static_cast<double>(p.size() - rank);
    least = std::max(least, std::min(1.0, tests * p[order[rank]]));
    corrected[order[rank]] = least;
  }
  return corrected;
}

double CumulativeSumLimit(double run, double allowance) {
  VIGIL_CHECK(run > 1.0 && allowance > 0.0);
  // Steps to the height b = limit + 1.166: (exp(2 k b) - 2 k b - 1) / (2 k^2). Solved by halving.
  const auto steps = [&](double limit) {
    const double x = 2.0 * allowance * (limit + 1.166);
    return (std::exp(x) - x - 1.0) / (2.0 * allowance * allowance);
  };
  double low = 0.0, high = 1.0;
  while (steps(high) < run) high *= 2.0;
  for (int i = 0; i < 60; ++i) {
    const double middle = 0.5 * (low + high);
    (steps(middle) < run ? low : high) = middle;
  }
  return high;
}

void CumulativeSum::Add(double z, double allowance, std::int64_t step) {
  const auto add = [&](float& sum, std::int64_t& since, double value) {
    const double next = sum + value - allowance;
    if (next <= 0.0) {
      sum = 0.0f;
      since = -1;
      return;
    }
    if (since < 0) since = step;
    sum = static_cast<float>(next);
  };
  add(up, up_since, z);
  add(down, down_since, -z);
}

}  // namespace vigil
