#include "bench/monitors/made_records.h"

#include <algorithm>
#include <random>
#include <string>

#include "estimator/taps/stored_tap.h"

namespace vigil::bench {
namespace {

constexpr std::int64_t kFirstMicros = 1'700'000'000'000'000, kSecond = 1'000'000;
constexpr std::uint64_t kTargetHash = 7;

}  // namespace

std::vector<Record> MakeRecords(const Graph& target, std::size_t outputs, std::int64_t count) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  std::vector<Record> records;
  for (std::int64_t i = 0; i < count; ++i) {
    Record record{.id = i + 1,
                  .time_micros = kFirstMicros + i * 180 * kSecond,
                  .model_hash = kTargetHash,
                  .tags = {{"camera", i % 2 == 0 ? "front" : "rear"}}};
    for (const ValueId tap : target.taps()) {
      const Value& value = target.value(tap);
      Tensor tensor(TensorDesc{DType::kFloat32, value.desc.shape.With(0, 1)});
      for (float& each : tensor.as<float>()) each = std::max(0.0f, normal(random));
      StoredTap stored{value.name, tensor.shape(), Encoding::kInt8, {}};
      stored.bytes.resize(EncodedSampleBytes(tensor.shape(), stored.encoding));
      Encode(tensor.view(), stored.encoding, stored.bytes);
      record.taps.push_back(std::move(stored));
    }
    for (std::size_t k = 0; k < outputs; ++k) record.output.push_back(0.1f * normal(random));
    for (int k = 0; k < 8; ++k) record.statistics.push_back(0.5f + 0.1f * normal(random));
    records.push_back(std::move(record));
  }
  return records;
}

void FillWithVerdicts(Store& store, std::uint64_t estimator_hash, std::int64_t count) {
  constexpr std::int64_t kFrames = 4, kAtOnce = 500;
  const std::int64_t scene_micros = 30 * 86400 * kSecond / (count / kFrames + 1);
  const auto pick = [](std::mt19937_64& random, std::vector<std::string> values) {
    return values[random() % values.size()];
  };
  std::mt19937_64 random(1);
  std::uniform_real_distribution<float> uniform;
  std::map<std::string, std::string> tags;
  for (std::int64_t i = 0; i < count;) {
    std::vector<Record> records;
    for (; i < count && std::ssize(records) < kAtOnce; ++i) {
      if (i % kFrames == 0) {
        tags = {{"camera", pick(random, {"front", "rear"})},
                {"site", pick(random, {"a", "b", "c", "d"})},
                {"light", pick(random, {"day", "dusk", "night"})}};
      }
      records.push_back(
          {.time_micros = kFirstMicros + i / kFrames * scene_micros + i % kFrames * kSecond,
           .model_hash = kTargetHash,
           .epoch = i / kAtOnce + 1,
           .tags = tags,
           .output = {0.0f}});
    }
    store.Append(records);
    std::vector<Verdict> verdicts;
    for (const Record& record : store.ReadUnjudged(static_cast<int>(kAtOnce))) {
      Verdict& verdict = verdicts.emplace_back();
      verdict.record_id = record.id;
      verdict.estimator_hash = estimator_hash;
      verdict.correct = uniform(random) < 0.8f;
      verdict.p_correct = verdict.correct ? 0.5f + 0.5f * uniform(random) : 0.5f * uniform(random);
      verdict.p_correct_calibrated = verdict.p_correct;
    }
    store.Judge(verdicts);
  }
}

}  // namespace vigil::bench
