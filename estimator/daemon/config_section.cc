#include "estimator/daemon/config_section.h"

#include <algorithm>
#include <sstream>

#include "engine/base/error.h"
#include "engine/base/nearest_name.h"
#include "engine/base/text.h"

namespace vigil {

const toml::node* ConfigSection::Find(const char* key) {
  known_.emplace_back(key);
  return table_ ? table_->get(key) : nullptr;
}

void ConfigSection::Refuse(const char* key, const std::string& expected) const {
  const toml::node* node = table_ ? table_->get(key) : nullptr;
  std::ostringstream holds;
  if (node) node->visit([&](const auto& value) { holds << value; });
  throw Error(
      Fault::kApi, ErrorCode::kInvalidValue,
      Text("config '", file_, "'", node ? Text(", line ", node->source().begin.line) : "", ", [",
           name_, "] ", key, node ? " = " : "", holds.str(), ": expected ", expected));
}

std::string ConfigSection::String(const char* key, const std::string& standard) {
  const toml::node* node = Find(key);
  if (!node) return standard;
  if (const auto* text = node->as_string()) return text->get();
  Refuse(key, "a text in quotes");
}

std::string ConfigSection::OneOf(const char* key, const std::string& standard,
                                 const std::vector<std::string>& allowed) {
  std::string value = String(key, standard);
  if (std::ranges::find(allowed, value) != allowed.end()) return value;
  std::string names;
  for (const std::string& name : allowed) names += Text(names.empty() ? "" : ", ", '"', name, '"');
  Refuse(key, "one of " + names);
}

bool ConfigSection::Bool(const char* key, bool standard) {
  const toml::node* node = Find(key);
  if (!node) return standard;
  if (const auto* value = node->as_boolean()) return value->get();
  Refuse(key, "true or false");
}

std::int64_t ConfigSection::Integer(const char* key, std::int64_t standard, std::int64_t low,
                                    std::int64_t high) {
  const toml::node* node = Find(key);
  if (!node) return standard;
  const auto* value = node->as_integer();
  if (value && value->get() >= low && value->get() <= high) return value->get();
  Refuse(key, Text("a whole number from ", low, " to ", high));
}

double ConfigSection::Number(const char* key, double standard, double low, double high) {
  const toml::node* node = Find(key);
  if (!node) return standard;
  const std::optional<double> value = node->value<double>();
  // A comparison that NaN fails, since TOML can write it.
  if (value && node->is_number() && *value >= low && *value <= high) return *value;
  Refuse(key, Text("a number from ", low, " to ", high));
}

std::optional<double> ConfigSection::Limit(const char* key, std::optional<double> standard,
                                           double low, double high) {
  const toml::node* node = Find(key);
  if (!node) return standard;
  const auto* off = node->as_boolean();
  if (off && !off->get()) return std::nullopt;
  const std::optional<double> value = node->value<double>();
  if (value && node->is_number() && *value >= low && *value <= high) return *value;
  Refuse(key, Text("a number from ", low, " to ", high, ", or false for no limit"));
}

std::vector<std::string> ConfigSection::Strings(const char* key) {
  const toml::node* node = Find(key);
  if (!node) return {};
  std::vector<std::string> values;
  if (const auto* array = node->as_array()) {
    for (const toml::node& element : *array) {
      const auto* text = element.as_string();
      if (!text) Refuse(key, "a list of texts in quotes");
      values.push_back(text->get());
    }
    return values;
  }
  Refuse(key, "a list of texts in quotes");
}

void ConfigSection::Close() const {
  if (!table_) return;
  for (const auto& [key, node] : *table_) {
    const std::string name(key.str());
    if (std::ranges::find(known_, name) != known_.end()) continue;
    throw Error(Fault::kApi, ErrorCode::kInvalidValue,
                Text("config '", file_, "', line ", node.source().begin.line, ", [", name_,
                     "]: no key '", name, "'; did you mean '", NearestName(name, known_), "'?"));
  }
}

}  // namespace vigil
