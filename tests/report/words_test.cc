#include "estimator/report/words.h"

#include <gtest/gtest.h>

namespace vigil {
namespace {

TEST(Words, GiveFiguresAsPeopleReadThem) {
  EXPECT_EQ(ShareText(0.8434), "84.3 %");
  EXPECT_EQ(RangeText({0.5, 0.25, 0.75}), "25.0 % to 75.0 %");
  EXPECT_EQ(FigureText({0.5, 0.25, 0.75}),
            "50.0\xC2\xA0% (25.0\xC2\xA0to\xC2\xA0"
            "75.0)");
  EXPECT_EQ(CountText(std::int64_t{1234567}), "1,234,567");
  EXPECT_EQ(CountText(std::int64_t{-1234}), "-1,234");
  EXPECT_EQ(CountText(std::int64_t{999}), "999");
  EXPECT_EQ(HoursText(3 * 3600), "3.0 h");
  EXPECT_EQ(HoursText(150), "2 min");
  EXPECT_EQ(WindowText(std::chrono::hours(24)), "1 day");
  EXPECT_EQ(WindowText(std::chrono::hours(6)), "6 hours");
}

TEST(Words, GiveTimesInUtc) {
  constexpr std::int64_t kTime = 1'796'004'775'999'999;  // date -u -d @1796004775
  EXPECT_EQ(IsoTime(kTime), "2026-11-30T02:12:55Z");
  EXPECT_EQ(MinuteText(kTime), "2026-11-30 02:12");
  EXPECT_EQ(DayText(kTime), "30 Nov");
  EXPECT_EQ(MonthText(kTime), "Nov 2026");
  EXPECT_EQ(IsoTime(-1), "1969-12-31T23:59:59Z");
}

TEST(WindowStart, OfAWholeDay_IsTheDate) {
  constexpr std::int64_t kDay = 86'400'000'000;
  EXPECT_EQ(WindowStart(20'000 * kDay, 20'001 * kDay), "2024-10-04");
  EXPECT_EQ(WindowStart(20'000 * kDay, 20'000 * kDay + kDay / 2), "2024-10-04 00:00");
}

TEST(RepresentedText, NamesWhatIsNotRepresented) {
  Estimate estimate{.represented = 0.97, .dropped = 3};
  EXPECT_EQ(RepresentedText(estimate),
            "97 % of the inferences represented; not represented: 3 dropped");
  estimate.unjudged = 2000;
  EXPECT_EQ(RepresentedText(estimate),
            "97 % of the inferences represented; not represented: 3 dropped, 2,000 not judged yet");
}

}  // namespace
}  // namespace vigil
