#include "estimator/monitor/advice/subgroups.h"

#include <gmock/gmock.h>

namespace vigil {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::int64_t kDay = 86'400'000'000;

// Fell from level with the rest to 20 points behind it on day 10, and the rest by `rest`.
SliceFindings Fall(double rest = 0.0) {
  Subgroup yard{.tags = {{"site", "yard"}}, .verdicts = 900, .blocks = 90, .accuracy = 0.7};
  yard.outside = 0.8;
  yard.gap = {-0.1, -0.14, -0.06};
  yard.sudden = GapBreak{10 * kDay + kDay / 2, 0.0, -0.2, 0.8, 0.8 + rest, 1e-6};
  SliceFindings findings{.looked_at = 8, .level = 0.05};
  findings.worse = {yard};
  findings.changed = {yard};
  return findings;
}

DriftEvent EventOn(int day, const char* signal) {
  DriftEvent event{.start_micros = day * kDay, .detected_micros = (day + 2) * kDay};
  event.signals = {{.signal = signal, .before = 0.1, .after = 0.3, .effect = 0.7}};
  return event;
}

TEST(WithSubgroups, AnEventThatASubgroupExplains_IsThatSubgroups) {
  const auto events = WithSubgroups({EventOn(11, "p(localization)")}, Fall(), 30 * kDay);
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].kind, DriftKind::kSubgroup);
  EXPECT_EQ(events[0].start_micros, 10 * kDay);
  EXPECT_EQ(Headline(events[0]), "sudden subgroup that fails (site=yard)");
  EXPECT_THAT(events[0].reason, HasSubstr("from 0 to -20 points"));
}

TEST(WithSubgroups, WithoutAnEvent_AddsOneInItsPlace) {
  const auto events =
      WithSubgroups({EventOn(2, "p(blur)"), EventOn(20, "p(blur)")}, Fall(), 30 * kDay);
  ASSERT_THAT(events, SizeIs(3));
  EXPECT_EQ(events[1].kind, DriftKind::kSubgroup);
  EXPECT_EQ(events[1].start_micros, 10 * kDay);
  EXPECT_EQ(events[1].detected_micros, 30 * kDay);
  EXPECT_NEAR(events[1].signals.at(0).after, 0.6, 1e-9);
}

TEST(WithSubgroups, WhereTheInputsMovedOrTheRestFellToo_LeavesTheEventsAsTheyAre) {
  const auto moved = WithSubgroups({EventOn(11, "input mean 0")}, Fall(), 30 * kDay);
  ASSERT_THAT(moved, SizeIs(2));  // the fall is told beside it
  EXPECT_EQ(moved[0].kind, DriftKind::kSubgroup);
  EXPECT_EQ(moved[1].kind, DriftKind::kInput);
  const auto all_fell = WithSubgroups({EventOn(11, "p(blur)")}, Fall(-0.15), 30 * kDay);
  ASSERT_THAT(all_fell, SizeIs(1));
  EXPECT_EQ(all_fell[0].kind, DriftKind::kInput);
  EXPECT_THAT(WithSubgroups({}, {}, 0), IsEmpty());
}

TEST(FailingSlices, AreThoseFarBehindTheRest) {
  SliceFindings findings = Fall();
  const auto failing = FailingSlices(findings);
  ASSERT_THAT(failing, SizeIs(1));
  EXPECT_EQ(failing[0].name, "site=yard");
  EXPECT_NEAR(failing[0].accuracy.high, 0.74, 1e-9);
  findings.worse[0].gap.value = -0.03;
  EXPECT_THAT(FailingSlices(findings), IsEmpty());
}

}  // namespace
}  // namespace vigil
