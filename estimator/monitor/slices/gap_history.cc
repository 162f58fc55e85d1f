#include "estimator/monitor/slices/gap_history.h"

#include <algorithm>
#include <cmath>

#include "estimator/verdict/distributions.h"

namespace vigil {
namespace {

constexpr double kMicrosADay = 86'400e6;
constexpr std::size_t kLeastOnASide = 3;  // periods before and after a step
constexpr std::size_t kBeside = 10;       // in which the rest is looked at, on either side

struct Sums {
  double weight = 0.0, mean = 0.0, squares = 0.0;  // squares about the mean
};

double Weight(const GapPoint& point) { return 1.0 / (point.error * point.error); }

Sums SumOf(std::span<const GapPoint> points) {
  Sums sums;
  for (const GapPoint& point : points) {
    sums.weight += Weight(point);
    sums.mean += Weight(point) * point.gap;
  }
  sums.mean /= sums.weight;
  for (const GapPoint& point : points)
    sums.squares += Weight(point) * (point.gap - sums.mean) * (point.gap - sums.mean);
  return sums;
}

// Of what else happens at another time, or for a few periods, it says nothing.
double MedianOutside(std::span<const GapPoint> points) {
  std::vector<double> outside;
  for (const GapPoint& point : points) outside.push_back(point.outside);
  const auto middle = outside.begin() + static_cast<std::ptrdiff_t>(outside.size() / 2);
  std::ranges::nth_element(outside, middle);
  return *middle;
}

// Errors may be too small for what differs between periods: by how much the variance is more.
double Scatter(double squares, double degrees) { return std::max(1.0, squares / degrees); }

struct Fit {
  double squares = 0.0;  // left
};

Fit FitTrend(std::span<const GapPoint> points, GapTrend& trend) {
  const auto begin = static_cast<double>(points.front().micros);
  const auto day = [&](const GapPoint& point) {
    return (static_cast<double>(point.micros) - begin) / kMicrosADay;
  };
  double weight = 0.0, mean_day = 0.0;
  for (const GapPoint& point : points) {
    weight += Weight(point);
    mean_day += Weight(point) * day(point);
  }
  mean_day /= weight;
  const Sums all = SumOf(points);
  double days_squared = 0.0, product = 0.0;
  for (const GapPoint& point : points) {
    const double from_mean = day(point) - mean_day;
    days_squared += Weight(point) * from_mean * from_mean;
    product += Weight(point) * from_mean * (point.gap - all.mean);
  }
  trend.per_day = product / days_squared;
  const double squares = std::max(0.0, all.squares - product * trend.per_day);
  const auto degrees = static_cast<double>(points.size() - 2);
  const double error = std::sqrt(Scatter(squares, degrees) / days_squared);
  trend.p = StudentTCdf(trend.per_day / error, degrees);
  return {squares};
}

Fit FitStep(std::span<const GapPoint> points, GapBreak& step) {
  const auto degrees = static_cast<double>(points.size() - 2);
  Fit best;
  double least = 0.0;
  bool first = true;
  const std::size_t last = points.size() - kLeastOnASide;
  for (std::size_t split = kLeastOnASide; split <= last; ++split) {
    const Sums before = SumOf(points.first(split)), after = SumOf(points.subspan(split));
    const double squares = before.squares + after.squares;
    const double error =
        std::sqrt(Scatter(squares, degrees) * (1.0 / before.weight + 1.0 / after.weight));
    const double t = (after.mean - before.mean) / error;
    if (!first && t >= least) continue;
    first = false;
    least = t;
    best.squares = squares;
    step.micros = points[split - 1].micros / 2 + points[split].micros / 2;
    step.before = before.mean;
    step.after = after.mean;
    const std::span before_it = points.first(split), after_it = points.subspan(split);
    step.outside_before = MedianOutside(before_it.last(std::min(split, kBeside)));
    step.outside_after = MedianOutside(after_it.first(std::min(after_it.size(), kBeside)));
  }
  const auto places = static_cast<double>(last - kLeastOnASide + 1);
  step.p = std::min(1.0, places * StudentTCdf(least, degrees));
  return best;
}

}  // namespace

GapChange FitGapChange(std::span<const GapPoint> points) {
  GapChange change;
  if (points.size() < static_cast<std::size_t>(kMinimumPeriods)) return change;
  const Fit trend = FitTrend(points, change.trend.emplace());
  const Fit step = FitStep(points, change.step.emplace());
  // The step was given its place as well: one more number fitted.
  const auto degrees = static_cast<double>(points.size() - 2);
  change.step_fits_better = step.squares / (degrees - 1.0) < trend.squares / degrees;
  return change;
}

}  // namespace vigil
