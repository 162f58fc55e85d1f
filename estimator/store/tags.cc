#include "estimator/store/tags.h"

#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {

std::string TagsToText(const std::map<std::string, std::string>& tags) {
  try {
    return nlohmann::json(tags).dump();
  } catch (const nlohmann::json::exception&) {
    throw Error(Fault::kInput, ErrorCode::kInvalidValue,
                Text("one of a record's ", tags.size(), " tags: expected UTF-8"));
  }
}

std::map<std::string, std::string> TagsFromText(const std::string& text) {
  try {
    return nlohmann::json::parse(text).get<std::map<std::string, std::string>>();
  } catch (const nlohmann::json::exception&) {
    throw Error(Fault::kInput, ErrorCode::kMalformed,
                Text("tags of ", text.size(), " bytes: expected a JSON object of strings"));
  }
}

}  // namespace vigil
