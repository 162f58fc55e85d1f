#include "engine/session/calibration.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/base/text.h"
#include "engine/session/observe.h"

namespace vigil {
namespace {

constexpr double kCutAtEitherEnd = 5e-5;
constexpr float kSteps = 255.0f;

float BinCentre(const Histogram& histogram, std::size_t bin) {
  const float width = (histogram.range.high - histogram.range.low) / Histogram::kBins;
  return histogram.range.low + (static_cast<float>(bin) + 0.5f) * width;
}

ValueRange WithZero(ValueRange range) {
  return {std::min(range.low, 0.0f), std::max(range.high, 0.0f)};
}

ValueRange CutEnds(const Histogram& histogram) {
  const auto total =
      std::accumulate(histogram.bins.begin(), histogram.bins.end(), std::uint64_t{0});
  const auto cut = static_cast<std::uint64_t>(kCutAtEitherEnd * static_cast<double>(total));
  std::size_t first = 0, last = Histogram::kBins - 1;
  for (std::uint64_t seen = 0; first < last && seen + histogram.bins[first] <= cut; ++first) {
    seen += histogram.bins[first];
  }
  for (std::uint64_t seen = 0; last > first && seen + histogram.bins[last] <= cut; --last) {
    seen += histogram.bins[last];
  }
  const float width = (histogram.range.high - histogram.range.low) / Histogram::kBins;
  return {histogram.range.low + static_cast<float>(first) * width,
          histogram.range.low + static_cast<float>(last + 1) * width};
}

// Of cutting to `range` and rounding to its steps.
double SquaredError(const Histogram& histogram, const ValueRange& range) {
  const float step = (range.high - range.low) / kSteps;
  double sum = 0.0;
  for (std::size_t bin = 0; bin < Histogram::kBins; ++bin) {
    if (histogram.bins[bin] == 0) continue;
    const float x = BinCentre(histogram, bin);
    const float inside = std::clamp(x, range.low, range.high);
    const float cut = x - inside;
    // Within the range the error of rounding is uniform over a step. Zero is a step: what lies at
    // it, as half of a Relu's output does, costs nothing.
    const bool exact = std::abs(x) < step / 4 && range.low == 0.0f;
    const double rounding = exact ? 0.0 : double{step} * step / 12;
    sum += static_cast<double>(histogram.bins[bin]) * (double{cut} * cut + rounding);
  }
  return sum;
}

ValueRange LeastSquares(const Histogram& histogram) {
  const ValueRange all = WithZero(histogram.range);
  ValueRange best = all;
  double least = SquaredError(histogram, all);
  for (int percent = 99; percent >= 20; --percent) {
    const float part = static_cast<float>(percent) / 100.0f;
    // Both ends, and each alone: one may be an outlier and the other a Relu's floor.
    for (const ValueRange& range :
         {ValueRange{all.low * part, all.high * part}, ValueRange{all.low, all.high * part},
          ValueRange{all.low * part, all.high}}) {
      const double error = SquaredError(histogram, range);
      if (error < least) {
        least = error;
        best = range;
      }
    }
  }
  return best;
}

// Widens a range to hold the values of `name`.
void Widen(std::span<const float> values, const std::string& name, ValueRange& range) {
  for (const float x : values) {
    if (!std::isfinite(x)) {
      throw Error(Fault::kInput, ErrorCode::kInvalidValue,
                  Text("calibration: value '", name, "' becomes ", x, ": expected finite numbers"));
    }
    range.low = std::min(range.low, x);
    range.high = std::max(range.high, x);
  }
}

}  // namespace

std::string_view CalibrationName(CalibrationMethod method) {
  switch (method) {
    case CalibrationMethod::kMinMax:
      return "minmax";
    case CalibrationMethod::kPercentile:
      return "percentile";
    case CalibrationMethod::kMse:
      return "mse";
  }
  return "unknown";
}

CalibrationMethod CalibrationFromName(std::string_view name) {
  for (const CalibrationMethod method :
       {CalibrationMethod::kMinMax, CalibrationMethod::kPercentile, CalibrationMethod::kMse}) {
    if (CalibrationName(method) == name) return method;
  }
  throw Error(Fault::kApi, ErrorCode::kNotFound,
              Text("calibration method '", name, "': expected minmax, percentile or mse"));
}

void Histogram::Add(std::span<const float> values) {
  const float width = (range.high - range.low) / kBins;
  for (const float x : values) {
    const float at = width > 0.0f ? (x - range.low) / width : 0.0f;
    const auto bin = static_cast<std::size_t>(std::clamp(at, 0.0f, static_cast<float>(kBins - 1)));
    ++bins[bin];
  }
}

ValueRange RangeOf(const Histogram& histogram, CalibrationMethod method) {
  if (!(histogram.range.high > histogram.range.low)) return WithZero(histogram.range);
  if (method == CalibrationMethod::kPercentile) return WithZero(CutEnds(histogram));
  if (method == CalibrationMethod::kMse) return LeastSquares(histogram);
  return WithZero(histogram.range);
}

std::map<std::string, Histogram> Calibrate(Backend& backend, const Graph& graph,
                                           const ForEachInput& inputs) {
  const std::vector<std::string> names = ValuesToQuantize(graph);
  Observer observer(backend, graph, names);
  std::vector<Histogram> histograms(names.size());
  for (Histogram& histogram : histograms) {
    histogram.range = {std::numeric_limits<float>::max(), std::numeric_limits<float>::lowest()};
  }
  inputs([&](std::span<const ConstTensorView> input) {
    observer.Run(input);
    for (std::size_t i = 0; i < names.size(); ++i) {
      Widen(observer.values()[i].as<float>(), names[i], histograms[i].range);
    }
  });
  inputs([&](std::span<const ConstTensorView> input) {
    observer.Run(input);
    for (std::size_t i = 0; i < names.size(); ++i) {
      histograms[i].Add(observer.values()[i].as<float>());
    }
  });
  std::map<std::string, Histogram> by_name;
  for (std::size_t i = 0; i < names.size(); ++i) by_name[names[i]] = std::move(histograms[i]);
  return by_name;
}

}  // namespace vigil
