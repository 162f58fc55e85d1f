// Processes that die, on disks that fill up and by clocks that jump: what was acknowledged stays,
// nothing is judged twice, and the counts add up. VIGIL_CRASH_ROUNDS=500 kills more often.
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>
#include <set>

#include <gmock/gmock.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "estimator/store/sealed_codec.h"
#include "tests/store/store_fixture.h"

namespace vigil {
namespace {

using ::testing::IsEmpty;
using testing::MakeRecord;
using testing::MakeVerdict;
using testing::StoreTest;

constexpr std::int64_t kHour = 3'600'000'000;

int Rounds() {
  const char* rounds = std::getenv("VIGIL_CRASH_ROUNDS");
  return rounds ? std::atoi(rounds) : 20;
}

// The wall clock of a device that somebody sets.
class JumpingClock final : public Clock {
 public:
  std::chrono::nanoseconds Monotonic() const override { return SystemClock().Monotonic(); }
  std::int64_t WallMicros() const override { return SystemClock().WallMicros() + shift_micros; }
  std::int64_t shift_micros = 0;
};

enum class Trouble { kNone, kFullDisk, kClockSetBack };

class CrashTest : public StoreTest, public ::testing::WithParamInterface<Trouble> {
 protected:
  ~CrashTest() override {
    if (mounted_) umount2(folder_.c_str(), MNT_DETACH);
  }

  // What has come through the pipe: positive, a record's id was appended; negative, it was judged.
  struct Told {
    std::set<std::int64_t> appended;
    std::map<std::int64_t, int> judged;
  };

  StoreOptions Options(const std::shared_ptr<const PayloadCodec>& codec) const {
    StoreOptions options{.max_records = 1 << 20, .max_verdicts = 1 << 30};
    options.max_records_per_hour = options.max_written_per_day = WriteRoom::kUnbounded;
    options.codec = codec;
    // Clocks that jump by days make records too old; what the store may fill leaves space for
    // others to fill.
    if (GetParam() == Trouble::kClockSetBack) options.max_age = std::chrono::hours(24);
    if (GetParam() == Trouble::kFullDisk) options.max_bytes = 8 << 20;
    return options;
  }

  // A store of a child's; on a full disk it waits for space.
  std::unique_ptr<Store> Open(const std::shared_ptr<const PayloadCodec>& codec,
                              const Clock& clock) const;
  // Tells after the store has returned. A pipe keeps what was written when its writer is killed.
  void AppendForever(int round, int tell) const;
  void JudgeForever(int round, int tell) const;
  pid_t Start(void (CrashTest::*work)(int, int) const, int round, int tell, int listen) const;
  void KillInRound(int round, std::mt19937& random);
  // A disk of 16 MiB, where this user may mount one; else what is full is the size of every file.
  void UseASmallDisk();
  void FillTheDisk(bool full);
  // By a clock that jumps by days, or for a journal that a limit on files keeps from being emptied.
  bool MayExpire() const {
    return GetParam() == Trouble::kClockSetBack || (GetParam() == Trouble::kFullDisk && !mounted_);
  }

  std::set<std::int64_t> Ids(const char* sql) const;

