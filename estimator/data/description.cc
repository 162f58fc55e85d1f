#include "estimator/data/description.h"

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

}  // namespace vigil
