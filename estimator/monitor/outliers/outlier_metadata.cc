#include "estimator/monitor/outliers/outlier_metadata.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iomanip>
#include <optional>

#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "estimator/monitor/cholesky.h"
#include "estimator/verdict/json_fields.h"
#include "estimator/verdict/model_keys.h"

namespace vigil {
namespace {

using nlohmann::json;

constexpr int kVersion = 1;
constexpr const char* kTask = "vigil.task";
constexpr const char* kKind = "vigil.monitor_kind";
constexpr const char* kTaps = "vigil.taps";
constexpr const char* kOutliers = "vigil.outliers";
constexpr JsonFields kFields(kOutliers);
constexpr std::size_t kMostNumbers = 1 << 20;

[[noreturn]] void Refuse(const std::string& message) {
  throw Error(Fault::kModel, ErrorCode::kMalformed, "monitor's metadata: " + message);
}

// Nine digits: enough for a covariance to stay positive definite, and a file should stay small.
json Rounded(std::span<const double> values) {
  json list = json::array();
  for (const double value : values) list.push_back(std::stod(Text(std::setprecision(9), value)));
  return list;
}

json ToJson(const OutlierMetadata& metadata) {
  const std::vector<double> variance(metadata.residual_variance.begin(),
                                     metadata.residual_variance.end());
  json quantiles = json::object(), class_means = json::array();
  for (const auto& [metric, steps] : metadata.quantiles)
    quantiles[std::string(OutlierMetricName(metric))] = Rounded(steps);
  for (const auto& mean : metadata.latent.class_means) class_means.push_back(Rounded(mean));
  return {{"version", kVersion},
          {"metric", OutlierMetricName(metadata.metric)},
          {"known", metadata.known},
          {"records", metadata.records},
          {"quantiles", std::move(quantiles)},
          {"residual_variance", Rounded(variance)},
          {"latent",
           {{"mean", Rounded(metadata.latent.mean)},
            {"covariance", Rounded(metadata.latent.covariance)},
            {"class_means", std::move(class_means)},
            {"class_covariance", Rounded(metadata.latent.class_covariance)}}}};
}

// A name out of the file, which may be unknown.
OutlierMetric MetricFrom(const std::string& name) {
  try {
    return OutlierMetricFromName(name);
  } catch (const Error& error) {
    kFields.Refuse(error.what());
  }
}

void FromJson(const std::string& text, OutlierMetadata& metadata) {
  const json root = kFields.Parse(text);
  kFields.Version(root, {kVersion});
  metadata.metric = MetricFrom(kFields.String(root, "metric"));
  metadata.known = kFields.String(root, "known");
  metadata.records = kFields.Integer(root, "records", 0, 1'000'000'000'000);
  const json& quantiles = kFields.Object(root, "quantiles");
  for (const auto& item : quantiles.items())
    metadata.quantiles[MetricFrom(item.key())] =
        kFields.Numbers(quantiles, item.key().c_str(), kMostNumbers);
  const std::vector<double> variance = kFields.Numbers(root, "residual_variance", kMostNumbers);
  metadata.residual_variance.assign(variance.begin(), variance.end());
  const json& latent = kFields.Object(root, "latent");
  metadata.latent.mean = kFields.Numbers(latent, "mean", kMostNumbers);
  metadata.latent.covariance = kFields.Numbers(latent, "covariance", kMostNumbers);
  for (const json& mean : kFields.Array(latent, "class_means", kMostNumbers))
    metadata.latent.class_means.push_back(kFields.NumbersOf(mean, "class_means", kMostNumbers));
  metadata.latent.class_covariance = kFields.Numbers(latent, "class_covariance", kMostNumbers);
}

void CheckCovariance(const char* name, const std::vector<double>& covariance, std::size_t size) {
  if (covariance.size() != size * size)
    Refuse(Text("'", kOutliers, "': ", name, " has ", covariance.size(), " numbers, expected ",
                size * size));
  try {
    Cholesky(covariance, size);
  } catch (const Error& error) {
    Refuse(Text("'", kOutliers, "': ", name, ": ", error.what()));
  }
}

void CheckQuantiles(const OutlierMetadata& metadata) {
  for (const OutlierMetric metric : MetricsOf(metadata.kind)) {
    const std::string_view name = OutlierMetricName(metric);
    const auto found = metadata.quantiles.find(metric);
    if (found == metadata.quantiles.end())
      Refuse(Text("'", kOutliers, "': no quantiles of '", name, "'"));
    const std::vector<double>& steps = found->second;
    const bool finite = std::ranges::all_of(steps, [](double v) { return std::isfinite(v); });
    if (steps.size() < 2 || !finite || !std::ranges::is_sorted(steps)) {
      Refuse(Text("'", kOutliers, "': quantiles of '", name,
                  "': expected two or more finite numbers that never fall"));
    }
  }
  if (!metadata.quantiles.contains(metadata.metric)) {
    Refuse(Text("'", kOutliers, "': metric '", OutlierMetricName(metadata.metric), "' is none of ",
                AutoencoderKindName(metadata.kind), "'s"));
  }
}

std::optional<Shape> ShapeOfOutput(const Graph& monitor, std::string_view name) {
  for (const ValueId id : monitor.outputs()) {
    if (monitor.value(id).name == name) return monitor.value(id).desc.shape;
  }
  return std::nullopt;
}

void CheckFit(const Graph& monitor, const OutlierMetadata& metadata) {
  if (metadata.taps.size() != monitor.inputs().size()) {
    Refuse(Text("'", kTaps, "' names ", metadata.taps.size(), " taps for a network of ",
                monitor.inputs().size(), " inputs"));
  }
  for (const ValueId id : monitor.inputs()) {
    if (monitor.value(id).desc.dtype != DType::kFloat32)
      Refuse(Text("input '", monitor.value(id).name, "' is not float32"));
  }
  std::vector<std::string_view> outputs = {"latent"};
  if (metadata.kind == AutoencoderKind::kVariational) outputs.push_back("log_variance");
  if (metadata.kind == AutoencoderKind::kJoint) outputs.push_back("classes");
  const bool decodes = metadata.kind != AutoencoderKind::kJoint;
  if (decodes) outputs.insert(outputs.end(), {"view", "reconstruction"});
  for (const std::string_view name : outputs) {
    const std::optional<Shape> shape = ShapeOfOutput(monitor, name);
    const int rank = name == "view" || name == "reconstruction" ? 4 : 2;
    if (!shape || shape->rank() != rank)
      Refuse(Text("'", kKind, "' is ", AutoencoderKindName(metadata.kind), ", expected an output '",
                  name, "' of rank ", rank));
  }
  const auto latent = static_cast<std::size_t>((*ShapeOfOutput(monitor, "latent"))[1]);
  if (metadata.latent.mean.size() != latent)
    Refuse(Text("'", kOutliers, "': latent mean has ", metadata.latent.mean.size(),
                " numbers, expected ", latent));
  CheckCovariance("latent covariance", metadata.latent.covariance, latent);
  if (decodes) {
    const auto channels = static_cast<std::size_t>((*ShapeOfOutput(monitor, "view"))[1]);
    const bool positive =
        std::ranges::all_of(metadata.residual_variance, [](float v) { return v > 0.0f; });
    if (metadata.residual_variance.size() != channels || !positive)
      Refuse(Text("'", kOutliers, "': residual variance of ", metadata.residual_variance.size(),
                  " channels, expected ", channels, " positive numbers"));
  } else {
    CheckCovariance("class covariance", metadata.latent.class_covariance, latent);
    for (const auto& mean : metadata.latent.class_means) {
      if (mean.size() != latent)
        Refuse(
            Text("'", kOutliers, "': class mean has ", mean.size(), " numbers, expected ", latent));
    }
    if (metadata.latent.class_means.empty())
      Refuse(Text("'", kOutliers, "': expected the mean of at least one class"));
  }
  CheckQuantiles(metadata);
}

}  // namespace

OutlierMetadata ReadOutlierMetadata(const Graph& monitor) {
  OutlierMetadata metadata;
  metadata.task = RequiredKey(monitor, kTask, "monitor");
  try {
    metadata.kind = AutoencoderKindFromName(RequiredKey(monitor, kKind, "monitor"));
  } catch (const Error& error) {
    if (error.fault() == Fault::kModel) throw;
    Refuse(Text("'", kKind, "': ", error.what()));
  }
  metadata.taps = SplitNames(RequiredKey(monitor, kTaps, "monitor"));
  FromJson(RequiredKey(monitor, kOutliers, "monitor"), metadata);
  CheckFit(monitor, metadata);
  return metadata;
}

Graph WriteOutlierMetadata(const Graph& monitor, const OutlierMetadata& metadata) {
  std::string taps;
  for (const std::string& tap : metadata.taps) taps += (taps.empty() ? "" : ",") + tap;
  std::map<std::string, std::string> keys = monitor.metadata();
  keys[kTask] = metadata.task;
  keys[kKind] = AutoencoderKindName(metadata.kind);
  keys[kTaps] = taps;
  keys[kOutliers] = ToJson(metadata).dump();
  Graph written = monitor.WithMetadata(std::move(keys));
  ReadOutlierMetadata(written);
  return written;
}

}  // namespace vigil
