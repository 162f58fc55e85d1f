#include "estimator/monitor/slices/gap_history.h"

#include <gtest/gtest.h>

namespace vigil {
namespace {

constexpr std::int64_t kDay = 86'400'000'000;

// A gap that opens on day 20; the rest as `outside` says.
template <typename Outside>
std::vector<GapPoint> Days(const Outside& outside) {
  std::vector<GapPoint> points;
  for (int day = 0; day < 50; ++day) {
    const double noise = 0.02 * ((day * 7) % 5 - 2);
    points.push_back({day * kDay, (day < 20 ? 0.0 : -0.2) + noise, 0.03, outside(day)});
  }
  return points;
}

TEST(FitGapChange, OfAStep_FindsItsPlaceAndItsSize) {
  const GapChange change = FitGapChange(Days([](int) { return 0.8; }));
  ASSERT_TRUE(change.step.has_value());
  EXPECT_TRUE(change.step_fits_better);
  EXPECT_NEAR(static_cast<double>(change.step->micros) / kDay, 19.5, 0.01);
  EXPECT_NEAR(change.step->before, 0.0, 0.02);
  EXPECT_NEAR(change.step->after, -0.2, 0.02);
  EXPECT_LT(change.step->p, 1e-6);
}

// A dirty lens at another time, weeks of darkness before: none of it is the subgroup's.
TEST(FitGapChange, WhereTheRestSuffersAtOtherTimes_SaysHowItDidBesideTheStep) {
  const GapChange change = FitGapChange(Days([](int day) {
    const bool dark = day < 8, soiled = (day >= 23 && day < 27) || day >= 35;
    return dark || soiled ? 0.4 : 0.8;
  }));
  ASSERT_TRUE(change.step.has_value());
  EXPECT_NEAR(change.step->outside_before, 0.8, 1e-9);
  EXPECT_NEAR(change.step->outside_after, 0.8, 1e-9);
}

TEST(FitGapChange, WhereTheRestFellWithIt_SaysSo) {
  const GapChange change = FitGapChange(Days([](int day) { return day < 20 ? 0.8 : 0.6; }));
  ASSERT_TRUE(change.step.has_value());
  EXPECT_NEAR(change.step->outside_before - change.step->outside_after, 0.2, 1e-9);
}

TEST(FitGapChange, OfTooFewPeriods_SaysNothing) {
  EXPECT_FALSE(FitGapChange(std::vector<GapPoint>(5, {0, 0.0, 0.1, 0.5})).step.has_value());
}

}  // namespace
}  // namespace vigil
