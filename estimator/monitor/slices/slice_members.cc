#include "estimator/monitor/slices/slice_members.h"

#include <algorithm>
#include <map>

namespace vigil {
namespace {

// Tags that a verdict has, as places in a list of all.
struct TagTable {
  std::vector<SliceTag> tags;
  std::vector<std::int64_t> counts;
  std::vector<std::vector<int>> of_verdict;
};

TagTable TabulateTags(std::span<const Verdict> verdicts) {
  TagTable table;
  std::map<std::pair<std::string, std::string>, int> places;
  for (const Verdict& verdict : verdicts) {
    std::vector<int>& its = table.of_verdict.emplace_back();
    for (const auto& [key, value] : verdict.tags) {
      const auto [found, is_new] =
          places.try_emplace({key, value}, static_cast<int>(table.tags.size()));
      if (is_new) {
        table.tags.push_back({key, value});
        table.counts.push_back(0);
      }
      its.push_back(found->second);
      ++table.counts[static_cast<std::size_t>(found->second)];
    }
  }
  return table;
}

struct Candidate {
  std::vector<int> tags;  // places in the table
  std::int64_t verdicts = 0;
};

// Those with enough verdicts within and outside, the largest first.
std::vector<Candidate> LargeEnough(const std::map<std::vector<int>, std::int64_t>& counts,
                                   std::int64_t all, const SliceSearchOptions& options,
                                   std::int64_t& too_small) {
  std::vector<Candidate> candidates;
  for (const auto& [tags, verdicts] : counts) {
    if (verdicts < options.min_verdicts) {
      ++too_small;
    } else if (all - verdicts >= options.min_verdicts) {
      candidates.push_back({tags, verdicts});
    }
  }
  std::ranges::stable_sort(candidates, std::greater<>(), &Candidate::verdicts);
  return candidates;
}

SliceMembers MembersOf(const Candidate& candidate, const TagTable& table) {
  SliceMembers slice{.verdicts = candidate.verdicts};
  for (const int tag : candidate.tags)
    slice.tags.push_back(table.tags[static_cast<std::size_t>(tag)]);
  for (const std::vector<int>& its : table.of_verdict) {
    slice.in.push_back(std::ranges::all_of(
        candidate.tags, [&](int tag) { return std::ranges::find(its, tag) != its.end(); }));
  }
  return slice;
}

}  // namespace

SliceList ListSlices(std::span<const Verdict> verdicts, const SliceSearchOptions& options) {
  const TagTable table = TabulateTags(verdicts);
  const std::int64_t all = std::ssize(verdicts);
  SliceList list;
  const auto add = [&](const Candidate& candidate) {
    if (std::ssize(list.slices) >= options.max_slices) {
      ++list.left_out;
      return false;
    }
    list.slices.push_back(MembersOf(candidate, table));
    return true;
  };

  std::map<std::vector<int>, std::int64_t> singles;
  for (std::size_t tag = 0; tag < table.tags.size(); ++tag)
    singles[{static_cast<int>(tag)}] = table.counts[tag];
  std::map<int, int> place_of;  // of a tag in the list
  for (const Candidate& candidate : LargeEnough(singles, all, options, list.too_small)) {
    if (add(candidate)) place_of[candidate.tags[0]] = static_cast<int>(std::ssize(list.slices)) - 1;
  }
  if (!options.pairs) return list;

  std::map<std::vector<int>, std::int64_t> pairs;
  for (const std::vector<int>& its : table.of_verdict) {
    for (std::size_t i = 0; i < its.size(); ++i) {
      if (!place_of.contains(its[i])) continue;
      for (std::size_t j = i + 1; j < its.size(); ++j) {
        if (place_of.contains(its[j])) ++pairs[{its[i], its[j]}];
      }
    }
  }
  for (const Candidate& candidate : LargeEnough(pairs, all, options, list.too_small)) {
    const int first = place_of.at(candidate.tags[0]), second = place_of.at(candidate.tags[1]);
    const auto same_as = [&](int parent) {
      return list.slices[static_cast<std::size_t>(parent)].verdicts == candidate.verdicts;
    };
    if (same_as(first) || same_as(second)) continue;
    if (add(candidate)) list.slices.back().parents = {first, second};
  }
  return list;
}

}  // namespace vigil
