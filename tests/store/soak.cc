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

int Main(std::int64_t records, const std::string& parent) {
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
  std::cout << (sound ? "sound: every record was judged once\n" : "NOT SOUND\n");
  return sound ? 0 : 1;
}

}  // namespace
}  // namespace vigil::testing

int main(int argc, char** argv) {
  const std::int64_t records = argc > 1 ? std::atoll(argv[1]) : 0;
  if (records < 1000) {
    std::cerr << "usage: store_soak RECORDS [FOLDER], at least 1000\n";
    return 2;
  }
  try {
    return vigil::testing::Main(
        records, argc > 2 ? argv[2] : std::filesystem::temp_directory_path().string());
  } catch (const std::exception& error) {
    std::cerr << "store_soak: " << error.what() << "\n";
    return 1;
  }
}
