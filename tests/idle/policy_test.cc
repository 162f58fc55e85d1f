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

TEST(IdlePolicy, Decide_WhereTheTargetWasNeverSeen_Runs) {
  Observation seen = Quiet();
  seen.since_target.reset();
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
            "idle after 2 s without inference, others' CPU use below 25 % (40 % to go on), load "
            "holds it up for at most 10 s");
  EXPECT_EQ(Describe(IdlePolicy::Now()), "idle after 0 s without inference");
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
