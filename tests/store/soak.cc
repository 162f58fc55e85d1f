// Two processes append, a third evaluates: for many small records, with real sealing and a verdict
// that costs nothing. Says what the store sustains, and fails where a record is lost, one is judged
// twice, or memory grows.
//   store_soak RECORDS [FOLDER]
#include <chrono>
#include <filesystem>
#include <iostream>
#include <thread>

#include "estimator/store/sealed_codec.h"
#include "tests/store/soak_processes.h"

namespace vigil::testing {
namespace {

void Evaluate(const std::string& path, const SecretKey& key, SoakCounters& counters) {
  Store store(path, SoakOptions(OpeningCodec({key})));
  while (true) {
    const bool last = counters.writers_done == kSoakWriters;
    const std::vector<Record> records = store.ReadUnjudged(256);
    if (records.empty()) {
      if (last) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      continue;
    }
    std::vector<Verdict> verdicts(records.size());
    for (std::size_t i = 0; i < records.size(); ++i) {
      verdicts[i].record_id = records[i].id;
      verdicts[i].p_correct = verdicts[i].p_correct_calibrated = 0.75f;
      verdicts[i].correct = true;
    }
    counters.judged += store.Judge(verdicts);
  }
}

bool Soak(std::int64_t records, const std::string& parent) {
  const SoakFolder folder(parent);
  const std::string path = folder.File("records.db");
  SoakCounters& counters = SharedSoakCounters();
  const SecretKey key = SecretKey::Generate();
  { const Store made(path, SoakOptions(OpeningCodec({key}))); }

  const std::vector<pid_t> writers = StartSoakWriters(path, key.public_key(), records, counters);
  const pid_t evaluator = StartProcess([&] { Evaluate(path, key, counters); });
  bool sound = WatchSoak(path, records, writers, evaluator, counters, [] {});
  for (const pid_t writer : writers) sound = EndedWell(writer) && sound;
  sound = EndedWell(evaluator) && sound;
  sound = SoundAfterSoak(path, {key}, records, counters) && sound;
  return sound;
}

}  // namespace
}  // namespace vigil::testing

int main(int argc, char** argv) {
  return vigil::testing::RunSoak("store_soak", vigil::testing::Soak, argc, argv);
}
