#include "estimator/monitor/validity/input_schema.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <nlohmann/json.hpp>

#include "engine/base/text.h"
#include "estimator/verdict/json_fields.h"

namespace vigil {
namespace {

using nlohmann::json;

constexpr JsonFields kFields(kInputSchemaKey);
constexpr std::size_t kMostNumbers = 1000;

// Six digits are far more than a spread over images is known to, and a third of the text.
double Rounded(double value) {
  if (value == 0.0) return 0.0;
  const double unit = std::pow(10.0, std::floor(std::log10(std::abs(value))) - 5.0);
  return std::round(value / unit) * unit;
}

json Numbers(const std::vector<double>& values) {
  json list = json::array();
  for (const double value : values) list.push_back(Rounded(value));
  return list;
}

json ToJson(const FeatureDensity& density) {
  return {{"mean", Numbers(density.mean())}, {"whitening", Numbers(density.whitening())}};
}

FeatureDensity DensityOf(const json& object) {
  std::vector<double> mean = kFields.Numbers(object, "mean", kMostNumbers);
  std::vector<double> whitening = kFields.Numbers(object, "whitening", kMostNumbers);
  try {
    return {std::move(mean), std::move(whitening)};
  } catch (const Error& error) {
    kFields.Refuse(error.what());
  }
}

ChannelLimits LimitsOf(const json& pair) {
  const std::vector<double> limits = kFields.NumbersOf(pair, "limits", 2);
  if (limits.size() != 2)
    kFields.Refuse(Text("'limits' has ", pair.dump(), ", expected the least and the greatest"));
  return {static_cast<float>(limits[0]), static_cast<float>(limits[1])};
}

DType DTypeOf(const std::string& name) {
  for (const DType dtype :
       {DType::kFloat32, DType::kFloat16, DType::kInt8, DType::kUInt8, DType::kInt32}) {
    if (DTypeName(dtype) == name) return dtype;
  }
  kFields.Refuse(Text("element type '", name, "': expected float32, say"));
}

Shape ShapeOf(const json& object) {
  const std::vector<double> dims = kFields.Numbers(object, "shape", Shape::kMaxRank);
  const bool whole = std::ranges::all_of(
      dims, [](double dim) { return dim >= 1.0 && dim <= 1e9 && dim == std::floor(dim); });
  if (dims.empty() || !whole) {
    kFields.Refuse(Text("shape of ", dims.size(), " dimensions: expected 1 to ", Shape::kMaxRank,
                        ", each 1 or more"));
  }
  const std::vector<std::int64_t> sizes(dims.begin(), dims.end());
  return Shape(std::span(sizes));
}

KnownMistake MistakeOf(const json& object) {
  KnownMistake mistake{.name = kFields.String(object, "name")};
  const std::string violation = kFields.String(object, "violation");
  try {
    mistake.violation = InputViolationFromName(violation);
  } catch (const Error& error) {
    kFields.Refuse(error.what());
  }
  mistake.density = DensityOf(kFields.Object(object, "density"));
  mistake.limits = LimitsOf(kFields.Array(object, "limits", 2));
  mistake.inputs_to_recognise =
      static_cast<int>(kFields.Integer(object, "inputs_to_recognise", 0, 1 << 30));
  return mistake;
}

// What numbers by themselves do not say.
void Check(const InputSchema& schema) {
  const auto refuse = [](const std::string& what) { kFields.Refuse(what); };
  if (schema.limits.size() > kSampledChannels)
    refuse(
        Text(schema.limits.size(), " channels with limits: expected at most ", kSampledChannels));
  for (const ChannelLimits& limit : schema.limits) {
    if (!(limit.low < limit.high))
      refuse(Text("limits ", limit.low, " to ", limit.high, ": expected the lower one first"));
  }
  if (!(schema.saturated_above >= 0.0 && schema.saturated_above <= 1.0))
    refuse(Text("saturated_above is ", schema.saturated_above, ": expected 0 to 1"));
  if (schema.ordinary.empty()) {
    if (!schema.mistakes.empty()) refuse("mistakes are known, but no ordinary inputs");
    return;
  }
  if (schema.mistakes.size() > InputSchema::kMostMistakes) {
    refuse(
        Text(schema.mistakes.size(), " mistakes: expected at most ", InputSchema::kMostMistakes));
  }
  const std::size_t features = 2 * schema.limits.size() + 1;
  for (const KnownMistake& mistake : schema.mistakes) {
    if (mistake.density.mean().size() == features) continue;
    refuse(Text("mistake '", mistake.name, "' has ", mistake.density.mean().size(),
                " features: expected ", features));
  }
  if (schema.ordinary.mean().size() != features)
    refuse(Text(schema.ordinary.mean().size(), " features: expected ", features, " of ",
                schema.limits.size(), " channels"));
}

}  // namespace

double InputSchema::Span() const {
  if (limits.empty()) return 1.0;
  const auto [low, high] = std::pair{std::ranges::min(limits, {}, &ChannelLimits::low).low,
                                     std::ranges::max(limits, {}, &ChannelLimits::high).high};
  return static_cast<double>(high) - static_cast<double>(low);
}

std::string ToJsonText(const InputSchema& schema) {
  json limits = json::array(), mistakes = json::array(), dims = json::array();
  for (const ChannelLimits& limit : schema.limits)
    limits.push_back({Rounded(limit.low), Rounded(limit.high)});
  for (const KnownMistake& mistake : schema.mistakes) {
    mistakes.push_back({{"name", mistake.name},
                        {"violation", NameOf(mistake.violation)},
                        {"density", ToJson(mistake.density)},
                        {"limits", {Rounded(mistake.limits.low), Rounded(mistake.limits.high)}},
                        {"inputs_to_recognise", mistake.inputs_to_recognise}});
  }
  for (int i = 0; i < schema.shape.rank(); ++i) dims.push_back(schema.shape[i]);
  json object = {{"version", kInputSchemaVersion},
                 {"input", schema.input},
                 {"shape", dims},
                 {"dtype", DTypeName(schema.dtype)},
                 {"channel_order", schema.channel_order},
                 {"limits", limits},
                 {"saturated_above", Rounded(schema.saturated_above)},
                 {"transposed_below", Rounded(schema.transposed_below)},
                 {"mistakes", mistakes},
                 {"learned_on", schema.learned_on},
                 {"images", schema.images}};
  if (!schema.ordinary.empty()) object["ordinary"] = ToJson(schema.ordinary);
  return object.dump();
}

InputSchema ParseInputSchema(std::string_view text) {
  const json object = kFields.Parse(text);
  kFields.Version(object, {kInputSchemaVersion});
  InputSchema schema{.input = kFields.String(object, "input"), .shape = ShapeOf(object)};
  schema.dtype = DTypeOf(kFields.String(object, "dtype"));
  schema.channel_order = kFields.String(object, "channel_order");
  for (const json& pair : kFields.Array(object, "limits", kMostNumbers))
    schema.limits.push_back(LimitsOf(pair));
  schema.saturated_above = kFields.Number(object, "saturated_above");
  schema.transposed_below = kFields.Number(object, "transposed_below");
  if (object.contains("ordinary")) schema.ordinary = DensityOf(kFields.Object(object, "ordinary"));
  for (const json& mistake : kFields.Array(object, "mistakes", kMostNumbers))
    schema.mistakes.push_back(MistakeOf(mistake));
  schema.learned_on = kFields.String(object, "learned_on");
  schema.images = kFields.Integer(object, "images", 0, 1'000'000'000'000);
  Check(schema);
  return schema;
}

std::optional<InputSchema> InputSchemaOf(const Graph& model) {
  const auto found = model.metadata().find(kInputSchemaKey);
  if (found == model.metadata().end()) return {};
  InputSchema schema = ParseInputSchema(found->second);
  const Value& input = model.value(model.inputs().at(0));
  if (input.desc.shape.With(0, 1) == schema.shape.With(0, 1) && input.desc.dtype == schema.dtype)
    return schema;
  throw Error(Fault::kModel, ErrorCode::kInvalidShape,
              Text(kInputSchemaKey, " is of ", DTypeName(schema.dtype), " ", schema.shape,
                   ", but input '", input.name, "' is ", DTypeName(input.desc.dtype), " ",
                   input.desc.shape, ": expected the same"));
}

Graph WithInputSchema(const Graph& model, const InputSchema& schema) {
  std::map<std::string, std::string> metadata = model.metadata();
  metadata[kInputSchemaKey] = ToJsonText(schema);
  return model.WithMetadata(std::move(metadata));
}

}  // namespace vigil
