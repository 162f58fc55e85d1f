#include "estimator/monitor/alerts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/error.h"
#include "tests/monitor/report_fixture.h"

namespace vigil {
namespace {

using ::testing::HasSubstr;
using testing::kHour;

// Windows of an hour with these accuracies, 4 points to either side; below 0: no estimate.
Timeline Hours(const std::vector<double>& accuracies) {
  Timeline timeline;
  for (const double accuracy : accuracies) {
    const auto start = static_cast<std::int64_t>(timeline.points.size()) * kHour;
    TimelinePoint point{.from_micros = start, .to_micros = start + kHour};
    point.estimate.available = accuracy >= 0.0;
    point.estimate.accuracy = {accuracy, accuracy - 0.04, accuracy + 0.04};
    point.estimate.causes = {
        {.cause = Cause::kBlur, .of_all = {1 - accuracy, 0.96 - accuracy, 1.04 - accuracy}}};
    timeline.points.push_back(point);
  }
  return timeline;
}

AlertState After(const AlertRule& rule, const Timeline& timeline) {
  return EvaluateAlerts(std::vector<AlertRule>{rule}, timeline).at(0);
}

const AlertRule kRule{.name = "accuracy", .limit = 0.8, .windows = 3};

TEST(EvaluateAlerts, FiresAfterSoManyWindowsInARow_SinceTheFirstOfThem) {
  EXPECT_FALSE(After(kRule, Hours({0.9, 0.9, 0.7, 0.7})).firing);
  const AlertState state = After(kRule, Hours({0.9, 0.9, 0.7, 0.7, 0.7}));
  EXPECT_TRUE(state.firing);
  EXPECT_EQ(state.since_micros, 2 * kHour);
  EXPECT_EQ(state.in_a_row, 3);
  EXPECT_EQ(state.looked_at, 5);
  EXPECT_EQ(state.line,
            "lower bound of the accuracy below 80.0 % in the newest 3 windows; last 70.0 %, 66.0 % "
            "to 74.0 %");
}

TEST(EvaluateAlerts, AnInterruptedRun_DoesNotFire) {
  EXPECT_FALSE(After(kRule, Hours({0.7, 0.7, 0.9, 0.7, 0.7})).firing);
}

TEST(EvaluateAlerts, WindowsWithoutAnEstimate_NeitherFireNorBreakARunNorClear) {
  EXPECT_TRUE(After(kRule, Hours({0.7, -1, 0.7, -1, -1, 0.7})).firing);
  EXPECT_FALSE(After(kRule, Hours({0.7, -1, -1, -1, 0.7})).firing);
  EXPECT_TRUE(After(kRule, Hours({0.7, 0.7, 0.7, -1, -1, -1, -1})).firing);
}

TEST(EvaluateAlerts, ClearsOnlyAfterAsManyGoodWindowsInARow) {
  EXPECT_TRUE(After(kRule, Hours({0.7, 0.7, 0.7, 0.9, 0.9})).firing);
  EXPECT_TRUE(After(kRule, Hours({0.7, 0.7, 0.7, 0.9, 0.9, 0.7, 0.9, 0.9})).firing);
  const AlertState cleared = After(kRule, Hours({0.7, 0.7, 0.7, 0.9, 0.9, 0.9}));
  EXPECT_FALSE(cleared.firing);
  EXPECT_EQ(cleared.since_micros, 0);
  EXPECT_THAT(cleared.line, HasSubstr("not in the newest 3 windows"));
  // A run that goes on through a good window keeps its beginning.
  EXPECT_EQ(After(kRule, Hours({0.7, 0.7, 0.7, 0.9, 0.7, 0.7, 0.7})).since_micros, 0 * kHour);
}

TEST(EvaluateAlerts, AnUnfinishedWindow_DoesNotCount) {
  Timeline timeline = Hours({0.7, 0.7, 0.7});
  timeline.points.back().unfinished = true;
  EXPECT_FALSE(After(kRule, timeline).firing);
}

TEST(EvaluateAlerts, Evidence_ChoosesTheBound) {
  const auto fires = [](AlertEvidence evidence, double accuracy) {
    AlertRule rule{.name = "a", .limit = 0.8, .windows = 1, .evidence = evidence};
    return After(rule, Hours({accuracy})).firing;
  };
  EXPECT_TRUE(fires(AlertEvidence::kPossible, 0.83));
  EXPECT_FALSE(fires(AlertEvidence::kPossible, 0.85));
  EXPECT_TRUE(fires(AlertEvidence::kLikely, 0.79));
  EXPECT_FALSE(fires(AlertEvidence::kLikely, 0.81));
  EXPECT_TRUE(fires(AlertEvidence::kSure, 0.75));
  EXPECT_FALSE(fires(AlertEvidence::kSure, 0.77));
}

TEST(EvaluateAlerts, ACausesShareAboveItsLimit_Fires) {
  AlertRule rule{
      .name = "blur", .kind = AlertKind::kCauseAbove, .cause = Cause::kBlur, .limit = 0.2};
  rule.windows = 2;
  EXPECT_TRUE(After(rule, Hours({0.79, 0.79})).firing);
  EXPECT_FALSE(After(rule, Hours({0.81, 0.81})).firing);
  rule.evidence = AlertEvidence::kPossible;
  EXPECT_TRUE(After(rule, Hours({0.81, 0.81})).firing);
  rule.cause = Cause::kLighting;  // which PE has no classifier for
  EXPECT_FALSE(After(rule, Hours({0.5, 0.5})).firing);
  EXPECT_THAT(After(rule, Hours({0.5})).line, HasSubstr("share of lighting"));
}

TEST(EvaluateAlerts, WithNothingToLookAt_SaysSo) {
  EXPECT_EQ(After(kRule, {}).line,
            "lower bound of the accuracy below 80.0 %: no window has an estimate yet");
}

TEST(EvaluateAlerts, RefusesRulesThatCannotBe) {
  EXPECT_THROW(After({.name = "", .limit = 0.5}, {}), Error);
  EXPECT_THROW(After({.name = "a", .limit = 80.0}, {}), Error);
  EXPECT_THROW(After({.name = "a", .limit = 0.5, .windows = 0}, {}), Error);
}

TEST(AlertNames, ReadBack) {
  for (const AlertKind kind : {AlertKind::kAccuracyBelow, AlertKind::kCauseAbove}) {
    EXPECT_EQ(AlertKindFromName(AlertKindName(kind)), kind);
  }
  EXPECT_EQ(AlertEvidenceFromName("sure"), AlertEvidence::kSure);
  EXPECT_THROW(AlertKindFromName("accuracy"), Error);
}

}  // namespace
}  // namespace vigil
