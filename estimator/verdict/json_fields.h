// Fields of a JSON object out of a model's metadata, each refused by its name.
#ifndef VIGIL_ESTIMATOR_VERDICT_JSON_FIELDS_H_
#define VIGIL_ESTIMATOR_VERDICT_JSON_FIELDS_H_

#include <cstddef>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace vigil {

class JsonFields {
 public:
  // `key`: of the metadata, which messages begin with. It outlives this.
  explicit constexpr JsonFields(const char* key) : key_(key) {}

  // Throws Error (Model, kMalformed).
  [[noreturn]] void Refuse(const std::string& message) const;
  // These throw it for a field that is missing, or an array that is none or too long.
  const nlohmann::json& Field(const nlohmann::json& object, const char* name) const;
  const nlohmann::json& Array(const nlohmann::json& object, const char* name,
                              std::size_t at_most) const;

 private:
  const char* key_;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_VERDICT_JSON_FIELDS_H_
