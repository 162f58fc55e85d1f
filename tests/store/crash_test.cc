// Processes that die and disks that refuse: what was acknowledged stays, nothing is judged twice.
#include <map>
#include <random>
#include <set>

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/store/store_fixture.h"

namespace vigil {
namespace {

using testing::FakeClock;
using ::testing::IsEmpty;
using testing::MakeRecord;
using testing::MakeVerdict;
using testing::StoreTest;

// Told through a pipe after the store has returned: positive, a record's id was appended; negative,
// it was judged. A pipe keeps what was written when its writer is killed.
void AppendAndJudgeForever(const std::string& path, int round, int acknowledge) {
  const FakeClock clock;
  Store store(path, {.max_records = 1 << 20}, clock);
  const auto tell = [&](std::int64_t id) { return write(acknowledge, &id, sizeof(id)) > 0; };
  for (std::int64_t i = 0;; ++i) {
    const std::int64_t epoch = round * 100000 + i;
    const auto ids =
        store.Append(std::vector{MakeRecord(i, epoch, 3000), MakeRecord(i, epoch)}).ids;
    for (const std::int64_t id : ids) tell(id);
    if (i % 3 != 2) continue;
    std::vector<Verdict> verdicts;
    for (const Record& record : store.ReadUnjudged(5)) verdicts.push_back(MakeVerdict(record.id));
    store.Judge(verdicts);
    for (const Verdict& verdict : verdicts) tell(-verdict.record_id);
  }
}

struct Told {
  std::set<std::int64_t> appended;
  std::map<std::int64_t, int> judged;
};

// Kills the child when `messages` have arrived and a moment within the next operation has passed.
void RunAndKill(const std::string& path, int round, int messages, int spin_micros, Told& told) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    close(ends[0]);
    try {
      AppendAndJudgeForever(path, round, ends[1]);
    } catch (...) {
    }
    _exit(1);
  }
  close(ends[1]);
  std::int64_t id = 0;
  for (int count = 0; read(ends[0], &id, sizeof(id)) == sizeof(id);) {
    if (id > 0) {
      EXPECT_TRUE(told.appended.insert(id).second) << "id " << id << " was given twice";
    } else {
      ++told.judged[-id];
    }
    if (++count == messages) {
      const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(spin_micros);
      while (std::chrono::steady_clock::now() < until) {
      }
      kill(child, SIGKILL);
    }
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself";
}

TEST_F(StoreTest, Kill_AtAnyMoment_LosesNothingAcknowledgedAndJudgesNothingTwice) {
  std::mt19937 random(20);
  Told told;
  for (int round = 0; round < 20; ++round) {
    RunAndKill(path_, round, std::uniform_int_distribution(1, 60)(random),
               std::uniform_int_distribution(0, 3000)(random), told);
    ASSERT_FALSE(HasFatalFailure());
    Store store(path_, {}, clock_);
    ASSERT_THAT(store.Verify(), IsEmpty()) << "after kill " << round;
  }
  Store store(path_, {}, clock_);
  std::set<std::int64_t> waiting, verdicts;
  for (const Verdict& verdict : store.Verdicts()) verdicts.insert(verdict.record_id);
  for (const Record& record : store.ReadUnjudged(1 << 20)) waiting.insert(record.id);
  for (const std::int64_t id : told.appended) {
    EXPECT_EQ(waiting.count(id) + verdicts.count(id), 1u) << "record " << id;
  }
  for (const auto& [id, times] : told.judged) {
    EXPECT_EQ(times, 1) << "record " << id;
    EXPECT_TRUE(verdicts.count(id)) << "the verdict on record " << id << " is lost";
  }
  EXPECT_GT(told.appended.size(), 100u);
  EXPECT_GT(told.judged.size(), 50u);
}

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
