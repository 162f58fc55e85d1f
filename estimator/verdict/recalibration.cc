#include "estimator/verdict/recalibration.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

constexpr int kParts = 10;  // of the cross-validation
constexpr int kMostSteps = 50;

double Sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }

// A label, reduced to what the fit sees.
struct Point {
  double odds = 0.0;    // log odds of its stratum, as fitted
  double before = 0.0;  // rate of its stratum, with the adjustment that there is
  double right = 0.0;   // 0 or 1
  int block = 0;        // 0 .. blocks - 1
};

[[noreturn]] void Refuse(const std::string& message) {
  throw Error(Fault::kInput, ErrorCode::kInvalidValue, "recalibration: " + message);
}

std::vector<Point> PointsOf(const Calibration& calibration,
                            std::span<const LabelledVerdict> labels) {
  std::map<std::int64_t, int> blocks;
  std::vector<Point> points;
  for (const LabelledVerdict& label : labels) {
    if (!(label.p_correct >= 0.0f && label.p_correct <= 1.0f))
      Refuse(Text("a verdict has p(correct) ", label.p_correct, ", expected 0 to 1"));
    const int stratum = calibration.strata().StratumOf(label.p_correct, label.p_cause);
    const double rate = calibration.FittedRate(stratum);
    const int next = static_cast<int>(blocks.size());
    points.push_back({.odds = std::log(rate / (1.0 - rate)),
                      .before = calibration.rate(stratum),
                      .right = label.correct ? 1.0 : 0.0,
                      .block = blocks.try_emplace(label.block, next).first->second});
  }
  return points;
}

// Newton's steps on the log posterior, which is concave; each label counts as `weight` of one.
template <typename Used>
CalibrationAdjustment Fit(std::span<const Point> points, double weight,
                          const RecalibrationOptions& options, const Used& used) {
  const double shift_precision = std::pow(options.shift_deviation, -2.0);
  const double slope_precision = std::pow(options.slope_deviation, -2.0);
  CalibrationAdjustment fit;
  for (int step = 0; step < kMostSteps; ++step) {
    double shift = -shift_precision * fit.shift, slope = -slope_precision * (fit.slope - 1.0);
    double ss = shift_precision, sl = 0.0, ll = slope_precision;
    for (const Point& point : points) {
      if (!used(point)) continue;
      const double rate = Sigmoid(fit.shift + fit.slope * point.odds);
      const double error = weight * (point.right - rate), curve = weight * rate * (1.0 - rate);
      shift += error;
      slope += error * point.odds;
      ss += curve;
      sl += curve * point.odds;
      ll += curve * point.odds * point.odds;
    }
    const double determinant = ss * ll - sl * sl;
    // Full steps converge from here; a bound keeps a first one in sight.
    const double shift_step = std::clamp((ll * shift - sl * slope) / determinant, -1.0, 1.0);
    const double slope_step = std::clamp((ss * slope - sl * shift) / determinant, -1.0, 1.0);
    fit.shift += shift_step;
    // A slope that is not positive would turn PE's ranking around; the prior is far from it.
    fit.slope = std::max(0.05, fit.slope + slope_step);
    fit.covariance = {ll / determinant, -sl / determinant, ss / determinant};
    if (std::abs(shift_step) + std::abs(slope_step) < 1e-10) break;
  }
  fit.labels = static_cast<std::int64_t>(std::ranges::count_if(points, used));
  return fit;
}

double RateOf(const Point& point, const CalibrationAdjustment& fit) {
  return Sigmoid(fit.shift + fit.slope * point.odds);
}

// How much the residuals of a block add up, as against those of independent labels.
double DesignEffect(std::span<const Point> points, int blocks, const CalibrationAdjustment& fit) {
  std::vector<double> sums(static_cast<std::size_t>(blocks), 0.0);
  double squares = 0.0, together = 0.0;
  for (const Point& point : points) {
    const double residual = point.right - RateOf(point, fit);
    sums[static_cast<std::size_t>(point.block)] += residual;
    squares += residual * residual;
  }
  for (const double sum : sums) together += sum * sum;
  return std::max(1.0, together / std::max(squares, 1e-12));
}

double LogLoss(double rate, double right) {
  const double likely = right > 0.5 ? rate : 1.0 - rate;
  return -std::log(std::max(likely, 1e-12));
}

void CrossValidate(std::span<const Point> points, double weight,
                   const RecalibrationOptions& options, Recalibration& result) {
  const auto count = static_cast<double>(points.size());
  std::vector<double> gains(static_cast<std::size_t>(result.blocks), 0.0);
  const int parts = std::min(kParts, result.blocks);
  for (int part = 0; part < parts; ++part) {
    const auto held_out = [&](const Point& point) { return point.block % parts == part; };
    const CalibrationAdjustment fit =
        Fit(points, weight, options, [&](const Point& point) { return !held_out(point); });
    for (const Point& point : points) {
      if (!held_out(point)) continue;
      const double after = RateOf(point, fit);
      const double loss_before = LogLoss(point.before, point.right);
      const double loss_after = LogLoss(after, point.right);
      result.before.mean_rate += point.before / count;
      result.after.mean_rate += after / count;
      result.before.log_loss += loss_before / count;
      result.after.log_loss += loss_after / count;
      gains[static_cast<std::size_t>(point.block)] += loss_before - loss_after;
    }
  }
  result.gain = result.before.log_loss - result.after.log_loss;
  const auto blocks = static_cast<double>(gains.size());
  const double mean = result.gain * count / blocks;
  double squares = 0.0;
  for (const double gain : gains) squares += (gain - mean) * (gain - mean);
  result.gain_error = std::sqrt(squares * blocks / (blocks - 1.0)) / count;
}

}  // namespace

Recalibration Recalibrate(const Calibration& calibration, std::span<const LabelledVerdict> labels,
                          const RecalibrationOptions& options) {
  Recalibration result{.labels = static_cast<std::int64_t>(labels.size())};
  if (result.labels < kFewestLabels)
    Refuse(Text(result.labels, " labels, expected at least ", kFewestLabels));
  const std::vector<Point> points = PointsOf(calibration, labels);
  result.blocks = 1 + std::ranges::max(points, {}, &Point::block).block;
  if (result.blocks < kFewestLabelBlocks) {
    Refuse(Text("the labels lie in ", result.blocks, " blocks of time, expected at least ",
                kFewestLabelBlocks, ": what is seen within one says little of another"));
  }
  for (const Point& point : points) result.right += point.right > 0.5 ? 1 : 0;
  const auto all = [](const Point&) { return true; };
  result.design_effect = DesignEffect(points, result.blocks, Fit(points, 1.0, options, all));
  const double weight = 1.0 / result.design_effect;
  result.adjustment = Fit(points, weight, options, all);
  CrossValidate(points, weight, options, result);
  return result;
}

}  // namespace vigil