  const SecretKey key_ = SecretKey::Generate();
  Told told_;
  bool mounted_ = false, full_ = false;
};

std::unique_ptr<Store> CrashTest::Open(const std::shared_ptr<const PayloadCodec>& codec,
                                       const Clock& clock) const {
  while (true) {
    try {
      return std::make_unique<Store>(path_, Options(codec), clock);
    } catch (const Error& error) {
      if (GetParam() != Trouble::kFullDisk || error.code() != ErrorCode::kIo) throw;
      usleep(200);
    }
  }
}

void CrashTest::AppendForever(int round, int tell) const {
  std::mt19937_64 random(static_cast<std::uint64_t>(round));
  JumpingClock clock;
  const auto store = Open(SealingCodec(key_.public_key()), clock);
  for (std::int64_t i = 0;; ++i) {
    if (GetParam() == Trouble::kClockSetBack && i % 10 == 0)
      clock.shift_micros = -static_cast<std::int64_t>(random() % 72) * kHour;
    std::vector<Record> records = {MakeRecord(i, round * std::int64_t{100000} + i / 4, 3000),
                                   MakeRecord(i, round * std::int64_t{100000} + i / 4)};
    for (Record& record : records) record.time_micros = clock.WallMicros();
    try {
      for (const std::int64_t id : store->Append(records).ids) {
        if (id != 0 && write(tell, &id, sizeof id) < 0) return;
      }
    } catch (const Error& error) {
      if (GetParam() != Trouble::kFullDisk || error.code() != ErrorCode::kIo) throw;
      usleep(200);
    }
  }
}

void CrashTest::JudgeForever(int round, int tell) const {
  std::mt19937_64 random(static_cast<std::uint64_t>(round) + 1000);
  JumpingClock clock;
  const auto store = Open(OpeningCodec({key_}), clock);
  for (std::int64_t i = 0;; ++i) {
    if (GetParam() == Trouble::kClockSetBack && i % 10 == 0)
      clock.shift_micros = -static_cast<std::int64_t>(random() % 48) * kHour;
    try {
      std::vector<Verdict> verdicts;
      for (const Record& record : store->ReadUnjudged(5))
        verdicts.push_back(MakeVerdict(record.id));
      store->Judge(verdicts);
      // One that expired in between has no verdict.
      for (const Verdict& verdict : verdicts) {
        const std::int64_t id = -verdict.record_id;
        if (write(tell, &id, sizeof id) < 0) return;
      }
      if (verdicts.empty()) usleep(200);
    } catch (const Error& error) {
      if (GetParam() != Trouble::kFullDisk || error.code() != ErrorCode::kIo) throw;
      usleep(200);
    }
  }
}

pid_t CrashTest::Start(void (CrashTest::*work)(int, int) const, int round, int tell,
                       int listen) const {
  const pid_t child = fork();
  if (child != 0) return child;
  close(listen);
  if (full_ && !mounted_) {
    const rlimit limit{300 << 10, 300 << 10};
    setrlimit(RLIMIT_FSIZE, &limit);
    signal(SIGXFSZ, SIG_IGN);
  }
  try {
    (this->*work)(round, tell);
  } catch (const std::exception& error) {
    if (write(STDERR_FILENO, error.what(), std::string(error.what()).size()) < 0) _exit(2);
  }
  _exit(1);
}

// Both are killed when so many messages have arrived and a moment within the next operation has
// passed; in two rounds of three, one of them lives on for some messages more.
void CrashTest::KillInRound(int round, std::mt19937& random) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  pid_t children[2] = {Start(&CrashTest::AppendForever, round, ends[1], ends[0]),
                       Start(&CrashTest::JudgeForever, round, ends[1], ends[0])};
  ASSERT_GT(children[0], 0);
  ASSERT_GT(children[1], 0);
  close(ends[1]);
  if (random() % 2) std::swap(children[0], children[1]);
  int messages = std::uniform_int_distribution(1, 60)(random), killed = 0;
  const bool together = random() % 3 == 0;
  const auto kill_next = [&] {
    const auto until = std::chrono::steady_clock::now() +
                       std::chrono::microseconds(std::uniform_int_distribution(0, 3000)(random));
    while (std::chrono::steady_clock::now() < until) {
    }
    kill(children[killed++], SIGKILL);
    if (together) kill(children[killed++], SIGKILL);
    messages = std::uniform_int_distribution(1, 20)(random);
  };
  // On a full disk there may be nothing to tell.
  const auto listen = [&](std::int64_t& id) {
    pollfd in{ends[0], POLLIN, 0};
    while (poll(&in, 1, 50) == 0) {
      if (killed < 2) kill_next();
    }
    return read(ends[0], &id, sizeof id) == sizeof id;
  };
  for (std::int64_t id = 0; listen(id);) {
    if (id > 0) {
      EXPECT_TRUE(told_.appended.insert(id).second) << "id " << id << " was given twice";
    } else {
      ++told_.judged[-id];
    }
    if (--messages == 0 && killed < 2) kill_next();
  }
  close(ends[0]);
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "a child ended by itself";
  }
}

void CrashTest::UseASmallDisk() {
  // In a name space of this process, so that nothing is left behind.
  mounted_ = unshare(CLONE_NEWNS) == 0 &&
             mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
             mount("tmpfs", folder_.c_str(), "tmpfs", 0, "size=16m") == 0;
  RecordProperty("disk", mounted_ ? "tmpfs of 16 MiB" : "limit of 300 KiB a file");
}

