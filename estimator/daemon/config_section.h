// One table of a TOML file, read key by key. Private to this room: toml.hpp costs seconds.
#ifndef VIGIL_ESTIMATOR_DAEMON_CONFIG_SECTION_H_
#define VIGIL_ESTIMATOR_DAEMON_CONFIG_SECTION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <toml++/toml.h>

namespace vigil {

// Each reader gives the key's value, or `standard` where it does not stand; they throw Error (Api,
// kInvalidValue) with file, line, table and key otherwise. Close refuses keys that nobody asked
// for.
class ConfigSection {
 public:
  // `table` may be null: every key has its standard value then.
  ConfigSection(std::string file, std::string name, const toml::table* table)
      : file_(std::move(file)), name_(std::move(name)), table_(table) {}

  std::string String(const char* key, const std::string& standard);
  std::string OneOf(const char* key, const std::string& standard,
                    const std::vector<std::string>& allowed);
  bool Bool(const char* key, bool standard);
  std::int64_t Integer(const char* key, std::int64_t standard, std::int64_t low, std::int64_t high);
  double Number(const char* key, double standard, double low, double high);
  // `false` switches a limit off.
  std::optional<double> Limit(const char* key, std::optional<double> standard, double low,
                              double high);
  std::vector<std::string> Strings(const char* key);
  bool Has(const char* key) const { return table_ && table_->contains(key); }

  void Know(std::string key) { known_.push_back(std::move(key)); }  // somebody else reads it
  void Close() const;

  [[noreturn]] void Refuse(const char* key, const std::string& expected) const;

 private:
  const toml::node* Find(const char* key);

  std::string file_, name_;
  const toml::table* table_;
  std::vector<std::string> known_;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DAEMON_CONFIG_SECTION_H_
