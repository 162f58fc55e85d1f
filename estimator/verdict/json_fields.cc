#include "estimator/verdict/json_fields.h"

#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {

using nlohmann::json;

void JsonFields::Refuse(const std::string& message) const {
  throw Error(Fault::kModel, ErrorCode::kMalformed, Text(key_, ": ", message));
}

const json& JsonFields::Field(const json& object, const char* name) const {
  const auto found = object.find(name);  // the end where it is no object
  if (found == object.end()) Refuse(Text("'", name, "' is missing"));
  return *found;
}

const json& JsonFields::Array(const json& object, const char* name, std::size_t at_most) const {
  const json& field = Field(object, name);
  if (!field.is_array() || field.size() > at_most)
    Refuse(Text("'", name, "' is not an array of at most ", at_most, " elements"));
  return field;
}

}  // namespace vigil
