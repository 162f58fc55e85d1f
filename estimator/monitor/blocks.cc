#include "estimator/monitor/blocks.h"

#include <cmath>
#include <map>

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

// Numbers things in the order in which they are first met.
template <typename Key>
class Numbering {
 public:
  int Of(const Key& key) {
    return numbers_.try_emplace(key, static_cast<int>(numbers_.size())).first->second;
  }
  int size() const { return static_cast<int>(numbers_.size()); }

 private:
  std::map<Key, int> numbers_;
};

void CheckSameModels(const Verdict& verdict, const Verdict& first) {
  if (verdict.model_hash == first.model_hash && verdict.estimator_hash == first.estimator_hash) {
    return;
  }
  throw Error(Fault::kApi, ErrorCode::kMisuse,
              Text("record ", verdict.record_id, " is of model ", HashToHex(verdict.model_hash),
                   " and estimator ", HashToHex(verdict.estimator_hash), ", expected ",
                   HashToHex(first.model_hash), " and ", HashToHex(first.estimator_hash),
                   " as of the window's first"));
}

const std::string& TagOf(const Verdict& verdict, const std::string& tag) {
  const auto found = verdict.tags.find(tag);
  if (found == verdict.tags.end()) {
    throw Error(
        Fault::kApi, ErrorCode::kMisuse,
        Text("record ", verdict.record_id, " has no tag '", tag, "', which was to name its block"));
  }
  return found->second;
}

std::int64_t StretchOf(const Verdict& verdict, double seconds) {
  return static_cast<std::int64_t>(
      std::floor(static_cast<double>(verdict.time_micros) / (seconds * 1e6)));
}

std::map<std::int64_t, double> EpochWeights(std::span<const Verdict> verdicts,
                                            std::span<const EpochCounts> counts) {
  std::map<std::int64_t, std::int64_t> present;
  for (const Verdict& verdict : verdicts) ++present[verdict.epoch];
  std::map<std::int64_t, double> weights;
  for (const EpochCounts& count : counts) {
    const auto found = present.find(count.epoch);
    if (found == present.end()) continue;
    if (count.judged < found->second || count.seen < count.judged) {
      throw Error(
          Fault::kInput, ErrorCode::kInvalidValue,
          Text("epoch ", count.epoch, " counts ", count.seen, " seen and ", count.judged,
               " judged beside ", found->second, " verdicts, expected seen >= judged >= verdicts"));
    }
    weights[count.epoch] = static_cast<double>(count.seen) / static_cast<double>(count.judged);
  }
  for (const auto& [epoch, members] : present) {
    if (counts.empty()) {
      weights[epoch] = 1.0;
    } else if (!weights.contains(epoch)) {
      throw Error(Fault::kApi, ErrorCode::kMisuse,
                  Text("epoch ", epoch, " has ", members, " verdicts and no counts"));
    }
  }
  return weights;
}

}  // namespace

Window WeighRecords(std::span<const Verdict> verdicts, std::span<const EpochCounts> counts,
                    const BlockOptions& options) {
  const std::map<std::int64_t, double> weights = EpochWeights(verdicts, counts);
  if (!options.independent && options.tag.empty() && !(options.seconds > 0.0)) {
    throw Error(Fault::kApi, ErrorCode::kMisuse,
                Text("blocks of ", options.seconds, " s, expected more than 0"));
  }
  Numbering<std::int64_t> epochs, stretches;
  Numbering<std::string> tags;
  Window window;
  for (const Verdict& verdict : verdicts) {
    CheckSameModels(verdict, verdicts.front());
    WeightedRecord record{.weight = weights.at(verdict.epoch), .epoch = epochs.Of(verdict.epoch)};
    if (options.independent) {
      record.block = static_cast<int>(window.records.size());
    } else if (!options.tag.empty()) {
      record.block = tags.Of(TagOf(verdict, options.tag));
    } else {
      record.block = stretches.Of(StretchOf(verdict, options.seconds));
    }
    window.blocks = std::max(window.blocks, record.block + 1);
    window.total_weight += record.weight;
    window.records.push_back(record);
  }
  window.epochs = epochs.size();
  return window;
}

MeanVariance VarianceOfMean(const Window& window, std::span<const double> values) {
  VIGIL_CHECK(!values.empty() && values.size() == window.records.size());
  MeanVariance variance;
  std::vector<double> epoch_sum(static_cast<std::size_t>(window.epochs), 0.0);
  std::vector<double> epoch_records(epoch_sum.size(), 0.0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto epoch = static_cast<std::size_t>(window.records[i].epoch);
    variance.mean += window.records[i].weight * values[i] / window.total_weight;
    epoch_sum[epoch] += values[i];
    epoch_records[epoch] += 1.0;
  }
  std::vector<double> block_sum(static_cast<std::size_t>(window.blocks), 0.0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const WeightedRecord& record = window.records[i];
    const double share = record.weight / window.total_weight;
    const double deviation = values[i] - variance.mean;
    block_sum[static_cast<std::size_t>(record.block)] += share * deviation;
    variance.independent += share * share * deviation * deviation;
    // An epoch of one verdict shows no spread of its own: the window's stands in.
    const auto epoch = static_cast<std::size_t>(record.epoch);
    const double members = epoch_records[epoch];
    const double within = members > 1.0 ? values[i] - epoch_sum[epoch] / members : deviation;
    const double correction = members > 1.0 ? members / (members - 1.0) : 1.0;
    variance.sampling += share * share * (1.0 - 1.0 / record.weight) * within * within * correction;
  }
  const auto unbiased = [](double units) { return units > 1.0 ? units / (units - 1.0) : 1.0; };
  for (const double sum : block_sum) variance.clustered += sum * sum;
  variance.clustered *= unbiased(window.blocks);
  variance.independent *= unbiased(static_cast<double>(values.size()));
  return variance;
}

}  // namespace vigil
