#include "estimator/idle/policy.h"

#include <gmock/gmock.h>

namespace vigil {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

// A service on a quiet machine: T ran ten minutes ago, five records wait.
Observation Quiet() {
  return {.now = seconds(1000),
          .since_target = seconds(600),
          .other_cpu_use = 0.05,
          .cpu_pressure = 0.01,
          .load_a_core = 0.1,
          .backlog = 5};
}

TEST(IdlePolicy, Decide_OnAQuietMachine_Runs) {
  const Action action = Decide({}, Quiet());
  EXPECT_TRUE(action.run);
  EXPECT_EQ(action.wait, nanoseconds(0));
  EXPECT_THAT(action.reason, HasSubstr("5 records"));
}

TEST(IdlePolicy, Decide_WhileTheTargetRuns_Waits) {
  Observation seen = Quiet();
  seen.target_running = true;
  const Action action = Decide({}, seen);
  EXPECT_FALSE(action.run);
  EXPECT_EQ(action.wait, seconds(180));
  EXPECT_EQ(action.reason, "the target model is running");
}

TEST(IdlePolicy, Decide_SoonAfterTheTarget_WaitsJustTheRest) {
  Observation seen = Quiet();
  seen.since_target = seconds(50);
  const Action action = Decide({}, seen);
  EXPECT_FALSE(action.run);
  EXPECT_EQ(action.wait, seconds(130));
  EXPECT_EQ(action.reason, "the target model ran 50 s ago, idle after 180 s");
}

TEST(IdlePolicy, Decide_AtExactlyIdleAfter_Runs) {
  Observation seen = Quiet();
  seen.since_target = seconds(180);
  EXPECT_TRUE(Decide({}, seen).run);
  seen.since_target = seconds(180) - nanoseconds(1);
  EXPECT_FALSE(Decide({}, seen).run);
}

TEST(IdlePolicy, Decide_WhereTheTargetWasNeverSeen_WaitsFromItsOwnBeginning) {
  Observation seen = Quiet();
  // Never yet: as long as it has been watched for.
  seen.since_target.reset();
  seen.watched = seconds(179);
  EXPECT_EQ(Decide({}, seen).blocker, Blocker::kTargetActive);
  EXPECT_EQ(Decide({}, seen).wait, seconds(1));
  seen.watched = seconds(180);
  EXPECT_TRUE(Decide({}, seen).run);
}

TEST(IdlePolicy, Decide_WithoutRecords_LooksAgainLater) {
  Observation seen = Quiet();
  seen.backlog = 0;
  const Action action = Decide({}, seen);
  EXPECT_FALSE(action.run);
  EXPECT_EQ(action.wait, seconds(1));
  EXPECT_EQ(action.reason, "no records wait");
}

TEST(IdlePolicy, Decide_UnderLoad_HasHysteresis) {
  Observation seen = Quiet();
  seen.other_cpu_use = 0.30;
  Action action = Decide({}, seen);
  EXPECT_FALSE(action.run);
  EXPECT_TRUE(action.held_by_load);
  EXPECT_EQ(action.reason, "others use 30 % of the CPU, limit 25 %");
  seen.working = true;
  EXPECT_TRUE(Decide({}, seen).run);
  seen.other_cpu_use = 0.40;
  action = Decide({}, seen);
  EXPECT_FALSE(action.run);
  EXPECT_THAT(action.reason, HasSubstr("limit 40 %"));
}

TEST(IdlePolicy, Decide_UnderPressure_DoesNotBeginButGoesOn) {
  Observation seen = Quiet();
  seen.cpu_pressure = 0.5;
  EXPECT_FALSE(Decide({}, seen).run);
  EXPECT_EQ(Decide({}, seen).reason, "CPU pressure is 50 %, limit 20 %");
  seen.working = true;
  EXPECT_TRUE(Decide({}, seen).run);
}

TEST(IdlePolicy, Decide_ByLoadAverage_OnlyWhereThePolicyAsksForIt) {
  Observation seen = Quiet();
  seen.load_a_core = 3.0;
  EXPECT_TRUE(Decide({}, seen).run);
  EXPECT_FALSE(Decide({.begin_load_a_core = 1.5}, seen).run);
}

TEST(IdlePolicy, Decide_WithoutAnySignalOfLoad_Runs) {
  Observation seen = Quiet();
  seen.other_cpu_use.reset();
  seen.cpu_pressure.reset();
  seen.load_a_core.reset();
  EXPECT_TRUE(Decide({.begin_load_a_core = 0.5}, seen).run);
}

TEST(IdlePolicy, Decide_WhenPatienceIsSpent_RunsUnderLoadButNeverBesideTheTarget) {
  const IdlePolicy policy{.patience = milliseconds(10'000)};
  Observation seen = Quiet();
  seen.other_cpu_use = 0.9;
  seen.kept_waiting_by_load = milliseconds(9'999);
  EXPECT_FALSE(Decide(policy, seen).run);
  seen.kept_waiting_by_load = milliseconds(10'000);
  const Action action = Decide(policy, seen);
  EXPECT_TRUE(action.run);
  EXPECT_TRUE(action.held_by_load);
  EXPECT_THAT(action.reason, HasSubstr("but waited 10 s"));
  seen.target_running = true;
  EXPECT_FALSE(Decide(policy, seen).run);
}

TEST(IdlePolicy, Decide_ByThePolicyNow_RunsRightAfterTheTargetAndUnderLoad) {
  Observation seen = Quiet();
  seen.since_target = nanoseconds(0);
  seen.other_cpu_use = 1.0;
  seen.cpu_pressure = 1.0;
  EXPECT_TRUE(Decide(IdlePolicy::Now(), seen).run);
  seen.target_running = true;
  EXPECT_FALSE(Decide(IdlePolicy::Now(), seen).run);
}

TEST(IdlePolicy, Describe_NamesWhatTheDemoUses) {
  EXPECT_EQ(Describe(IdlePolicy::Demo()),
            "idle after 2 s without inference, others' CPU use below 25 % (40 % to go on), GPU use "
            "below 25 % (40 %), load holds it up for at most 10 s");
  EXPECT_EQ(Describe(IdlePolicy::Now()), "idle after 0 s without inference");
}

TEST(IdlePolicy, Describe_NamesEveryConditionOfADevice) {
  IdlePolicy policy;
  policy.min_battery = 0.5;
  policy.quiet_hours = DaySpan{22 * 60, 6 * 60 + 30};
  policy.daily_budget = std::chrono::minutes(20);
  EXPECT_EQ(
      Describe(policy),
      "idle after 180 s without inference, others' CPU use below 25 % (40 % to go on), GPU use "
      "below 25 % (40 %), CPU pressure below 20 %, memory pressure below 10 %, disk pressure "
      "below 30 %, on mains, battery above 50 %, below 80 C, not from 22:00 to 06:30, at most "
      "1200 s a day");
}

TEST(IdlePolicy, Decide_OnBattery_WaitsWhateverThePatience) {
  IdlePolicy policy;
  policy.patience = milliseconds(0);
  Observation seen = Quiet();
  seen.on_mains = false;
  seen.battery = 0.9;
  const Action action = Decide(policy, seen);
  EXPECT_FALSE(action.run);
  EXPECT_FALSE(action.held_by_load);
  EXPECT_EQ(action.reason, "the device is on battery");
  policy.only_on_mains = false;
  EXPECT_TRUE(Decide(policy, seen).run);
  policy.min_battery = 0.95;
  EXPECT_EQ(Decide(policy, seen).reason, "the battery is at 90 %, limit 95 %");
  seen.on_mains = true;
  EXPECT_TRUE(Decide(policy, seen).run);
}

TEST(IdlePolicy, Decide_WithSomebodyAtWork_WaitsWhereThePolicyAsks) {
  IdlePolicy policy;
  Observation seen = Quiet();
  seen.user_active = true;
  EXPECT_TRUE(Decide(policy, seen).run);
  policy.only_without_user = true;
  EXPECT_EQ(Decide(policy, seen).blocker, Blocker::kUserActive);
  seen.user_active = false;
  EXPECT_TRUE(Decide(policy, seen).run);
  seen.user_active.reset();  // missing signals hold nothing up
  EXPECT_TRUE(Decide(policy, seen).run);
}

TEST(IdlePolicy, Decide_NamesWhatIsInTheWayInOneWord) {
  const auto blocker_of = [](auto&& change) {
    IdlePolicy policy;
    policy.quiet_hours = DaySpan{60, 120};
    policy.daily_budget = seconds(60);
    policy.begin_load_a_core = 0.5;
    Observation seen = Quiet();
    change(seen);
    return Decide(policy, seen).blocker;
  };
  EXPECT_EQ(blocker_of([](Observation&) {}), Blocker::kNone);
  EXPECT_EQ(blocker_of([](Observation& o) { o.target_running = true; }), Blocker::kTargetRunning);
  EXPECT_EQ(blocker_of([](Observation& o) { o.since_target = seconds(1); }),
            Blocker::kTargetActive);
  EXPECT_EQ(blocker_of([](Observation& o) { o.backlog = 0; }), Blocker::kNoRecords);
  EXPECT_EQ(blocker_of([](Observation& o) { o.on_mains = false; }), Blocker::kBattery);
  EXPECT_EQ(blocker_of([](Observation& o) { o.celsius = 90.0; }), Blocker::kTemperature);
  EXPECT_EQ(blocker_of([](Observation& o) { o.minute_of_day = 61; }), Blocker::kQuietHours);
  EXPECT_EQ(blocker_of([](Observation& o) { o.worked_today = seconds(61); }), Blocker::kBudget);
  EXPECT_EQ(blocker_of([](Observation& o) { o.other_cpu_use = 0.9; }), Blocker::kCpuUse);
  EXPECT_EQ(blocker_of([](Observation& o) { o.other_gpu_use = 0.9; }), Blocker::kGpuUse);
  EXPECT_EQ(blocker_of([](Observation& o) { o.io_pressure = 0.9; }), Blocker::kPressure);
  EXPECT_EQ(blocker_of([](Observation& o) { o.load_a_core = 0.9; }), Blocker::kLoad);
}

TEST(IdlePolicy, Decide_NearTheTemperatureLimit_HasHysteresis) {
  const IdlePolicy policy;  // 80 C to go on, 75 C to begin
  Observation seen = Quiet();
  seen.celsius = 76.0;
  EXPECT_EQ(Decide(policy, seen).reason, "the device is at 76 C, limit 75 C");
  seen.working = true;
  EXPECT_TRUE(Decide(policy, seen).run);
  seen.celsius = 80.0;
  EXPECT_FALSE(Decide(policy, seen).run);
}

TEST(IdlePolicy, Decide_InQuietHours_RestsOverMidnightToo) {
  IdlePolicy policy;
  policy.quiet_hours = DaySpan{22 * 60, 6 * 60};
  Observation seen = Quiet();
  for (const auto& [minute, runs] :
       {std::pair{21 * 60 + 59, true}, std::pair{22 * 60, false}, std::pair{0, false},
        std::pair{6 * 60 - 1, false}, std::pair{6 * 60, true}}) {
    seen.minute_of_day = minute;
    EXPECT_EQ(Decide(policy, seen).run, runs) << minute;
  }
  EXPECT_FALSE((DaySpan{600, 660}).Holds(660));
  EXPECT_TRUE((DaySpan{600, 660}).Holds(600));
}

TEST(IdlePolicy, Decide_WhenTodaysBudgetIsSpent_Waits) {
  IdlePolicy policy;
  policy.daily_budget = std::chrono::seconds(60);
  Observation seen = Quiet();
  seen.worked_today = std::chrono::seconds(59);
  EXPECT_TRUE(Decide(policy, seen).run);
  seen.worked_today = std::chrono::seconds(60);
  EXPECT_EQ(Decide(policy, seen).reason, "today's budget of 60 s is spent");
}

TEST(IdlePolicy, Decide_WhereOthersUseTheGpu_HasHysteresis) {
  const IdlePolicy policy;
  Observation seen = Quiet();
  seen.other_gpu_use = 0.3;
  EXPECT_EQ(Decide(policy, seen).reason, "others use 30 % of the GPU, limit 25 %");
  seen.working = true;
  EXPECT_TRUE(Decide(policy, seen).run);
  seen.other_gpu_use = 0.4;
  EXPECT_FALSE(Decide(policy, seen).run);
}

TEST(IdlePolicy, Decide_UnderMemoryOrDiskPressure_DoesNotBegin) {
  const IdlePolicy policy;
  Observation seen = Quiet();
  seen.memory_pressure = 0.1;
  EXPECT_EQ(Decide(policy, seen).reason, "memory pressure is 10 %, limit 10 %");
  seen.memory_pressure = 0.0;
  seen.io_pressure = 0.5;
  EXPECT_EQ(Decide(policy, seen).reason, "disk pressure is 50 %, limit 30 %");
  seen.working = true;
  EXPECT_TRUE(Decide(policy, seen).run);
}

TEST(IdlePolicy, NextChunkRecords_FitsTheBudget) {
  const IdlePolicy policy{.chunk_budget = milliseconds(200), .max_chunk_records = 64};
  EXPECT_EQ(NextChunkRecords(policy, 0, nanoseconds(0)), 1);
  EXPECT_EQ(NextChunkRecords(policy, 4, milliseconds(100)), 8);   // 25 ms a record
  EXPECT_EQ(NextChunkRecords(policy, 4, milliseconds(10)), 8);    // at most twice as many
  EXPECT_EQ(NextChunkRecords(policy, 10, milliseconds(400)), 5);  // 40 ms a record
  EXPECT_EQ(NextChunkRecords(policy, 1, milliseconds(900)), 1);   // one is over the budget
  EXPECT_EQ(NextChunkRecords(policy, 60, milliseconds(60)), 64);
}

}  // namespace
}  // namespace vigil
