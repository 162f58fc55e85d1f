#include "estimator/monitor/validity/input_schema.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <nlohmann/json.hpp>

#include "engine/base/text.h"

namespace vigil {
namespace {

using nlohmann::json;

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
  return {object.at("mean").get<std::vector<double>>(),
          object.at("whitening").get<std::vector<double>>()};
}

DType DTypeOf(const std::string& name) {
  for (const DType dtype :
       {DType::kFloat32, DType::kFloat16, DType::kInt8, DType::kUInt8, DType::kInt32}) {
    if (DTypeName(dtype) == name) return dtype;
  }
  throw Error(Fault::kModel, ErrorCode::kMalformed,
              Text("element type '", name, "': expected float32, say"));
}

// What numbers by themselves do not say.
void Check(const InputSchema& schema) {
  const auto refuse = [](const std::string& what) {
    throw Error(Fault::kModel, ErrorCode::kMalformed, what);
  };
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

InputSchema FromJson(const json& object) {
  if (const int version = object.at("version").get<int>(); version != kInputSchemaVersion) {
    throw Error(Fault::kModel, ErrorCode::kUnsupported,
                Text(kInputSchemaKey, " of version ", version, ": expected ", kInputSchemaVersion));
  }
  InputSchema schema;
  schema.input = object.at("input").get<std::string>();
  const auto dims = object.at("shape").get<std::vector<std::int64_t>>();
  if (dims.empty() || dims.size() > static_cast<std::size_t>(Shape::kMaxRank) ||
      std::ranges::any_of(dims, [](std::int64_t dim) { return dim < 1; })) {
    throw Error(Fault::kModel, ErrorCode::kMalformed,
                Text("shape of ", dims.size(), " dimensions: expected 1 to ", Shape::kMaxRank,
                     ", each 1 or more"));
  }
  schema.shape = Shape(std::span<const std::int64_t>(dims));
  schema.dtype = DTypeOf(object.at("dtype").get<std::string>());
  schema.channel_order = object.at("channel_order").get<std::string>();
  for (const json& limit : object.at("limits"))
    schema.limits.push_back({limit.at(0).get<float>(), limit.at(1).get<float>()});
  schema.saturated_above = object.at("saturated_above").get<double>();
  schema.transposed_below = object.at("transposed_below").get<double>();
  if (object.contains("ordinary")) schema.ordinary = DensityOf(object.at("ordinary"));
  for (const json& mistake : object.at("mistakes")) {
    schema.mistakes.push_back(
        {mistake.at("name").get<std::string>(),
         InputViolationFromName(mistake.at("violation").get<std::string>()),
         DensityOf(mistake.at("density")),
         {mistake.at("limits").at(0).get<float>(), mistake.at("limits").at(1).get<float>()},
         mistake.at("inputs_to_recognise").get<int>()});
  }
  schema.learned_on = object.at("learned_on").get<std::string>();
  schema.images = object.at("images").get<std::int64_t>();
  Check(schema);
  return schema;
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
  try {
    return FromJson(json::parse(text));
  } catch (const json::exception& error) {
    throw Error(Fault::kModel, ErrorCode::kMalformed,
                Text(kInputSchemaKey, " is not a schema of version ", kInputSchemaVersion, ": ",
                     error.what()));
  } catch (const Error& error) {
    if (error.fault() == Fault::kModel && error.code() == ErrorCode::kUnsupported) throw;
    throw Error(Fault::kModel, ErrorCode::kMalformed, Text(kInputSchemaKey, ": ", error.what()));
  }
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
