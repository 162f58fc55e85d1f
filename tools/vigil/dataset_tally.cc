#include "tools/vigil/dataset_tally.h"

#include <algorithm>
#include <cstdio>
#include <iostream>

#include <nlohmann/json.hpp>

namespace vigil {
namespace {

double Percent(std::int64_t part, std::int64_t whole) {
  return 100.0 * static_cast<double>(part) / static_cast<double>(std::max<std::int64_t>(whole, 1));
}

std::int64_t Majority(const DatasetTally& tally) { return *std::ranges::max_element(tally.truths); }

}  // namespace

void DatasetTally::Add(const Task& task, const Sample& sample) {
  ++images;
  untouched += sample.applied.empty() ? 1 : 0;
  ++truths[static_cast<std::size_t>(task.TrueDecision(sample.truth))];
  for (std::size_t c = 0; c < applied.size(); ++c)
    applied[c] += sample.applied.Has(static_cast<Cause>(c)) ? 1 : 0;
  groups.insert(sample.group);
}

void PrintTally(const InspectedDataset& inspected, const DatasetTally& tally) {
  const auto line = [&](std::string_view name, std::int64_t count) {
    std::printf("  %-14s %5.1f %%  %8lld\n", std::string(name).c_str(),
                Percent(count, tally.images), static_cast<long long>(count));
  };
  std::printf("%s\n", inspected.data->name().c_str());
  std::printf("  looked at      %lld of %lld images, %zu groups, %.1f ms an image\n",
              static_cast<long long>(tally.images), static_cast<long long>(inspected.data->size()),
              tally.groups.size(), tally.milliseconds);
  for (const SkippedSample& skipped : inspected.skipped)
    std::printf("  left out       %s\n", skipped.reason.c_str());
  line("untouched", tally.untouched);
  for (const Cause cause : inspected.task.causes) {
    if (cause != Cause::kOther)
      line(CauseName(cause), tally.applied[static_cast<std::size_t>(cause)]);
  }
  if (!inspected.labelled) return;
  for (std::size_t d = 0; d < tally.truths.size(); ++d)
    line(inspected.task.labels[d], tally.truths[d]);
  if (inspected.task.kind == Task::Kind::kDirectness) {
    std::printf("  facing by the rule '%s'; always answering the commoner is right on %.1f %%\n",
                std::string(DirectnessRuleName(inspected.task.rule)).c_str(),
                Percent(Majority(tally), tally.images));
  }
}

void PrintTallyJson(const InspectedDataset& inspected, const DatasetTally& tally) {
  nlohmann::json report{{"dataset", inspected.data->name()},
                        {"size", inspected.data->size()},
                        {"images", tally.images},
                        {"groups", tally.groups.size()},
                        {"untouched", tally.untouched},
                        {"left_out", nlohmann::json::array()},
                        {"milliseconds_per_image", tally.milliseconds}};
  for (const SkippedSample& skipped : inspected.skipped)
    report["left_out"].push_back(skipped.reason);
  for (const Cause cause : inspected.task.causes) {
    if (cause != Cause::kOther)
      report["applied"][std::string(CauseName(cause))] =
          tally.applied[static_cast<std::size_t>(cause)];
  }
  for (std::size_t d = 0; inspected.labelled && d < tally.truths.size(); ++d)
    report["truth"][inspected.task.labels[d]] = tally.truths[d];
  if (inspected.labelled) {
    report["majority_class_accuracy"] =
        static_cast<double>(Majority(tally)) /
        static_cast<double>(std::max<std::int64_t>(tally.images, 1));
  }
  if (inspected.task.kind == Task::Kind::kDirectness)
    report["directness"] = DirectnessRuleName(inspected.task.rule);
  std::cout << report.dump(2) << "\n";
}

}  // namespace vigil
