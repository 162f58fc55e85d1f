#include "estimator/monitor/baselines/baselines_output.h"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

namespace vigil {
namespace {

// Probabilities 1/2, 1/4, 1/4.
const std::vector<float> kLogits = {std::log(2.0f), 0.0f, 0.0f};

TEST(OutputScores, OfLogits) {
  EXPECT_NEAR(MaximumSoftmax(kLogits), 0.5, 1e-7);
  EXPECT_NEAR(NegativeEntropy(kLogits), -1.5 * std::numbers::ln2, 1e-7);
  EXPECT_NEAR(SoftmaxMargin(kLogits), 0.25, 1e-7);
  EXPECT_NEAR(NegativeEnergy(kLogits), std::log(4.0), 1e-7);
  // g = 1/4 + 1/16 + 1/16 = 3/8.
  EXPECT_NEAR(DoctorAlpha(kLogits), -(5.0 / 8) / (3.0 / 8), 1e-6);
  EXPECT_NEAR(DoctorBeta(kLogits), -1.0, 1e-7);
}

// At temperature 1/2 the terms are 4, 1, 1.
TEST(OutputScores, TemperatureDividesTheLogits) {
  EXPECT_NEAR(MaximumSoftmax(kLogits, 0.5), 4.0 / 6, 1e-7);
}

TEST(OutputScores, OfLargeLogits_StayFinite) {
  EXPECT_NEAR(NegativeEnergy(std::vector<float>{1000.0f, 1000.0f}), 1000.0 + std::log(2.0), 1e-6);
  EXPECT_DOUBLE_EQ(NegativeEntropy(std::vector<float>{1000.0f, -1000.0f}), 0.0);
  EXPECT_DOUBLE_EQ(DoctorAlpha(std::vector<float>{1000.0f, -1000.0f}), 0.0);
  // 1 - p is 3e-18 here, which 1.0 - p in doubles would lose.
  EXPECT_NEAR(DoctorBeta(std::vector<float>{40.0f, 0.0f}) / -std::exp(-40.0), 1.0, 1e-12);
}

// Three of four samples with logits (1, 0) are of class 0: cross-entropy is least where the
// softmax says 3/4, which is at 1 / temperature = log 3.
TEST(FitTemperature, TwoClasses_FindsTheOneThatMatchesTheShare) {
  const std::vector<float> logits = {1.0f, 0.0f};
  const std::vector<LabelledLogits> samples = {{logits, 0}, {logits, 0}, {logits, 0}, {logits, 1}};
  EXPECT_NEAR(FitTemperature(samples), 1.0 / std::log(3.0), 1e-3);
}

TEST(FitTemperature, NeverWrong_EndsAtTheLowerBound) {
  const std::vector<float> logits = {1.0f, 0.0f};
  EXPECT_NEAR(FitTemperature(std::vector<LabelledLogits>{{logits, 0}}), 0.05, 1e-3);
}

TEST(DistanceToDirectness, IsNothingAtTheThreshold) {
  const std::vector<float> at_limit = {0.0f, 30.0f / kPoseUnit, 0.0f};
  EXPECT_NEAR(DistanceToDirectness(at_limit, DirectnessRule::kAngle), 0.0, 1e-6);
  const std::vector<float> ahead = {0.0f, 0.0f, 0.0f};
  EXPECT_NEAR(DistanceToDirectness(ahead, DirectnessRule::kAngle), 1.0 - std::sqrt(0.75), 1e-9);
  EXPECT_NEAR(DistanceToDirectness(ahead, DirectnessRule::kPrinted), 1.0 - std::numbers::pi / 6,
              1e-9);
}

}  // namespace
}  // namespace vigil
