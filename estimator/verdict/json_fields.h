// Fields of a JSON object out of a model's metadata, each refused by its name.
#ifndef VIGIL_ESTIMATOR_VERDICT_JSON_FIELDS_H_
#define VIGIL_ESTIMATOR_VERDICT_JSON_FIELDS_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace vigil {

// All but Version throw Error (Model, kMalformed) that begins with the key and names the field,
// what it is and what was expected; a field that is missing is refused by all of them.
class JsonFields {
 public:
  // `key`: of the metadata. It outlives this.
  explicit constexpr JsonFields(const char* key) : key_(key) {}

  [[noreturn]] void Refuse(const std::string& message) const;
  // The text as an object.
  nlohmann::json Parse(std::string_view text) const;
  // The field "version". Throws Error (Model, kUnsupported) for one that is not among the known.
  int Version(const nlohmann::json& object, std::initializer_list<int> known) const;

  const nlohmann::json& Field(const nlohmann::json& object, const char* name) const;
  const nlohmann::json& Object(const nlohmann::json& object, const char* name) const;
  const nlohmann::json& Array(const nlohmann::json& object, const char* name,
                              std::size_t at_most) const;
  std::string String(const nlohmann::json& object, const char* name) const;
  bool Flag(const nlohmann::json& object, const char* name) const;
  double Number(const nlohmann::json& object, const char* name, double low = -1e300,
                double high = 1e300) const;
  std::int64_t Integer(const nlohmann::json& object, const char* name, std::int64_t low,
                       std::int64_t high) const;
  // An array of finite numbers, of any length up to `at_most`.
  std::vector<double> Numbers(const nlohmann::json& object, const char* name,
                              std::size_t at_most) const;
  // The same of an array that is no field but an element, say; `name` is what it is called.
  std::vector<double> NumbersOf(const nlohmann::json& array, const char* name,
                                std::size_t at_most) const;

 private:
  const nlohmann::json& CheckedArray(const nlohmann::json& array, const char* name,
                                     std::size_t at_most) const;

  const char* key_;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_VERDICT_JSON_FIELDS_H_