void CrashTest::FillTheDisk(bool full) {
  full_ = full;
  if (!mounted_) return;
  std::filesystem::remove(folder_ / "others");
  if (!full) return;
  std::ofstream others(folder_ / "others", std::ios::binary);
  for (const std::size_t bytes : {std::size_t{1} << 16, std::size_t{1} << 10}) {
    others.clear();
    while (others << std::string(bytes, 'x') << std::flush) {
    }
  }
}

std::set<std::int64_t> CrashTest::Ids(const char* sql) const {
  std::set<std::int64_t> ids;
  sqlite3* database = nullptr;
  EXPECT_EQ(sqlite3_open(path_.c_str(), &database), SQLITE_OK);
  const auto add = [](void* out, int, char** values, char**) {
    static_cast<std::set<std::int64_t>*>(out)->insert(std::atoll(values[0]));
    return 0;
  };
  EXPECT_EQ(sqlite3_exec(database, sql, add, &ids, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
  sqlite3_close(database);
  return ids;
}

TEST_P(CrashTest, Kill_AtAnyMoment_LosesNothingAcknowledgedAndJudgesNothingTwice) {
  if (GetParam() == Trouble::kFullDisk) UseASmallDisk();
  { const Store made(path_, Options(OpeningCodec({key_}))); }
  std::mt19937 random(20);
  for (int round = 0; round < Rounds(); ++round) {
    if (GetParam() == Trouble::kFullDisk) FillTheDisk(round % 3 == 2);
    KillInRound(round, random);
    ASSERT_FALSE(HasFatalFailure());
    if (GetParam() == Trouble::kFullDisk) FillTheDisk(false);
    Store store(path_, Options(OpeningCodec({key_})));
    ASSERT_THAT(store.Verify(), IsEmpty()) << "after kill " << round;
    const std::set<std::int64_t> there =
        Ids("SELECT id FROM records UNION ALL SELECT record_id FROM verdicts");
    std::int64_t missing = 0;
    for (const std::int64_t id : told_.appended) missing += !there.contains(id);
    const EpochCounts totals = store.Stats().totals;
    ASSERT_LE(missing, totals.expired) << "after kill " << round;
    ASSERT_EQ(totals.set_aside, 0) << "after kill " << round;
    if (!MayExpire()) {
      ASSERT_EQ(totals.expired, 0);
    }
  }
  const std::set<std::int64_t> verdicts = Ids("SELECT record_id FROM verdicts");
  for (const auto& [id, times] : told_.judged) {
    EXPECT_EQ(times, 1) << "record " << id;
    if (!MayExpire()) {  // before its verdict came
      EXPECT_TRUE(verdicts.contains(id)) << "the verdict on record " << id << " is lost";
    }
  }
  RecordProperty("appended", static_cast<int>(told_.appended.size()));
  RecordProperty("judged", static_cast<int>(told_.judged.size()));
  EXPECT_GT(told_.appended.size(), 100u);
  EXPECT_GT(told_.judged.size(), 50u);
}

INSTANTIATE_TEST_SUITE_P(With, CrashTest,
                         ::testing::Values(Trouble::kNone, Trouble::kFullDisk,
                                           Trouble::kClockSetBack),
                         [](const auto& trouble) {
                           return trouble.param == Trouble::kNone       ? "NoOtherTrouble"
                                  : trouble.param == Trouble::kFullDisk ? "AFullDisk"
                                                                        : "TheClockSetBack";
                         });

TEST_F(StoreTest, Append_FromSeveralProcesses_StoresEverything) {
  constexpr int kProcesses = 4, kAppends = 25;
  std::vector<pid_t> children;
  for (int process = 0; process < kProcesses; ++process) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      int failed = 0;
      try {
        Store store(path_, {.busy_timeout = std::chrono::seconds(60)}, clock_);
        for (int i = 0; i < kAppends; ++i) store.Append(std::vector{MakeRecord(i, process)});
      } catch (const std::exception& error) {
        failed = write(STDERR_FILENO, error.what(), std::string(error.what()).size()) > 0;
      }
      _exit(failed);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  Store store(path_, {}, clock_);
  EXPECT_EQ(store.Stats().records, kProcesses * kAppends);
  EXPECT_THAT(store.Verify(), IsEmpty());
}

}  // namespace
}  // namespace vigil
