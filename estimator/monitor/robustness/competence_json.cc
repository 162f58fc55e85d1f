#include <nlohmann/json.hpp>

#include "engine/base/text.h"
#include "estimator/monitor/robustness/competence.h"
#include "estimator/verdict/json_fields.h"

namespace vigil {
namespace {

using nlohmann::json;

constexpr JsonFields kFields(kBeyondKey);
constexpr int kVersion = 1;
constexpr std::size_t kMostFits = 4, kMostWeights = 16;

CompetenceFit ReadFit(const json& object) {
  CompetenceFit fit{.bias = kFields.Number(object, "bias"),
                    .threshold = kFields.Number(object, "threshold")};
  for (const json& reading : kFields.Array(object, "readings", 2)) {
    if (reading == "outlier") {
      fit.outlier = true;
    } else if (reading == "flip_rate") {
      fit.flip_rate = true;
    } else {
      kFields.Refuse(Text("'readings' has ", reading.dump(), ", expected outlier or flip_rate"));
    }
  }
  fit.weight = kFields.Numbers(object, "weight", kMostWeights);
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
  const json document = kFields.Parse(text);
  kFields.Version(document, {kVersion});
  std::vector<CompetenceFit> fits;
  for (const json& fit : kFields.Array(document, "fits", kMostFits)) fits.push_back(ReadFit(fit));
  return {std::move(fits), kFields.Number(document, "budget"),
          kFields.Integer(document, "samples", 0, 1'000'000'000'000)};
}

std::optional<Competence> ReadCompetence(const Graph& model) {
  const auto found = model.metadata().find(kBeyondKey);
  if (found == model.metadata().end()) return std::nullopt;
  return CompetenceFromJson(found->second);
}

}  // namespace vigil
