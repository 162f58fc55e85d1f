#include "estimator/verdict/model_keys.h"

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {

const std::string& RequiredKey(const Graph& model, const char* key, std::string_view owner) {
  const auto found = model.metadata().find(key);
  if (found == model.metadata().end()) {
    throw Error(Fault::kModel, ErrorCode::kMalformed,
                Text(owner, "'s metadata: '", key, "' is missing"));
  }
  return found->second;
}

std::vector<std::string> SplitNames(const std::string& text) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == ',') {
      parts.emplace_back();
    } else if (c != ' ') {
      parts.back() += c;
    }
  }
  return parts;
}

}  // namespace vigil
