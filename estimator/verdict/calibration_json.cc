#include <algorithm>

#include <nlohmann/json.hpp>

#include "engine/base/text.h"
#include "estimator/verdict/calibration.h"
#include "estimator/verdict/json_fields.h"

namespace vigil {
namespace {

using nlohmann::json;

constexpr JsonFields kFields("vigil.calibration");
constexpr int kVersion = 1, kAdjustedVersion = 2;
constexpr std::size_t kMaximumBands = 1000;
constexpr std::size_t kMaximumMixes = 100000;

std::vector<std::int32_t> Counts(const json& mix, const char* name, std::size_t size) {
  const json& field = kFields.Array(mix, name, size);
  std::vector<std::int32_t> counts;
  for (const json& count : field) {
    // Bounded so that sums over mixes stay exact.
    if (!count.is_number_integer() || count.get<double>() < 0.0 || count.get<double>() > 1e9) {
      kFields.Refuse(Text("'", name, "' has the count ", count.dump(), ", expected 0 to 1e9"));
    }
    counts.push_back(count.get<std::int32_t>());
  }
  return counts;
}

CalibrationAdjustment ReadAdjustment(const json& document) {
  const json& object = kFields.Object(document, "adjustment");
  CalibrationAdjustment adjustment{
      .shift = kFields.Number(object, "shift", -100.0, 100.0),
      .slope = kFields.Number(object, "slope", 0.0, 100.0),
      .labels = static_cast<std::int64_t>(kFields.Number(object, "labels", 0.0, 1e9))};
  const std::vector<double> covariance = kFields.Numbers(object, "covariance", 3);
  if (covariance.size() != adjustment.covariance.size())
    kFields.Refuse(Text("'covariance' has ", covariance.size(), " numbers, expected ",
                        adjustment.covariance.size()));
  std::ranges::copy(covariance, adjustment.covariance.begin());
  return adjustment;
}

Calibration Read(const json& document) {
  const int version = kFields.Version(document, {kVersion, kAdjustedVersion});
  const std::vector<double> edges = kFields.Numbers(document, "edges", kMaximumBands);
  Strata strata(std::vector<float>(edges.begin(), edges.end()),
                static_cast<float>(kFields.Number(document, "threshold", 0.0, 1.0)));
  std::vector<MixCounts> mixes;
  for (const json& mix : kFields.Array(document, "mixes", kMaximumMixes)) {
    if (!mix.is_object()) kFields.Refuse(Text("'mixes' has ", mix.dump(), ", expected an object"));
    const auto size = static_cast<std::size_t>(strata.size());
    mixes.push_back({Counts(mix, "seen", size), Counts(mix, "right", size)});
  }
  Calibration calibration(std::move(strata), std::move(mixes),
                          kFields.Number(document, "auroc", 0.0, 1.0),
                          kFields.Number(document, "blend_tolerance", 0.0, 1e6));
  return version == kVersion ? calibration : calibration.WithAdjustment(ReadAdjustment(document));
}

}  // namespace

std::string CalibrationToJson(const Calibration& calibration) {
  json mixes = json::array();
  for (const MixCounts& mix : calibration.mixes()) {
    mixes.push_back({{"seen", mix.seen}, {"right", mix.right}});
  }
  json document = {{"version", kVersion},
                   {"threshold", calibration.strata().threshold()},
                   {"edges", calibration.strata().edges()},
                   {"auroc", calibration.auroc()},
                   {"blend_tolerance", calibration.blend_tolerance()},
                   {"mixes", std::move(mixes)}};
  if (const auto& adjustment = calibration.adjustment()) {
    document["version"] = kAdjustedVersion;
    document["adjustment"] = {{"shift", adjustment->shift},
                              {"slope", adjustment->slope},
                              {"covariance", adjustment->covariance},
                              {"labels", adjustment->labels}};
  }
  return document.dump();
}

Calibration CalibrationFromJson(std::string_view text) { return Read(kFields.Parse(text)); }

}  // namespace vigil
