#include "estimator/data/model_input.h"

#include <array>
#include <map>
#include <sstream>
#include <string>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

constexpr const char* kMeanKey = "vigil.input.mean";
constexpr const char* kStddevKey = "vigil.input.stddev";

std::array<float, 3> ThreeNumbers(const std::map<std::string, std::string>& metadata,
                                  const std::string& key, const std::array<float, 3>& otherwise) {
  const auto found = metadata.find(key);
  if (found == metadata.end()) return otherwise;
  std::istringstream text(found->second);
  char first = 0, second = 0;
  std::array<float, 3> numbers{};
  if (!(text >> numbers[0] >> first >> numbers[1] >> second >> numbers[2]) || first != ',' ||
      second != ',') {
    throw Error(Fault::kModel, ErrorCode::kMalformed,
                Text("metadata ", key, " is '", found->second,
                     "': expected three comma-separated numbers"));
  }
  return numbers;
}

std::string Join(const std::array<float, 3>& numbers) {
  return Text(numbers[0], ",", numbers[1], ",", numbers[2]);
}

}  // namespace

Normalisation NormalisationOf(const Graph& model) {
  Normalisation normalisation;
  normalisation.mean = ThreeNumbers(model.metadata(), kMeanKey, normalisation.mean);
  normalisation.stddev = ThreeNumbers(model.metadata(), kStddevKey, normalisation.stddev);
  for (const float deviation : normalisation.stddev) {
    if (deviation > 0.0f) continue;
    throw Error(Fault::kModel, ErrorCode::kMalformed,
                Text("metadata ", kStddevKey, " holds ", deviation, ": expected more than 0"));
  }
  return normalisation;
}

Graph WithNormalisation(const Graph& model, const Normalisation& normalisation) {
  std::map<std::string, std::string> metadata = model.metadata();
  metadata[kMeanKey] = Join(normalisation.mean);
  metadata[kStddevKey] = Join(normalisation.stddev);
  return model.WithMetadata(std::move(metadata));
}

}  // namespace vigil
