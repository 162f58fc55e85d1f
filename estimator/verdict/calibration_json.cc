#include <cmath>

#include <nlohmann/json.hpp>

#include "engine/base/error.h"
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

double NumberIn(const json& object, const char* name, double low, double high) {
  const json& field = kFields.Field(object, name);
  if (!field.is_number() || !(field.get<double>() >= low && field.get<double>() <= high)) {
    kFields.Refuse(
        Text("'", name, "' is ", field.dump(), ", expected a number from ", low, " to ", high));
  }
  return field.get<double>();
}

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
  const json& object = kFields.Field(document, "adjustment");
  if (!object.is_object())
    kFields.Refuse(Text("'adjustment' is ", object.dump(), ", expected an object"));
  CalibrationAdjustment adjustment{
      .shift = NumberIn(object, "shift", -100.0, 100.0),
      .slope = NumberIn(object, "slope", 0.0, 100.0),
      .labels = static_cast<std::int64_t>(NumberIn(object, "labels", 0.0, 1e9))};
  const json& covariance = kFields.Array(object, "covariance", adjustment.covariance.size());
  for (std::size_t i = 0; i < adjustment.covariance.size(); ++i) {
    if (i >= covariance.size() || !covariance[i].is_number())
      kFields.Refuse(Text("'covariance' is ", covariance.dump(), ", expected three numbers"));
    adjustment.covariance[i] = covariance[i].get<double>();
  }
  return adjustment;
}

Calibration Read(const json& document) {
  const json& version = kFields.Field(document, "version");
  if (!version.is_number_integer() || (version != kVersion && version != kAdjustedVersion)) {
    throw Error(Fault::kModel, ErrorCode::kUnsupported,
                Text("vigil.calibration: version ", version.dump(), ", expected ", kVersion, " or ",
                     kAdjustedVersion));
  }
  std::vector<float> edges;
  for (const json& edge : kFields.Array(document, "edges", kMaximumBands)) {
    if (!edge.is_number()) kFields.Refuse(Text("'edges' has ", edge.dump(), ", expected a number"));
    edges.push_back(edge.get<float>());
  }
  Strata strata(std::move(edges), static_cast<float>(NumberIn(document, "threshold", 0.0, 1.0)));
  std::vector<MixCounts> mixes;
  for (const json& mix : kFields.Array(document, "mixes", kMaximumMixes)) {
    if (!mix.is_object()) kFields.Refuse(Text("'mixes' has ", mix.dump(), ", expected an object"));
    const auto size = static_cast<std::size_t>(strata.size());
    mixes.push_back({Counts(mix, "seen", size), Counts(mix, "right", size)});
  }
  Calibration calibration(std::move(strata), std::move(mixes),
                          NumberIn(document, "auroc", 0.0, 1.0),
                          NumberIn(document, "blend_tolerance", 0.0, 1e6));
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

Calibration CalibrationFromJson(std::string_view text) {
  const json document = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object()) kFields.Refuse("not a JSON object");
  return Read(document);
}

}  // namespace vigil
