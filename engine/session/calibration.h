// Ranges for quantisation, from the numbers that a network's values take on sample inputs.
#ifndef VIGIL_ENGINE_SESSION_CALIBRATION_H_
#define VIGIL_ENGINE_SESSION_CALIBRATION_H_

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/graph/quantize_model.h"

namespace vigil {

// kMinMax: all that was seen; one outlier then coarsens every step.
// kPercentile: all but 0.005 % at either end.
// kMse: the range, a part of all that was seen, whose steps and cuts together make the least mean
// squared error; the default (`vigil quantize` prints what each costs).
enum class CalibrationMethod { kMinMax, kPercentile, kMse };

std::string_view CalibrationName(CalibrationMethod method);  // "minmax", "percentile", "mse"
// Throws Error (Api, kNotFound) that lists the names.
CalibrationMethod CalibrationFromName(std::string_view name);

// How often numbers of equal parts of [low, high] occurred.
struct Histogram {
  static constexpr std::size_t kBins = 4096;
  ValueRange range;
  std::vector<std::uint64_t> bins = std::vector<std::uint64_t>(kBins, 0);

  void Add(std::span<const float> values);  // REQUIRES: range is set; others count at its ends
};

// Pure. The range always holds zero.
ValueRange RangeOf(const Histogram& histogram, CalibrationMethod method);

// Calls `visit` with the inputs of one run after the other, the same ones each time.
using ForEachInput =
    std::function<void(const std::function<void(std::span<const ConstTensorView>)>& visit)>;

// Runs the graph twice over the inputs: for the ends of each range, then for what lies between.
// `graph` comes of PrepareToQuantize. Throws Error (Input, kInvalidValue) naming a value that is
// not finite, and as Observer.
std::map<std::string, Histogram> Calibrate(Backend& backend, const Graph& graph,
                                           const ForEachInput& inputs);

}  // namespace vigil

#endif  // VIGIL_ENGINE_SESSION_CALIBRATION_H_
