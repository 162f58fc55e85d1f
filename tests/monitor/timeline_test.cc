#include "estimator/monitor/timeline.h"

#include <gtest/gtest.h>

#include "engine/base/error.h"
#include "estimator/monitor/selection.h"
#include "tests/monitor/report_fixture.h"

namespace vigil {
namespace {

using std::chrono::hours;
using testing::AddVerdicts;
using testing::kDay;
using testing::kHour;
using testing::kSecond;
using testing::VerdictAt;

const Calibration kCalibration = testing::AgreedCalibration();
constexpr std::int64_t kStart = 20'000 * kDay;

Timeline Of(const std::vector<Verdict>& verdicts, const std::vector<EpochCounts>& epochs = {},
            const TimelineOptions& options = {}) {
  return BuildTimeline(verdicts, PartEstimator(epochs, &kCalibration), options);
}

TEST(BuildTimeline, CutsAtWholeHours_AndKeepsWindowsWithoutVerdicts) {
  std::vector<Verdict> verdicts;
  AddVerdicts(verdicts, kStart + 30 * 60 * kSecond, 30, 1000);  // to 59 minutes past
  AddVerdicts(verdicts, kStart + 2 * kHour, 20, 2);
  const Timeline timeline = Of(verdicts);
  ASSERT_EQ(timeline.points.size(), 3u);
  EXPECT_EQ(timeline.points[0].from_micros, kStart);
  EXPECT_EQ(timeline.points[0].to_micros, kStart + kHour);
  EXPECT_NEAR(timeline.points[0].estimate.accuracy.value, (29 * 0.9 + 0.2) / 30, 1e-3);
  EXPECT_FALSE(timeline.points[1].estimate.available);
  EXPECT_EQ(timeline.points[1].estimate.reason_if_none, "no verdicts in this window");
  EXPECT_NEAR(timeline.points[2].estimate.accuracy.value, 0.55, 1e-3);
  EXPECT_EQ(timeline.points[2].estimate.records, 20);
}

TEST(BuildTimeline, ACoarseWindow_HoldsTheDay) {
  std::vector<Verdict> verdicts;
  AddVerdicts(verdicts, kStart + 23 * kHour, 120, 4);
  const Timeline timeline = Of(verdicts, {}, {.window = hours(24)});
  ASSERT_EQ(timeline.points.size(), 2u);
  EXPECT_EQ(timeline.points[0].estimate.records, 60);
  EXPECT_EQ(timeline.points[1].from_micros, kStart + kDay);
}

// Of an epoch of 900 inferences 90 were judged: 60 in one hour, 30 in the next.
TEST(BuildTimeline, AnEpochOverABorder_WeighsTheSameOnBothSides_AndIsSharedOut) {
  std::vector<Verdict> verdicts;
  AddVerdicts(verdicts, kStart, 90, 3, kStart);
  AddVerdicts(verdicts, kStart + kHour + 30 * 60 * kSecond, 10, 1000, kStart + kHour);
  const std::vector<EpochCounts> epochs = {
      {.epoch = kStart, .seen = 900, .kept = 105, .judged = 90, .dropped = 30, .expired = 15},
      {.epoch = kStart + kHour, .seen = 10, .kept = 10, .judged = 10}};
  const Timeline timeline = Of(verdicts, epochs);
  ASSERT_EQ(timeline.points.size(), 2u);
  const Estimate& first = timeline.points[0].estimate;
  const Estimate& second = timeline.points[1].estimate;
  EXPECT_DOUBLE_EQ(first.inferences, 600);
  EXPECT_DOUBLE_EQ(second.inferences, 310);
  EXPECT_EQ(first.dropped, 20);
  EXPECT_EQ(second.dropped, 10);
  EXPECT_EQ(first.expired, 10);
  EXPECT_EQ(second.expired, 5);
  EXPECT_NEAR(first.represented, 90.0 / 135, 1e-12);
  EXPECT_NEAR(second.represented, (300 * 90.0 / 135 + 10) / 310, 1e-12);
  // 30 of weight 10, a third of them wrong; 10 of weight 1, one of them wrong.
  EXPECT_NEAR(second.accuracy.value, (300 * (2 * 0.9 + 0.2) / 3 + 9 * 0.9 + 0.2) / 310, 1e-3);
}

TEST(BuildTimeline, AnEpochWithoutVerdicts_BelongsToTheWindowInWhichItBegan) {
  std::vector<Verdict> verdicts;
  AddVerdicts(verdicts, kStart, 120, 4, kStart);
  const std::vector<EpochCounts> epochs = {
      {.epoch = kStart, .seen = 120, .kept = 120, .judged = 120},
      {.epoch = kStart + kHour + 1, .seen = 70, .kept = 7, .dropped = 3}};
  const Timeline timeline = Of(verdicts, epochs);
  EXPECT_EQ(timeline.points[0].estimate.unjudged, 0);
  EXPECT_EQ(timeline.points[1].estimate.unjudged, 70);
  EXPECT_EQ(timeline.points[1].estimate.dropped, 3);
  EXPECT_NEAR(timeline.points[1].estimate.represented, 60.0 / 130, 1e-12);
}

TEST(BuildTimeline, AWindowOfOneBlock_HasAReasonInsteadOfAnEstimate) {
  std::vector<Verdict> verdicts;
  for (int i = 0; i < 40; ++i) verdicts.push_back(VerdictAt(kStart + i * kSecond, i % 4 != 0));
  const Timeline timeline = Of(verdicts);
  ASSERT_EQ(timeline.points.size(), 1u);
  EXPECT_FALSE(timeline.points[0].estimate.available);
  EXPECT_NE(timeline.points[0].estimate.reason_if_none.find("one block"), std::string::npos);
}

TEST(BuildTimeline, TheRange_CutsTheFirstAndTheLastWindow) {
  std::vector<Verdict> verdicts;
  AddVerdicts(verdicts, kStart, 240, 4);
  const std::int64_t from = kStart + 90 * 60 * kSecond, to = kStart + 150 * 60 * kSecond;
  const Timeline timeline = Of(verdicts, {}, {.from_micros = from, .to_micros = to});
  ASSERT_EQ(timeline.points.size(), 2u);
  EXPECT_EQ(timeline.points[0].from_micros, from);
  EXPECT_EQ(timeline.points[1].to_micros, to);
  EXPECT_EQ(timeline.points[0].estimate.records, 30);
  EXPECT_EQ(timeline.points[1].estimate.records, 30);
  EXPECT_EQ(timeline.before + timeline.after, 0);
}

TEST(BuildTimeline, WithAWrongClock_StaysShort_AndCountsWhatItLeavesOut) {
  std::vector<Verdict> verdicts;
  AddVerdicts(verdicts, 0, 5, 2);  // before the device knew the time
  AddVerdicts(verdicts, kStart, 60, 4);
  AddVerdicts(verdicts, 4 * kStart, 3, 2);
  const Timeline timeline = Of(verdicts, {}, {.now_micros = kStart + kHour / 2});
  EXPECT_EQ(std::ssize(timeline.points), Timeline::kMaxPoints);
  EXPECT_EQ(timeline.points.back().from_micros, kStart);
  EXPECT_TRUE(timeline.points.back().unfinished);
  EXPECT_FALSE(timeline.points[timeline.points.size() - 2].unfinished);
  EXPECT_EQ(timeline.before, 5);
  EXPECT_EQ(timeline.after, 3);
}

TEST(BuildTimeline, WithoutCalibration_HasCountsAndAReason) {
  std::vector<Verdict> verdicts;
  AddVerdicts(verdicts, kStart, 60, 4);
  const Timeline timeline = BuildTimeline(verdicts, PartEstimator({}, nullptr));
  EXPECT_EQ(timeline.points.at(0).estimate.records, 60);
  EXPECT_EQ(timeline.points[0].estimate.reason_if_none, "the estimator's file has no calibration");
}

TEST(BuildTimeline, RefusesWindowsThatAreTooShortOrTooLong) {
  EXPECT_THROW(Of({}, {}, {.window = std::chrono::seconds(3599)}), Error);
  EXPECT_THROW(Of({}, {}, {.window = hours(25)}), Error);
  EXPECT_TRUE(Of({}).points.empty());
}

TEST(WindowFor, KeepsTheNumberOfWindowsReadable) {
  EXPECT_EQ(WindowFor(hours(10)), hours(1));
  EXPECT_EQ(WindowFor(hours(7 * 24)), hours(6));
  EXPECT_EQ(WindowFor(hours(30 * 24)), hours(24));
}

TEST(SelectVerdicts, TakesTheNewestPair_AndSaysWhatItLeftOut) {
  std::vector<Verdict> verdicts;
  AddVerdicts(verdicts, kStart, 4, 2);
  verdicts[0].estimator_hash = 9;
  verdicts[1].model_hash = 8;
  const VerdictSelection newest = SelectVerdicts(verdicts, {});
  EXPECT_EQ(newest.models, (ModelPair{1, 2}));
  EXPECT_EQ(newest.verdicts.size(), 2u);
  ASSERT_EQ(newest.left_out.size(), 2u);
  EXPECT_EQ(newest.left_out[0].verdicts, 1);

  const VerdictSelection asked = SelectVerdicts(verdicts, {}, 9);
  EXPECT_EQ(asked.models, (ModelPair{1, 9}));
  EXPECT_EQ(asked.verdicts.size(), 1u);
  const VerdictSelection none = SelectVerdicts(verdicts, {}, 77);
  EXPECT_FALSE(none.models.has_value());
  EXPECT_TRUE(none.verdicts.empty());
  EXPECT_EQ(none.left_out.size(), 3u);
}

TEST(SelectVerdicts, LeavesOutThoseWhoseEpochWasForgottenMeanwhile) {
  std::vector<Verdict> verdicts;
  AddVerdicts(verdicts, kStart, 3, 2, 5);
  verdicts[0].epoch = 4;
  const VerdictSelection selection =
      SelectVerdicts(verdicts, std::vector<EpochCounts>{{.epoch = 5, .seen = 2, .judged = 2}});
  EXPECT_EQ(selection.verdicts.size(), 2u);
  EXPECT_EQ(selection.without_counts, 1);
}

}  // namespace
}  // namespace vigil
