#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "estimator/monitor/robustness/competence.h"
#include "estimator/verdict/json_fields.h"

namespace vigil {
namespace {

using nlohmann::json;

constexpr JsonFields kFields(kBeyondKey);
constexpr int kVersion = 1;
constexpr std::size_t kMostFits = 4, kMostWeights = 16;

double Number(const json& object, const char* name) {
  const json& field = kFields.Field(object, name);
  if (!field.is_number())
    kFields.Refuse(Text("'", name, "' is ", field.dump(), ", expected a number"));
  return field.get<double>();
}

CompetenceFit ReadFit(const json& object) {
  CompetenceFit fit{.bias = Number(object, "bias"), .threshold = Number(object, "threshold")};
  for (const json& reading : kFields.Array(object, "readings", 2)) {
    if (reading == "outlier") {
      fit.outlier = true;
    } else if (reading == "flip_rate") {
      fit.flip_rate = true;
    } else {
      kFields.Refuse(Text("'readings' has ", reading.dump(), ", expected outlier or flip_rate"));
    }
  }
  for (const json& weight : kFields.Array(object, "weight", kMostWeights)) {
    if (!weight.is_number())
      kFields.Refuse(Text("'weight' has ", weight.dump(), ", expected a number"));
    fit.weight.push_back(weight.get<double>());
  }
  return fit;
}

}  // namespace

std::string CompetenceToJson(const Competence& competence) {
  json fits = json::array();
  for (const CompetenceFit& fit : competence.fits()) {
    json readings = json::array();
    if (fit.outlier) readings.push_back("outlier");
    if (fit.flip_rate) readings.push_back("flip_rate");
    fits.push_back({{"readings", std::move(readings)},
                    {"weight", fit.weight},
                    {"bias", fit.bias},
                    {"threshold", fit.threshold}});
  }
  return json{{"version", kVersion},
              {"budget", competence.budget()},
              {"samples", competence.samples()},
              {"fits", std::move(fits)}}
      .dump();
}

Competence CompetenceFromJson(std::string_view text) {
  const json document = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object()) kFields.Refuse("not a JSON object");
  const json& version = kFields.Field(document, "version");
  if (!version.is_number_integer() || version != kVersion) {
    throw Error(Fault::kModel, ErrorCode::kUnsupported,
                Text(kBeyondKey, ": version ", version.dump(), ", expected ", kVersion));
  }
  std::vector<CompetenceFit> fits;
  for (const json& fit : kFields.Array(document, "fits", kMostFits)) fits.push_back(ReadFit(fit));
  return {std::move(fits), Number(document, "budget"),
          static_cast<std::int64_t>(Number(document, "samples"))};
}

std::optional<Competence> ReadCompetence(const Graph& model) {
  const auto found = model.metadata().find(kBeyondKey);
  if (found == model.metadata().end()) return std::nullopt;
  return CompetenceFromJson(found->second);
}

Graph WriteCompetence(const Graph& model, const Competence& competence) {
  std::map<std::string, std::string> keys = model.metadata();
  keys[kBeyondKey] = CompetenceToJson(competence);
  return model.WithMetadata(std::move(keys));
}

}  // namespace vigil
