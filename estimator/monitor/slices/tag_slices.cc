#include "estimator/monitor/slices/tag_slices.h"

#include <algorithm>
#include <map>
#include <utility>

namespace vigil {
namespace {

using Members = std::vector<const Verdict*>;

struct Group {
  std::string name;
  Members members;
};

// The largest first, and of equals in the order of their names.
std::vector<Group> BySize(const std::map<std::string, Members>& members) {
  std::vector<Group> groups;
  for (const auto& [name, of_it] : members) groups.push_back({name, of_it});
  std::ranges::stable_sort(groups, std::greater<>(),
                           [](const Group& group) { return group.members.size(); });
  return groups;
}

Estimate Of(const Members& members, const PartEstimator& estimator) {
  std::vector<Verdict> part;
  for (const Verdict* verdict : members) part.push_back(*verdict);
  return estimator.Of(part);
}

TagSlices SliceBy(const std::string& key, const Members& members, const PartEstimator& estimator,
                  const TagSliceOptions& options) {
  TagSlices slices{.key = key};
  std::map<std::string, Members> by_value;
  for (const Verdict* verdict : members) by_value[verdict->tags.at(key)].push_back(verdict);
  for (const Group& group : BySize(by_value)) {
    TagValue slice{.value = group.name, .verdicts = std::ssize(group.members)};
    if (std::ssize(slices.values) >= options.max_values) {
      ++slices.further_values;
      slices.further_verdicts += slice.verdicts;
      continue;
    }
    if (slice.verdicts >= options.min_verdicts) slice.estimate = Of(group.members, estimator);
    slices.values.push_back(std::move(slice));
  }
  return slices;
}

}  // namespace

std::vector<TagSlices> EstimateByTag(std::span<const Verdict> verdicts,
                                     const PartEstimator& estimator,
                                     const TagSliceOptions& options) {
  std::map<std::string, Members> by_key;
  for (const Verdict& verdict : verdicts) {
    for (const auto& [key, value] : verdict.tags) by_key[key].push_back(&verdict);
  }
  std::vector<TagSlices> slices;
  for (const Group& group : BySize(by_key)) {
    if (std::ssize(slices) >= options.max_keys) break;
    slices.push_back(SliceBy(group.name, group.members, estimator, options));
    slices.back().without = std::ssize(verdicts) - std::ssize(group.members);
  }
  return slices;
}

}  // namespace vigil
