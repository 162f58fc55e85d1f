#include "estimator/report/idle_summary.h"

#include <gtest/gtest.h>

#include "engine/base/text.h"
#include "tests/monitor/report_fixture.h"

namespace vigil {
namespace {

using testing::kDay;
using testing::kHour;

constexpr std::int64_t kStart = 20'000 * kDay, kLater = kStart + 1000 * kDay;

TEST(SummariseIdle, PutsWorkFirst_ThenWhatTookLongest) {
  const std::vector<IdleTime> times = {{kStart, "waiting", "target active", 2000, 0},
                                       {kStart, "working", "T is idle", 60, 12},
                                       {kStart + kHour, "waiting", "no records wait", 3000, 0}};
  const IdleSummary idle = SummariseIdle(times, kLater);
  ASSERT_EQ(idle.reasons.size(), 3u);
  EXPECT_EQ(ReasonText(idle.reasons[0]), "working: T is idle");
  EXPECT_EQ(ReasonText(idle.reasons[1]), "waiting: no records wait");
  EXPECT_DOUBLE_EQ(idle.seconds, 5060);
  ASSERT_EQ(idle.buckets.size(), 2u);  // hours
  EXPECT_EQ(idle.buckets[0].seconds, (std::vector<double>{60, 0, 2000}));
  EXPECT_EQ(idle.buckets[0].records, 12);
  EXPECT_DOUBLE_EQ(idle.buckets[0].MissingSeconds(), 3600 - 2060);
}

TEST(SummariseIdle, OverMoreThanThreeDays_CountsDays) {
  std::vector<IdleTime> times;
  for (int hour = 0; hour < 96; ++hour) {
    times.push_back({kStart + hour * kHour, "waiting", "target active", 3600, 0});
  }
  const IdleSummary idle = SummariseIdle(times, kLater);
  ASSERT_EQ(idle.buckets.size(), 4u);
  EXPECT_DOUBLE_EQ(idle.buckets[3].seconds.at(0), 86400);
  EXPECT_DOUBLE_EQ(idle.buckets[3].MissingSeconds(), 0);
}

TEST(SummariseIdle, WhatIsNotOver_MissesNothingOfTheFuture) {
  const std::vector<IdleTime> times = {{kStart, "waiting", "target active", 600, 0}};
  EXPECT_DOUBLE_EQ(SummariseIdle(times, kStart + kHour / 4).buckets.at(0).MissingSeconds(), 300);
}

TEST(SummariseIdle, OfManyReasons_TakesTheRarestTogether) {
  std::vector<IdleTime> times;
  for (int i = 0; i < 10; ++i)
    times.push_back({kStart, "waiting", Text("reason ", i), 100.0 - i, 1});
  const IdleSummary idle = SummariseIdle(times, kLater);
  ASSERT_EQ(idle.reasons.size(), IdleSummary::kMaxReasons);
  EXPECT_EQ(ReasonText(idle.reasons.back()), "other reasons");
  EXPECT_DOUBLE_EQ(idle.reasons.back().seconds, 94 + 93 + 92 + 91);
  EXPECT_EQ(idle.reasons.back().records, 4);
  EXPECT_DOUBLE_EQ(idle.buckets.at(0).seconds.back(), 94 + 93 + 92 + 91);
}

TEST(SummariseIdle, OfNothing_IsEmpty) { EXPECT_TRUE(SummariseIdle({}, kLater).buckets.empty()); }

}  // namespace
}  // namespace vigil
