#include "estimator/idle/scheduler.h"

#include <latch>

#include <gtest/gtest.h>

#include "engine/base/error.h"
#include "tests/idle/idle_fixture.h"

namespace vigil {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using testing::FakeClock;
using testing::FakeSignals;
using State = SchedulerStatus::State;

class IdleLoopTest : public ::testing::Test {
 protected:
  // 10 ms a record until the chunk is done or it has to yield.
  BatchResult Work(int max_records, const std::function<bool()>& should_yield) {
    asked_.push_back(max_records);
    int done = 0;
    while (done < max_records && backlog_ > 0 && !should_yield()) {
      clock_.Advance(milliseconds(10));
      ++done;
      --backlog_;
      if (during_record_) during_record_();
    }
    return {done};
  }
  IdleWork MakeWork() {
    return {[this] { return backlog_; },
            [this](int max_records, const std::function<bool()>& should_yield) {
              return Work(max_records, should_yield);
            }};
  }

  FakeClock clock_;
  FakeSignals signals_{clock_};
  IdlePolicy policy_{.idle_after = seconds(2), .chunk_budget = milliseconds(80)};
  std::int64_t backlog_ = 100;
  std::vector<int> asked_;
  std::function<void()> during_record_;
};

TEST_F(IdleLoopTest, Step_WhenIdle_GrowsChunksToTheBudget) {
  IdleLoop loop(policy_, signals_, MakeWork(), clock_);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(loop.Step(), nanoseconds(0));
  EXPECT_EQ(asked_, (std::vector<int>{1, 2, 4, 8, 8}));
  EXPECT_EQ(loop.status().records, 23);
  EXPECT_EQ(loop.status().state, State::kWorking);
}

TEST_F(IdleLoopTest, Step_AfterNotifyActivity_WaitsUntilIdle) {
  IdleLoop loop(policy_, signals_, MakeWork(), clock_);
  loop.NotifyActivity();
  clock_.Advance(milliseconds(500));
  EXPECT_EQ(loop.Step(), milliseconds(1500));
  EXPECT_TRUE(asked_.empty());
  EXPECT_EQ(loop.status().state, State::kWaiting);
  EXPECT_EQ(loop.status().reason, "the target model ran 0.5 s ago, idle after 2 s");
  clock_.Advance(milliseconds(1500));
  EXPECT_EQ(loop.Step(), nanoseconds(0));
  EXPECT_EQ(loop.status().records, 1);
}

TEST_F(IdleLoopTest, Step_WhereTheTargetWakesWithinAChunk_StopsAfterTheRecordAtWork) {
  IdleLoop loop(policy_, signals_, MakeWork(), clock_);
  for (int i = 0; i < 4; ++i) loop.Step();
  during_record_ = [&] { loop.NotifyActivity(); };
  loop.Step();
  EXPECT_EQ(loop.status().records, 1 + 2 + 4 + 8 + 1);
  EXPECT_EQ(loop.status().yields, 1);
  EXPECT_EQ(loop.Step(), seconds(2));
}

TEST_F(IdleLoopTest, Step_WhereThePageShowsActivitySinceTheChunkBegan_Yields) {
  IdleLoop loop(policy_, signals_, MakeWork(), clock_);
  signals_.target.since_last = seconds(60);
  for (int i = 0; i < 3; ++i) loop.Step();
  during_record_ = [&] { signals_.target.since_last = milliseconds(3); };
  loop.Step();
  EXPECT_EQ(loop.status().records, 1 + 2 + 4 + 1);
  EXPECT_EQ(loop.status().yields, 1);
}

TEST_F(IdleLoopTest, Step_AfterErrors_BacksOffTwiceAsLongUpToFiveMinutes) {
  bool broken = true;
  const IdleWork work{[] { return 1; },
                      [&](int, const std::function<bool()>&) -> BatchResult {
                        if (broken) throw Error(Fault::kGpu, ErrorCode::kDeviceLost, "lost");
                        return {1};
                      }};
  IdleLoop loop(policy_, signals_, work, clock_);
  EXPECT_EQ(loop.Step(), seconds(1));
  EXPECT_EQ(loop.Step(), seconds(2));
  EXPECT_EQ(loop.Step(), seconds(4));
  for (int i = 0; i < 40; ++i) loop.Step();
  EXPECT_EQ(loop.Step(), seconds(300));
  EXPECT_EQ(loop.status().state, State::kBackingOff);
  EXPECT_EQ(loop.status().last_error, "lost");
  EXPECT_EQ(loop.status().errors, 44);
  broken = false;
  EXPECT_EQ(loop.Step(), nanoseconds(0));
  broken = true;
  EXPECT_EQ(loop.Step(), seconds(1));
}

TEST_F(IdleLoopTest, Step_WhereTheBacklogCannotBeRead_BacksOff) {
  const IdleWork work{
      []() -> std::int64_t { throw Error(Fault::kInput, ErrorCode::kIo, "store 'x' is gone"); },
      nullptr};
  IdleLoop loop(policy_, signals_, work, clock_);
  EXPECT_EQ(loop.Step(), seconds(1));
  EXPECT_EQ(loop.status().reason, "store 'x' is gone");
}

TEST_F(IdleLoopTest, Step_WhenTheDaysBudgetIsSpent_RestsUntilTheNextDay) {
  policy_.daily_budget = milliseconds(70);
  IdleLoop loop(policy_, signals_, MakeWork(), clock_);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(loop.Step(), nanoseconds(0));  // 10, 20 and 40 ms
  EXPECT_EQ(loop.Step(), policy_.look_again);
  EXPECT_EQ(loop.status().worked_today, milliseconds(70));
  signals_.seen.local_day = 1;
  EXPECT_EQ(loop.Step(), nanoseconds(0));
}

TEST_F(IdleLoopTest, Step_CountsWhatAnEarlierProcessWorkedThatDay) {
  policy_.daily_budget = milliseconds(70);
  signals_.seen.local_day = 8;
  IdleLoop loop(policy_, signals_, MakeWork(), clock_);
  loop.RestoreWorkedToday(8, milliseconds(65));
  EXPECT_EQ(loop.Step(), nanoseconds(0));
  EXPECT_EQ(loop.status().worked_today, milliseconds(75));
  EXPECT_EQ(loop.Step(), policy_.look_again);
  EXPECT_EQ(loop.status().blocker, Blocker::kBudget);
  IdleLoop next_day(policy_, signals_, MakeWork(), clock_);
  next_day.RestoreWorkedToday(7, milliseconds(65));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(next_day.Step(), nanoseconds(0));
}

TEST_F(IdleLoopTest, Step_WithTAt30HzAndTheDefaultPolicy_NeverRuns) {
  const IdlePolicy conventional;
  IdleLoop loop(conventional, signals_, MakeWork(), clock_);
  nanoseconds slept{0}, wait{0};
  for (int inference = 0; inference < 30 * 600; ++inference) {  // ten minutes
    signals_.target.since_last = nanoseconds(0);
    for (int part = 0; part < 2; ++part) {
      if (slept >= wait) {
        wait = loop.Step();
        slept = nanoseconds(0);
      }
      clock_.Advance(nanoseconds(1'000'000'000 / 60));
      slept += nanoseconds(1'000'000'000 / 60);
      signals_.target.since_last = *signals_.target.since_last + nanoseconds(1'000'000'000 / 60);
    }
  }
  EXPECT_TRUE(asked_.empty());
  EXPECT_EQ(loop.status().blocker, Blocker::kTargetActive);
}

TEST_F(IdleLoopTest, TakeSpentTimes_TellsWorkFromWaiting) {
  IdleLoop loop(policy_, signals_, MakeWork(), clock_);
  for (int i = 0; i < 3; ++i) loop.Step();  // 1, 2, 4 records of 10 ms
  backlog_ = 0;
  clock_.Advance(seconds(1));  // asleep between two steps: as the last look said
  loop.Step();
  clock_.Advance(seconds(5));
  const std::vector<SpentTime> times = loop.TakeSpentTimes();
  ASSERT_EQ(times.size(), 2u);
  EXPECT_EQ(times[0].doing, State::kWorking);
  EXPECT_EQ(times[0].records, 7);
  EXPECT_EQ(times[0].time, milliseconds(1070));
  EXPECT_EQ(times[1].why, Blocker::kNoRecords);
  EXPECT_EQ(times[1].time, seconds(5));
}

TEST_F(IdleLoopTest, Step_WhereASignalIsMissing_ReportsIt) {
  IdleLoop loop(policy_, signals_, MakeWork(), clock_);
  signals_.seen.missing = {{"temperature", "no thermal zone can be read"}};
  loop.Step();
  ASSERT_EQ(loop.status().missing.size(), 1u);
  EXPECT_EQ(loop.status().missing[0].name, "temperature");
}

TEST_F(IdleLoopTest, Step_WhereWorkDoesNothing_DoesNotSpin) {
  const IdleWork work{[] { return 5; },
                      [](int, const std::function<bool()>&) { return BatchResult{0}; }};
  IdleLoop loop(policy_, signals_, work, clock_);
  EXPECT_EQ(loop.Step(), policy_.look_again);
}

TEST_F(IdleLoopTest, Step_UnderLoad_RunsWhenPatienceIsSpentAndWaitsAnewAfterQuiet) {
  policy_.patience = seconds(10);
  IdleLoop loop(policy_, signals_, MakeWork(), clock_);
  signals_.seen.other_cpu_use = 0.9;
  loop.Step();
  clock_.Advance(seconds(9));
  loop.Step();
  EXPECT_EQ(loop.status().records, 0);
  clock_.Advance(seconds(1));
  loop.Step();
  EXPECT_EQ(loop.status().records, 1);
  backlog_ = 0;  // nothing holds it up now
  loop.Step();
  backlog_ = 5;
  loop.Step();
  EXPECT_EQ(loop.status().records, 1);
}

TEST_F(IdleLoopTest, Scheduler_StoppedWithinAChunk_ReturnsWithTheChunkCutShort) {
  std::latch entered(1);
  bool cut_short = false;
  const IdleWork work{[] { return 1000; },
                      [&](int, const std::function<bool()>& should_yield) {
                        entered.count_down();
                        while (!should_yield()) std::this_thread::yield();
                        cut_short = true;
                        return BatchResult{1};
                      }};
  IdleScheduler scheduler(IdlePolicy::Now(), signals_, work, clock_);
  EXPECT_EQ(scheduler.status().state, State::kStopped);
  scheduler.Start();
  entered.wait();
  EXPECT_EQ(scheduler.status().state, State::kWorking);
  scheduler.Stop();
  EXPECT_TRUE(cut_short);
  EXPECT_EQ(scheduler.status().state, State::kStopped);
}

TEST_F(IdleLoopTest, Scheduler_WokenWhileItWaits_LooksAgainAndCanStartAnew) {
  for (int round = 0; round < 2; ++round) {
    std::latch looked(1), worked(1);
    std::atomic<std::int64_t> backlog{0};
    const IdleWork work{[&] {
                          if (backlog == 0) looked.count_down(looked.try_wait() ? 0 : 1);
                          return backlog.load();
                        },
                        [&](int, const std::function<bool()>&) {
                          backlog = 0;
                          worked.count_down(worked.try_wait() ? 0 : 1);
                          return BatchResult{1};
                        }};
    IdlePolicy policy = IdlePolicy::Now();
    policy.look_again = std::chrono::hours(1);
    IdleScheduler scheduler(policy, signals_, work, clock_);
    scheduler.Start();
    looked.wait();
    backlog = 1;
    scheduler.Wake();
    worked.wait();
    scheduler.Stop();
    scheduler.Start();
    scheduler.Stop();
  }
}

}  // namespace
}  // namespace vigil
