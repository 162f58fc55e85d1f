// What soaks share: processes that append many small sealed records, and how an evaluator beside
// them is watched until it has judged them all.
#ifndef VIGIL_TESTS_STORE_SOAK_PROCESSES_H_
#define VIGIL_TESTS_STORE_SOAK_PROCESSES_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include <sys/types.h>

#include "estimator/store/keys.h"
#include "estimator/store/store.h"

namespace vigil::testing {

inline constexpr int kSoakWriters = 2;

// Between the processes.
struct SoakCounters {
  std::atomic<std::int64_t> appended{0}, late{0}, judged{0};
  std::atomic<int> writers_done{0};
};
SoakCounters& SharedSoakCounters();

// Without the bounds of wear; patient with other processes.
StoreOptions SoakOptions(std::shared_ptr<const PayloadCodec> codec);

// A made folder; goes with its content.
class SoakFolder {
 public:
  explicit SoakFolder(const std::string& parent);
  ~SoakFolder();
  SoakFolder(const SoakFolder&) = delete;
  SoakFolder& operator=(const SoakFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string File(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// A child that ends with 0, or with 1 after saying what `work` threw.
pid_t StartProcess(const std::function<void()>& work);

// kSoakWriters processes that append `records` in all, never more than some 20,000 ahead of
// counters.judged.
std::vector<pid_t> StartSoakWriters(const std::string& path, const PublicKey& key,
                                    std::int64_t records, SoakCounters& counters);

// Prints a line when 10, 50 and 99 % are done: speed, memory, sizes of files. `look` is called
// often and may bring counters.judged up to date. False where a process grew by more than 8 MiB
// from 10 % on, or the evaluator ended.
bool WatchSoak(const std::string& path, std::int64_t records, const std::vector<pid_t>& writers,
               pid_t evaluator, SoakCounters& counters, const std::function<void()>& look);

// Waits for the process; whether it ended with 0.
bool EndedWell(pid_t process);

// Whether the store is sound, empty of records, and every record was judged once or was late.
bool SoundAfterSoak(const std::string& path, const KeyRing& keys, std::int64_t records,
                    const SoakCounters& counters);

// A soak's main: NAME RECORDS [FOLDER]. `soak` does it in a folder of its own within FOLDER and
// says whether all was sound.
int RunSoak(const char* name, bool (*soak)(std::int64_t records, const std::string& parent),
            int argc, char** argv);

}  // namespace vigil::testing

#endif  // VIGIL_TESTS_STORE_SOAK_PROCESSES_H_
