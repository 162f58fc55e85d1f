// Two processes append, a third evaluates: for many small records, with real sealing and a verdict
// that costs nothing. Says what the store sustains, and fails where a record is lost, one is judged
// twice, or memory grows.
//   store_soak RECORDS [FOLDER]
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <new>
#include <thread>
#include <vector>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/text.h"
#include "estimator/store/sealed_codec.h"
#include "estimator/store/store.h"

namespace vigil {
namespace {

constexpr int kWriters = 2;
constexpr std::int64_t kRecordsAtOnce = 32;  // as RecordKeeper stores them
constexpr std::int64_t kMaxWaiting = 20000;
constexpr std::int64_t kMaxGrowth = 8 << 20;  // of a process, from 10 % on

// Between the processes.
struct Counters {
  std::atomic<std::int64_t> appended{0}, late{0}, judged{0};
  std::atomic<int> writers_done{0};
};

StoreOptions Options(std::shared_ptr<const PayloadCodec> codec) {
  StoreOptions options;
  options.max_records_per_hour = options.max_written_per_day = WriteRoom::kUnbounded;
  options.busy_timeout = std::chrono::seconds(60);
  options.codec = std::move(codec);
  return options;
}

Record TinyRecord(std::int64_t number, const SamplingDecision& decision) {
  Record record;
  record.time_micros = SystemClock().WallMicros();
  record.model_hash = 7;
  record.epoch = decision.epoch;
  record.place = decision.place;
  record.output = {static_cast<float>(number)};
  record.taps.push_back({"features", {1, 16}, Encoding::kInt8, {}});
  record.taps[0].bytes.assign(EncodedSampleBytes(record.taps[0].shape, Encoding::kInt8),
                              static_cast<std::byte>(number));
  return record;
}

void Write(const std::string& path, const PublicKey& key, std::int64_t records, int seed,
           Counters& counters) {
  Store store(path, Options(SealingCodec(key)));
  EpochSampler sampler({.capacity = records,
                        .max_epoch = std::chrono::seconds(10),
                        .seed = static_cast<std::uint64_t>(seed)});
  for (std::int64_t done = 0; done < records;) {
    if (counters.appended - counters.judged > kMaxWaiting) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      continue;
    }
    std::vector<Record> batch;
    for (; batch.size() < kRecordsAtOnce && done + std::ssize(batch) < records;)
      batch.push_back(TinyRecord(done + std::ssize(batch), sampler.Next()));
    std::vector<EpochProgress> progress = sampler.TakeClosed();
    progress.push_back(sampler.Progress().value());
    const AppendResult result = store.Append(batch, progress);
    // Counted before the evaluator's next look at it matters: late ones never come to judgement.
    const std::int64_t late = std::ranges::count(result.ids, 0);
    counters.late += late;
    counters.appended += std::ssize(batch) - late;
    if (!result.closed_epochs.empty()) sampler.Close();
    done += std::ssize(batch);
  }
  ++counters.writers_done;
}

void Evaluate(const std::string& path, const SecretKey& key, Counters& counters) {
  Store store(path, Options(OpeningCodec({key})));
  while (true) {
    const bool last = counters.writers_done == kWriters;
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

template <typename Work>
pid_t Start(const Work& work) {
  const pid_t child = fork();
  if (child != 0) return child;
  try {
    work();
    _exit(0);
  } catch (const std::exception& error) {
    std::cerr << error.what() << std::endl;
    _exit(1);
  }
}

std::int64_t ResidentBytes(pid_t process) {
  std::ifstream in(Text("/proc/", process, "/statm"));
  std::int64_t size = 0, resident = 0;
  in >> size >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

// The journal goes with the last process that closes the store.
std::string KiB(const std::string& path) {
  std::error_code gone;
  const std::uintmax_t bytes = std::filesystem::file_size(path, gone);
  return gone ? "gone" : std::to_string(bytes / 1024) + " KiB";
}

int Main(std::int64_t records, const std::filesystem::path& folder) {
  std::string name = (folder / "vigil-soak-XXXXXX").string();
  if (!mkdtemp(name.data())) throw std::runtime_error("cannot make a folder below " + name);
  const std::string path = name + "/records.db";
  void* shared =
      mmap(nullptr, sizeof(Counters), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) throw std::runtime_error("no shared memory");
  auto& counters = *new (shared) Counters;
  const SecretKey key = SecretKey::Generate();
  { const Store made(path, Options(OpeningCodec({key}))); }

  const auto begin = std::chrono::steady_clock::now();
  std::array<pid_t, kWriters + 1> processes{};
  for (int i = 0; i < kWriters; ++i)
    processes[static_cast<std::size_t>(i)] =
        Start([&] { Write(path, key.public_key(), records / kWriters, i, counters); });
  processes.back() = Start([&] { Evaluate(path, key, counters); });

  std::array<std::int64_t, kWriters + 1> at_first{};
  bool sound = true;
  for (const int percent : {10, 50, 99}) {
    while ((counters.judged + counters.late) * 100 < records * percent &&
           waitpid(processes.back(), nullptr, WNOHANG) == 0)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    std::cout << percent << " %: " << counters.judged << " judged, "
              << static_cast<std::int64_t>(static_cast<double>(counters.judged) / seconds)
              << " records/s; RSS, KiB:";
    for (std::size_t i = 0; i < processes.size(); ++i) {
      const std::int64_t bytes = ResidentBytes(processes[i]);
      std::cout << (i < kWriters ? " writer " : " evaluator ") << bytes / 1024;
      if (percent == 10) at_first[i] = bytes;
      sound = sound && bytes <= at_first[i] + kMaxGrowth;
    }
    std::cout << "; file " << KiB(path) << ", journal " << KiB(path + "-wal") << std::endl;
  }
#if VIGIL_SANITIZED
  sound = true;  // a sanitizer's own bookkeeping grows
#endif
  if (!sound) std::cout << "memory grew by more than " << kMaxGrowth / 1024 << " KiB\n";
  for (const pid_t process : processes) {
    int status = 0;
    sound = (waitpid(process, &status, 0) < 0 || status == 0) && sound;
  }

  {
    Store store(path, Options(OpeningCodec({key})));
    for (const std::string& problem : store.Verify()) {
      sound = false;
      std::cout << problem << "\n";
    }
    const StoreStats stats = store.Stats();
    std::cout << counters.appended << " appended, " << counters.late << " late, " << counters.judged
              << " judged, " << stats.records << " waiting, " << stats.totals.expired
              << " expired\n";
    sound = sound && counters.appended + counters.late == records / kWriters * kWriters &&
            counters.appended == counters.judged && stats.records == 0;
  }
  std::filesystem::remove_all(name);
  std::cout << (sound ? "sound: every record was judged once\n" : "NOT SOUND\n");
  return sound ? 0 : 1;
}

}  // namespace
}  // namespace vigil

int main(int argc, char** argv) {
  const std::int64_t records = argc > 1 ? std::atoll(argv[1]) : 0;
  if (records < 1000) {
    std::cerr << "usage: store_soak RECORDS [FOLDER], at least 1000\n";
    return 2;
  }
  try {
    return vigil::Main(records,
                       argc > 2 ? argv[2] : std::filesystem::temp_directory_path().string());
  } catch (const std::exception& error) {
    std::cerr << "store_soak: " << error.what() << "\n";
    return 1;
  }
}
