#include "estimator/monitor/slices/tag_slices.h"

#include <gtest/gtest.h>

#include "tests/monitor/report_fixture.h"

namespace vigil {
namespace {

using testing::AddVerdicts;

const Calibration kCalibration = testing::AgreedCalibration();

std::vector<Verdict> Tagged(const std::string& key, const std::string& value, int count,
                            int period) {
  std::vector<Verdict> verdicts;
  AddVerdicts(verdicts, 0, count, period, 1);
  for (Verdict& verdict : verdicts) verdict.tags.emplace(key, value);
  return verdicts;
}

void Append(std::vector<Verdict>& all, const std::vector<Verdict>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

TEST(EstimateByTag, GivesEachValueItsOwnFigure_WithTheEpochsWeights) {
  std::vector<Verdict> verdicts = Tagged("camera", "front", 60, 2);
  Append(verdicts, Tagged("camera", "rear", 40, 1000));
  const std::vector<EpochCounts> epochs = {{.epoch = 1, .seen = 300, .kept = 100, .judged = 100}};
  const auto slices = EstimateByTag(verdicts, PartEstimator(epochs, &kCalibration));
  ASSERT_EQ(slices.size(), 1u);
  ASSERT_EQ(slices[0].values.size(), 2u);
  EXPECT_EQ(slices[0].values[0].value, "front");
  ASSERT_TRUE(slices[0].values[0].estimate.has_value());
  EXPECT_NEAR(slices[0].values[0].estimate->accuracy.value, 0.55, 1e-3);
  EXPECT_DOUBLE_EQ(slices[0].values[0].estimate->inferences, 180);
  EXPECT_NEAR(slices[0].values[1].estimate->accuracy.value, (39 * 0.9 + 0.2) / 40, 1e-3);
  EXPECT_EQ(slices[0].without, 0);
}

TEST(EstimateByTag, ASmallSlice_IsNamedWithoutFigures) {
  std::vector<Verdict> verdicts = Tagged("room", "hall", 30, 4);
  Append(verdicts, Tagged("room", "bath", 29, 4));
  const auto slices = EstimateByTag(verdicts, PartEstimator({}, &kCalibration));
  ASSERT_EQ(slices.at(0).values.size(), 2u);
  EXPECT_TRUE(slices[0].values[0].estimate.has_value());
  EXPECT_EQ(slices[0].values[1].value, "bath");
  EXPECT_EQ(slices[0].values[1].verdicts, 29);
  EXPECT_FALSE(slices[0].values[1].estimate.has_value());
}

TEST(EstimateByTag, OfManyValuesAndKeys_KeepsTheCommonest_AndCountsTheRest) {
  std::vector<Verdict> verdicts = Tagged("a", "x", 5, 2);
  for (int i = 0; i < 4; ++i) Append(verdicts, Tagged("b", std::string(1, "wxyz"[i]), 4 - i, 2));
  const auto slices = EstimateByTag(verdicts, PartEstimator({}, &kCalibration),
                                    {.max_keys = 1, .max_values = 2, .min_verdicts = 3});
  ASSERT_EQ(slices.size(), 1u);
  EXPECT_EQ(slices[0].key, "b");
  ASSERT_EQ(slices[0].values.size(), 2u);
  EXPECT_EQ(slices[0].values[0].value, "w");
  EXPECT_EQ(slices[0].further_values, 2);
  EXPECT_EQ(slices[0].further_verdicts, 3);
  EXPECT_EQ(slices[0].without, 5);
}

TEST(EstimateByTag, WithoutTags_IsEmpty) {
  std::vector<Verdict> verdicts;
  AddVerdicts(verdicts, 0, 50, 2);
  EXPECT_TRUE(EstimateByTag(verdicts, PartEstimator({}, &kCalibration)).empty());
}

}  // namespace
}  // namespace vigil
