#include "estimator/idle/spent_times.h"

#include <set>

#include <gmock/gmock.h>

namespace vigil {
namespace {

using std::chrono::seconds;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(SpentTimes, Take_AddsUpByWhatAndWhy_AndBeginsAnew) {
  SpentTimes times;
  times.Switch(SchedulerState::kWaiting, Blocker::kTargetActive, seconds(10));
  times.Switch(SchedulerState::kWorking, Blocker::kNone, seconds(13));
  times.AddRecords(7);
  times.Switch(SchedulerState::kWaiting, Blocker::kTargetActive, seconds(14));
  const std::vector<SpentTime> first = times.Take(seconds(16));
  ASSERT_THAT(first, SizeIs(2));
  EXPECT_EQ(first[0].why, Blocker::kTargetActive);
  EXPECT_EQ(first[0].time, seconds(5));
  EXPECT_EQ(first[0].records, 0);
  EXPECT_EQ(first[1].doing, SchedulerState::kWorking);
  EXPECT_EQ(first[1].time, seconds(1));
  EXPECT_EQ(first[1].records, 7);
  const std::vector<SpentTime> second = times.Take(seconds(20));
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_EQ(second[0].time, seconds(4));
}

TEST(SpentTimes, Take_WhileStopped_CountsNothing) {
  SpentTimes times;
  EXPECT_THAT(times.Take(seconds(100)), IsEmpty());
  times.Switch(SchedulerState::kWaiting, Blocker::kNoRecords, seconds(100));
  times.Switch(SchedulerState::kStopped, Blocker::kNone, seconds(101));
  EXPECT_THAT(times.Take(seconds(200)), SizeIs(1));
  EXPECT_THAT(times.Take(seconds(300)), IsEmpty());
}

TEST(Blocker, Names_AreDistinct_AndEndWithTheLastBlocker) {
  const std::set<std::string_view> names(kBlockerNames.begin(), kBlockerNames.end());
  EXPECT_EQ(names.size(), kBlockerNames.size());
  EXPECT_EQ(BlockerName(Blocker::kError), kBlockerNames.back());
}

}  // namespace
}  // namespace vigil
