#include "estimator/data/description.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "engine/base/error.h"
#include "estimator/data/augment/severity_ranges.h"

namespace vigil {

Task TaskOf(const DatasetDescription& description) {
  if (description.source == "cifar10") return CifarTask();
  Task task = TaskFromName(description.source == "images" ? description.task : "directness");
  task.rule = DirectnessRuleFromName(description.directness);
  return task;
}

AugmentOptions AugmentOptionsOf(const DatasetDescription& description) {
  AugmentOptions options{.task = TaskOf(description),
                         .mix = MixFromName(description.variant),
                         .seed = description.seed};
  options.severity = SeverityFor(options.task, description.severity);
  if (!description.ranges.empty()) options.severity.name += " with own ranges";
  for (const auto& [name, range] : description.ranges)
    options.severity.*FindSeverityRange(name)->range = range;
  if (description.untouched >= 0.0) options.mix.untouched = description.untouched;
  const bool classes = options.task.kind == Task::Kind::kClassification;
  options.side = description.side > 0 ? description.side : classes ? 32 : 224;
  return options;
}

std::string NearestName(std::string_view name, const std::vector<std::string>& names) {
  VIGIL_CHECK(!names.empty());
  const auto distance = [&](const std::string& other) {  // Levenshtein's
    if (!name.empty() && other.starts_with(name)) return std::size_t{0};
    std::vector<std::size_t> row(other.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < name.size(); ++i) {
      std::size_t diagonal = std::exchange(row[0], i + 1);
      for (std::size_t j = 0; j < other.size(); ++j) {
        const std::size_t changed = diagonal + (name[i] == other[j] ? 0 : 1);
        diagonal = row[j + 1];
        row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, changed});
      }
    }
    return row.back();
  };
  return *std::ranges::min_element(names, {}, distance);
}

}  // namespace vigil
