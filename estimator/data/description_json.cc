// Descriptions to and from JSON.
#include <algorithm>
#include <limits>
#include <set>

#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/nearest_name.h"
#include "engine/base/text.h"
#include "estimator/data/augment/severity_ranges.h"
#include "estimator/data/description.h"

namespace vigil {
namespace {

using Json = nlohmann::json;

const std::vector<std::string>& Keys() {
  static const std::vector<std::string> keys = {
      "source", "task",  "directness", "split",    "fold",   "batches",   "persons", "note",
      "seed",   "count", "variant",    "severity", "ranges", "untouched", "side"};
  return keys;
}

// One object of the file, each key looked up once.
class Reader {
 public:
  Reader(const Json& object, std::string name) : object_(object), name_(std::move(name)) {}

  void CheckKeys() const {
    for (const auto& [key, value] : object_.items()) {
      if (std::ranges::find(Keys(), key) != Keys().end()) continue;
      Refuse(Text("no key '", key, "'; did you mean '", NearestName(key, Keys()), "'?"));
    }
  }

  void Read(const char* key, std::string& value) const {
    if (const Json* found = Find(key)) {
      if (!found->is_string()) RefuseValue(key, "a string");
      value = found->get<std::string>();
    }
  }

  void Read(const char* key, std::string& value, const std::vector<std::string>& choices) const {
    Read(key, value);
    if (std::ranges::find(choices, value) != choices.end()) return;
    std::string list;
    for (const std::string& choice : choices)
      list += (list.empty() ? "" : &choice == &choices.back() ? " or " : ", ") + choice;
    Refuse(Text("'", key, "' is '", value, "', expected ", list));
  }

  template <typename Number>
  void Read(const char* key, Number& value, std::uint64_t low, std::uint64_t high) const {
    if (const Json* found = Find(key)) value = static_cast<Number>(Whole(key, *found, low, high));
  }

  void Read(const char* key, std::vector<int>& values, int low, int high) const {
    const Json* found = Find(key);
    if (found == nullptr) return;
    if (!found->is_array() || found->empty()) RefuseValue(key, "a list of numbers");
    for (const Json& item : *found) {
      values.push_back(static_cast<int>(
          Whole(key, item, static_cast<std::uint64_t>(low), static_cast<std::uint64_t>(high))));
    }
  }

  void ReadFraction(const char* key, double& value) const {
    const Json* found = Find(key);
    if (found == nullptr) return;
    if (!found->is_number() || found->get<double>() < 0.0 || found->get<double>() > 1.0)
      RefuseValue(key, "a number from 0 to 1");
    value = found->get<double>();
  }

  void ReadRanges(std::map<std::string, Range>& ranges) const {
    const Json* found = Find("ranges");
    if (found == nullptr) return;
    if (!found->is_object()) RefuseValue("ranges", "an object of [low, high]");
    std::vector<std::string> names;
    for (const SeverityRange& range : kSeverityRanges) names.emplace_back(range.name);
    for (const auto& [key, value] : found->items()) {
      const SeverityRange* known = FindSeverityRange(key);
      if (known == nullptr)
        Refuse(Text("no range '", key, "'; did you mean '", NearestName(key, names), "'?"));
      const bool pair =
          value.is_array() && value.size() == 2 && value[0].is_number() && value[1].is_number();
      const Range range = pair ? Range{value[0].get<double>(), value[1].get<double>()} : Range{};
      if (!pair || !(range.low >= known->limits.low && range.low <= range.high &&
                     range.high <= known->limits.high)) {
        Refuse(Text("range '", key, "' is ", value.dump(), ", expected [low, high] within ",
                    known->limits.low, " to ", known->limits.high));
      }
      ranges[key] = range;
    }
  }

  // Where `holds`, nothing; else the key must not be there.
  void Only(const char* key, bool holds, const char* with) const {
    if (!holds && object_.contains(key)) Refuse(Text("'", key, "' is for ", with, " alone"));
  }

  [[noreturn]] void Refuse(const std::string& what) const {
    throw Error(Fault::kInput, ErrorCode::kMalformed, Text("description '", name_, "': ", what));
  }

 private:
  const Json* Find(const char* key) const {
    const auto found = object_.find(key);
    return found == object_.end() ? nullptr : &*found;
  }

  [[noreturn]] void RefuseValue(const char* key, const std::string& expected) const {
    Refuse(Text("'", key, "' is ", object_.at(key).dump(), ", expected ", expected));
  }

