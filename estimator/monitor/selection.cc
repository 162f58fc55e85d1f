#include "estimator/monitor/selection.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_set>
#include <utility>

namespace vigil {
namespace {

ModelPair ModelsOf(const Verdict& verdict) { return {verdict.model_hash, verdict.estimator_hash}; }

std::optional<ModelPair> NewestModels(std::span<const Verdict> verdicts,
                                      std::optional<std::uint64_t> estimator_hash) {
  const auto age = [](const Verdict& v) { return std::tuple(v.time_micros, v.record_id); };
  const Verdict* newest = nullptr;
  for (const Verdict& verdict : verdicts) {
    if (estimator_hash && verdict.estimator_hash != *estimator_hash) continue;
    if (newest == nullptr || age(*newest) < age(verdict)) newest = &verdict;
  }
  if (newest == nullptr) return std::nullopt;
  return ModelsOf(*newest);
}

}  // namespace

VerdictSelection SelectVerdicts(std::vector<Verdict> verdicts, std::span<const EpochCounts> epochs,
                                std::optional<std::uint64_t> estimator_hash) {
  VerdictSelection selection{.models = NewestModels(verdicts, estimator_hash)};
  std::unordered_set<std::int64_t> counted;
  for (const EpochCounts& count : epochs) counted.insert(count.epoch);
  std::map<ModelPair, std::int64_t> others;
  const auto leave_out = [&](const Verdict& verdict) {
    if (selection.models != ModelsOf(verdict)) {
      ++others[ModelsOf(verdict)];
      return true;
    }
    const bool forgotten = !epochs.empty() && !counted.contains(verdict.epoch);
    selection.without_counts += forgotten ? 1 : 0;
    return forgotten;
  };
  std::erase_if(verdicts, leave_out);
  selection.verdicts = std::move(verdicts);
  std::ranges::stable_sort(selection.verdicts, {}, &Verdict::time_micros);
  for (const auto& [models, count] : others) selection.left_out.push_back({models, count});
  std::ranges::stable_sort(selection.left_out, std::greater<>(), &LeftOutVerdicts::verdicts);
  return selection;
}

}  // namespace vigil
