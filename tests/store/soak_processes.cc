#include "tests/store/soak_processes.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <new>
#include <span>
#include <stdexcept>
#include <thread>

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/text.h"
#include "estimator/store/sealed_codec.h"

namespace vigil::testing {
namespace {

constexpr std::int64_t kRecordsAtOnce = 32;  // as RecordKeeper stores them
constexpr std::int64_t kMaxWaiting = 20000;
constexpr std::int64_t kMaxGrowth = 8 << 20;

Record TinyRecord(std::int64_t number, const SamplingDecision& decision) {
  Record record;
  record.time_micros = SystemClock().WallMicros();
  record.model_hash = 7;
  record.epoch = decision.epoch;
  record.place = decision.place;
  record.output = {static_cast<float>(number)};
  const std::array features{static_cast<float>(number % 256), 1.0f};
  const auto bytes = std::as_bytes(std::span(features));
  record.taps.push_back({"features", {1, 2}, Encoding::kFloat32, {bytes.begin(), bytes.end()}});
  return record;
}

void Write(const std::string& path, const PublicKey& key, std::int64_t records, int seed,
           SoakCounters& counters) {
  Store store(path, SoakOptions(SealingCodec(key)));
  EpochSampler sampler({.capacity = records,
                        .max_epoch = std::chrono::seconds(10),
                        .seed = static_cast<std::uint64_t>(seed)});
  for (std::int64_t done = 0; done < records;) {
    if (counters.appended - counters.judged > kMaxWaiting) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      continue;
    }
    std::vector<Record> batch;
    for (; std::ssize(batch) < kRecordsAtOnce && done + std::ssize(batch) < records;)
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

// Leaves its status to be waited for.
bool HasEnded(pid_t process) {
  siginfo_t info{};
  return waitid(P_PID, static_cast<id_t>(process), &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
         info.si_pid != 0;
}

}  // namespace

SoakCounters& SharedSoakCounters() {
  void* shared = mmap(nullptr, sizeof(SoakCounters), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) throw std::runtime_error("no shared memory");
  return *new (shared) SoakCounters;
}

StoreOptions SoakOptions(std::shared_ptr<const PayloadCodec> codec) {
  StoreOptions options;
  options.max_records_per_hour = options.max_written_per_day = WriteRoom::kUnbounded;
  options.busy_timeout = std::chrono::seconds(60);
  options.codec = std::move(codec);
  return options;
}

SoakFolder::SoakFolder(const std::string& parent) : path_(parent + "/vigil-soak-XXXXXX") {
  if (!mkdtemp(path_.data())) throw std::runtime_error("cannot make a folder in " + parent);
}

SoakFolder::~SoakFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

pid_t StartProcess(const std::function<void()>& work) {
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("cannot start a process");
  if (child != 0) return child;
  try {
    work();
    _exit(0);
  } catch (const std::exception& error) {
    std::cerr << error.what() << std::endl;
    _exit(1);
  }
}

std::vector<pid_t> StartSoakWriters(const std::string& path, const PublicKey& key,
                                    std::int64_t records, SoakCounters& counters) {
  std::vector<pid_t> writers;
  for (int i = 0; i < kSoakWriters; ++i)
    writers.push_back(StartProcess([&] { Write(path, key, records / kSoakWriters, i, counters); }));
  return writers;
}

bool WatchSoak(const std::string& path, std::int64_t records, const std::vector<pid_t>& writers,
               pid_t evaluator, SoakCounters& counters, const std::function<void()>& look) {
  const auto begin = std::chrono::steady_clock::now();
  std::vector<pid_t> processes = writers;
  processes.push_back(evaluator);
  std::vector<std::int64_t> at_first(processes.size(), 0);
  bool flat = true;
  for (const int percent : {10, 50, 99}) {
    while ((counters.judged + counters.late) * 100 < records * percent && !HasEnded(evaluator)) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      look();
    }
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    std::cout << percent << " %: " << counters.judged << " judged, "
              << static_cast<std::int64_t>(static_cast<double>(counters.judged) / seconds)
              << " records/s; RSS, KiB:";
    for (std::size_t i = 0; i < processes.size(); ++i) {
      const std::int64_t bytes = ResidentBytes(processes[i]);
      std::cout << (processes[i] == evaluator ? " evaluator " : " writer ") << bytes / 1024;
      if (percent == 10) at_first[i] = bytes;
      flat = flat && bytes <= at_first[i] + kMaxGrowth;
    }
    std::cout << "; file " << KiB(path) << ", journal " << KiB(path + "-wal") << std::endl;
  }
#if VIGIL_SANITIZED
  flat = true;  // a sanitizer's own bookkeeping grows
#endif
  if (!flat) std::cout << "memory grew by more than " << kMaxGrowth / 1024 << " KiB\n";
  return flat;
}

bool EndedWell(pid_t process) {
  int status = 0;
  return waitpid(process, &status, 0) == process && status == 0;
}

bool SoundAfterSoak(const std::string& path, const KeyRing& keys, std::int64_t records,
                    const SoakCounters& counters) {
  Store store(path, SoakOptions(OpeningCodec(keys)));
  const std::vector<std::string> problems = store.Verify();
  for (const std::string& problem : problems) std::cout << problem << "\n";
  const StoreStats stats = store.Stats();
  std::cout << counters.appended << " appended, " << counters.late << " late, " << counters.judged
            << " judged, " << stats.records << " waiting, " << stats.totals.expired << " expired\n";
  return problems.empty() &&
         counters.appended + counters.late == records / kSoakWriters * kSoakWriters &&
         counters.appended == counters.judged && stats.records == 0;
}

int RunSoak(const char* name, bool (*soak)(std::int64_t records, const std::string& parent),
            int argc, char** argv) {
  const std::int64_t records = argc > 1 ? std::atoll(argv[1]) : 0;
  if (records < 1000) {
    std::cerr << "usage: " << name << " RECORDS [FOLDER], at least 1000\n";
    return 2;
  }
  try {
    const bool sound =
        soak(records, argc > 2 ? argv[2] : std::filesystem::temp_directory_path().string());
    std::cout << (sound ? "sound: every record was judged once\n" : "NOT SOUND\n");
    return sound ? 0 : 1;
  } catch (const std::exception& error) {
    std::cerr << name << ": " << error.what() << "\n";
    return 1;
  }
}

}  // namespace vigil::testing
