#include "estimator/monitor/baselines.h"

#include <cmath>
#include <numbers>
#include <vector>

#include <gtest/gtest.h>

namespace vigil {
namespace {

// Probabilities 1/2, 1/4, 1/4.
const std::vector<float> kLogits = {std::log(2.0f), 0.0f, 0.0f};

TEST(Baselines, OfLogits) {
  EXPECT_NEAR(MaximumSoftmax(kLogits), 0.5, 1e-7);
  EXPECT_NEAR(NegativeEntropy(kLogits), -1.5 * std::numbers::ln2, 1e-7);
  EXPECT_NEAR(SoftmaxMargin(kLogits), 0.25, 1e-7);
  EXPECT_NEAR(NegativeEnergy(kLogits), std::log(4.0), 1e-7);
}

TEST(Baselines, OfLargeLogits_StayFinite) {
  EXPECT_NEAR(NegativeEnergy(std::vector<float>{1000.0f, 1000.0f}), 1000.0 + std::log(2.0), 1e-6);
  EXPECT_DOUBLE_EQ(NegativeEntropy(std::vector<float>{1000.0f, -1000.0f}), 0.0);
}

TEST(DistanceToDirectness, IsNothingAtTheThreshold) {
  const std::vector<float> at_limit = {0.0f, 30.0f / kPoseUnit, 0.0f};
  EXPECT_NEAR(DistanceToDirectness(at_limit, DirectnessRule::kAngle), 0.0, 1e-6);
  const std::vector<float> ahead = {0.0f, 0.0f, 0.0f};
  EXPECT_NEAR(DistanceToDirectness(ahead, DirectnessRule::kAngle), 1.0 - std::sqrt(0.75), 1e-9);
  EXPECT_NEAR(DistanceToDirectness(ahead, DirectnessRule::kPrinted), 1.0 - std::numbers::pi / 6,
              1e-9);
}

TEST(AppliedOracle, KnowsTheAccuracyOfEachSetOfOperations) {
  const CauseSet blur = CauseSet().Add(Cause::kBlur);
  const AppliedOracle oracle(std::vector<AppliedOracle::Sample>{
      {{}, true}, {{}, true}, {{}, true}, {blur, true}, {blur, false}, {blur, false}});
  // Overall 4 of 6, as one more record of each set.
  EXPECT_DOUBLE_EQ(oracle.Score({}), (3 + 4.0 / 6) / 4);
  EXPECT_DOUBLE_EQ(oracle.Score(blur), (1 + 4.0 / 6) / 4);
  EXPECT_DOUBLE_EQ(oracle.Score(CauseSet().Add(Cause::kLighting)), 4.0 / 6);
}

TEST(ThresholdedConfidence, PassesTheShareThatWasRight) {
  const ThresholdedConfidence confidence(std::vector<ThresholdedConfidence::Sample>{
      {0.9, true}, {0.8, false}, {0.7, true}, {0.2, false}});
  EXPECT_DOUBLE_EQ(confidence.threshold(), 0.8);
  EXPECT_DOUBLE_EQ(confidence.Estimate(std::vector<double>{0.95, 0.5, 0.3, 0.8}), 0.5);
}

}  // namespace
}  // namespace vigil