  std::uint64_t Whole(const char* key, const Json& value, std::uint64_t low,
                      std::uint64_t high) const {
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() < low ||
        value.get<std::uint64_t>() > high) {
      Refuse(Text("'", key, "' is ", value.dump(), ", expected a whole number from ", low, " to ",
                  high));
    }
    return value.get<std::uint64_t>();
  }

  const Json& object_;
  std::string name_;
};

// nlohmann takes the last of two equal keys; a description with both is a mistake.
Json ParseOnce(const std::string& text, const std::string& name) {
  const auto refuse = [&](const std::string& what) {
    throw Error(Fault::kInput, ErrorCode::kMalformed, Text("description '", name, "': ", what));
  };
  std::vector<std::set<std::string>> seen;
  std::string twice;
  const auto watch = [&](int, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) seen.emplace_back();
    if (event == Json::parse_event_t::object_end) seen.pop_back();
    if (event == Json::parse_event_t::key && !seen.back().insert(parsed.get<std::string>()).second)
      twice = parsed.get<std::string>();
    return true;
  };
  try {
    Json object = Json::parse(text, watch, true, true);
    if (!twice.empty()) refuse(Text("'", twice, "' stands there twice"));
    if (!object.is_object()) refuse("expected an object with 'source' and more");
    return object;
  } catch (const Json::exception& error) {
    throw Error(Fault::kInput, ErrorCode::kMalformed,
                Text("description '", name, "': no JSON: ", error.what()));
  }
}

std::vector<std::string> SplitsOf(const std::string& source) {
  if (source == "cifar10") return {"target", "estimator", "validate", "test", "all"};
  if (source == "headpose") return {"train", "validate", "test", "all"};
  return {"all"};
}

}  // namespace

DatasetDescription ParseDescription(const std::string& text, const std::string& name) {
  const Json object = ParseOnce(text, name);
  const Reader reader(object, name);
  reader.CheckKeys();
  DatasetDescription d;
  reader.Read("source", d.source, {"heads", "cifar10", "headpose", "xgaze", "images"});
  const bool cifar = d.source == "cifar10", photos = d.source == "headpose";
  reader.Only("task", d.source == "images", "source images");
  reader.Only("batches", cifar, "source cifar10");
  reader.Only("fold", photos, "source headpose");
  reader.Only("persons", photos || d.source == "xgaze", "sources headpose and xgaze");
  reader.Read("task", d.task, {"directness", "cifar10"});
  reader.Only("directness", !cifar && d.task == "directness", "task directness");
  reader.Only("split", !object.contains("batches") && !object.contains("persons"),
              "descriptions without batches or persons");
  reader.Read("directness", d.directness, {"angle", "printed"});
  reader.Read("split", d.split, SplitsOf(d.source));
  reader.Read("fold", d.fold, 1, 5);
  reader.Read("batches", d.batches, 0, 5);
  reader.Read("persons", d.persons, 0, 1 << 20);
  reader.Read("note", d.note);
  reader.Read("seed", d.seed, 0, std::numeric_limits<std::uint64_t>::max());
  reader.Read("count", d.count, 1, 10'000'000);
  reader.Read("variant", d.variant, {"clean", "1-cause", "2-cause"});
  reader.Read("severity", d.severity, SeverityNames());
  reader.ReadRanges(d.ranges);
  reader.ReadFraction("untouched", d.untouched);
  reader.Read("side", d.side, 8, 1024);
  return d;
}

DatasetDescription ReadDescription(const std::filesystem::path& path) {
  const std::vector<std::byte> bytes = ReadFileBytes(path);
  return ParseDescription({reinterpret_cast<const char*>(bytes.data()), bytes.size()},
                          path.string());
}

std::string DescriptionText(const DatasetDescription& d) {
  const DatasetDescription usual;
  nlohmann::ordered_json object{{"source", d.source}};
  const auto put = [&](const char* key, const auto& value, const auto& otherwise) {
    if (value != otherwise) object[key] = value;
  };
  put("task", d.task, usual.task);
  put("directness", d.directness, usual.directness);
  put("split", d.split, usual.split);
  put("fold", d.fold, usual.fold);
  put("batches", d.batches, usual.batches);
  put("persons", d.persons, usual.persons);
  put("note", d.note, usual.note);
  put("seed", d.seed, usual.seed);
  put("count", d.count, usual.count);
  put("variant", d.variant, usual.variant);
  put("severity", d.severity, usual.severity);
  for (const auto& [name, range] : d.ranges) object["ranges"][name] = {range.low, range.high};
  put("untouched", d.untouched, usual.untouched);
  put("side", d.side, usual.side);
  return object.dump();
}

}  // namespace vigil
