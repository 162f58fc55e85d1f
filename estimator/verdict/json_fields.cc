#include "estimator/verdict/json_fields.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {

using nlohmann::json;

void JsonFields::Refuse(const std::string& message) const {
  throw Error(Fault::kModel, ErrorCode::kMalformed, Text(key_, ": ", message));
}

json JsonFields::Parse(std::string_view text) const {
  json document = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object()) Refuse("not a JSON object");
  return document;
}

int JsonFields::Version(const json& object, std::initializer_list<int> known) const {
  const json& version = Field(object, "version");
  std::string expected;
  for (const int each : known) {
    if (version.is_number_integer() && version == each) return each;
    expected += Text(expected.empty() ? "" : " or ", each);
  }
  throw Error(Fault::kModel, ErrorCode::kUnsupported,
              Text(key_, ": version ", version.dump(), ", expected ", expected));
}

const json& JsonFields::Field(const json& object, const char* name) const {
  const auto found = object.find(name);  // the end where it is no object
  if (found == object.end()) Refuse(Text("'", name, "' is missing"));
  return *found;
}

const json& JsonFields::Object(const json& object, const char* name) const {
  const json& field = Field(object, name);
  if (!field.is_object()) Refuse(Text("'", name, "' is ", field.dump(), ", expected an object"));
  return field;
}

const json& JsonFields::Array(const json& object, const char* name, std::size_t at_most) const {
  return CheckedArray(Field(object, name), name, at_most);
}

const json& JsonFields::CheckedArray(const json& array, const char* name,
                                     std::size_t at_most) const {
  if (!array.is_array() || array.size() > at_most)
    Refuse(Text("'", name, "' is not an array of at most ", at_most, " elements"));
  return array;
}

std::string JsonFields::String(const json& object, const char* name) const {
  const json& field = Field(object, name);
  if (!field.is_string()) Refuse(Text("'", name, "' is ", field.dump(), ", expected a text"));
  return field.get<std::string>();
}

bool JsonFields::Flag(const json& object, const char* name) const {
  const json& field = Field(object, name);
  if (!field.is_boolean())
    Refuse(Text("'", name, "' is ", field.dump(), ", expected true or false"));
  return field.get<bool>();
}

double JsonFields::Number(const json& object, const char* name, double low, double high) const {
  const json& field = Field(object, name);
  if (!field.is_number() || !(field.get<double>() >= low && field.get<double>() <= high)) {
    Refuse(Text("'", name, "' is ", field.dump(), ", expected a number from ", low, " to ", high));
  }
  return field.get<double>();
}

std::int64_t JsonFields::Integer(const json& object, const char* name, std::int64_t low,
                                 std::int64_t high) const {
  const json& field = Field(object, name);
  // As a double first, which any JSON number fits.
  if (!field.is_number_integer() || field.get<double>() < static_cast<double>(low) ||
      field.get<double>() > static_cast<double>(high)) {
    Refuse(Text("'", name, "' is ", field.dump(), ", expected a whole number from ", low, " to ",
                high));
  }
  return field.get<std::int64_t>();
}

std::vector<double> JsonFields::Numbers(const json& object, const char* name,
                                        std::size_t at_most) const {
  return NumbersOf(Field(object, name), name, at_most);
}

std::vector<double> JsonFields::NumbersOf(const json& array, const char* name,
                                          std::size_t at_most) const {
  std::vector<double> values;
  for (const json& value : CheckedArray(array, name, at_most)) {
    if (!value.is_number() || !std::isfinite(value.get<double>()))
      Refuse(Text("'", name, "' has ", value.dump(), ", expected a finite number"));
    values.push_back(value.get<double>());
  }
  return values;
}

}  // namespace vigil
