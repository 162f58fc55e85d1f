#include "estimator/monitor/robustness/disturbance.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

namespace vigil {
namespace {

constexpr std::size_t kPlane = 5000;

// Two channels of 100 x 50: a ramp of 0 to 10, and a constant.
Tensor RampAndConstant() {
  Tensor tap(TensorDesc{DType::kFloat32, {1, 2, 100, 50}});
  const auto values = tap.as<float>();
  for (std::size_t i = 0; i < kPlane; ++i) {
    values[i] = 10.0f * static_cast<float>(i) / static_cast<float>(kPlane - 1);
    values[kPlane + i] = 3.0f;
  }
  return tap;
}

std::vector<float> DisturbedBy(const Disturbance& disturbance, const Tensor& tap) {
  std::mt19937_64 bits(5);
  std::vector<float> out(tap.as<float>().size());
  Disturb(disturbance, FeatureScale(tap.view()), tap.as<float>(), bits, out);
  return out;
}

TEST(FeatureScale, IsAChannelsOwn) {
  const Tensor tap = RampAndConstant();
  const FeatureScale scale(tap.view());
  ASSERT_EQ(scale.channels(), 2u);
  EXPECT_NEAR(scale.deviation(0), 10.0 / std::sqrt(12.0), 0.01);
  EXPECT_FLOAT_EQ(static_cast<float>(scale.range(0)), 10.0f);
  EXPECT_EQ(scale.deviation(1), 0.0);
  EXPECT_NEAR(scale.norm(), scale.deviation(0) * std::sqrt(5000.0), 1e-6);
  const Tensor vector({1, 4}, std::vector<float>{1, 2, 3, 4});
  EXPECT_EQ(FeatureScale(vector.view()).channels(), 1u);
  EXPECT_EQ(DirectionSize(FeatureScale(vector.view())), 4u);
  EXPECT_EQ(DirectionSize(scale), 2u);
}

TEST(Disturb, Gaussian_HasTheStatedShareOfTheDeviation) {
  const Tensor tap = RampAndConstant();
  const auto out = DisturbedBy({DisturbanceKind::kGaussian, 0.2, 1}, tap);
  double sum = 0.0, squares = 0.0;
  int beyond_two = 0;
  const double deviation = 0.2 * 10.0 / std::sqrt(12.0);
  for (std::size_t i = 0; i < kPlane; ++i) {
    const double noise = out[i] - tap.as<float>()[i];
    sum += noise;
    squares += noise * noise;
    beyond_two += std::abs(noise) > 2.0 * deviation ? 1 : 0;
  }
  EXPECT_NEAR(sum / kPlane, 0.0, 0.03);
  EXPECT_NEAR(std::sqrt(squares / kPlane), deviation, 0.02);
  EXPECT_NEAR(static_cast<double>(beyond_two) / kPlane, 0.0455, 0.01);
  EXPECT_EQ(out[kPlane + 7], 3.0f) << "a channel that does not vary stays as it is";
}

TEST(Disturb, Dropout_TakesTheStatedShareAndKeepsTheMean) {
  const Tensor tap = RampAndConstant();
  const auto out = DisturbedBy({DisturbanceKind::kDropout, 0.3, 1}, tap);
  int gone = 0;
  double sum = 0.0;
  for (std::size_t i = kPlane; i < 2 * kPlane; ++i) {
    gone += out[i] == 0.0f ? 1 : 0;
    sum += out[i];
  }
  EXPECT_NEAR(static_cast<double>(gone) / kPlane, 0.3, 0.02);
  EXPECT_NEAR(sum / kPlane, 3.0, 0.1);
}

TEST(Disturb, Quantisation_LeavesAGridOfTheStatedStep) {
  const Tensor tap = RampAndConstant();
  const auto out = DisturbedBy({DisturbanceKind::kQuantisation, 0.25, 1}, tap);
  std::vector<float> levels(out.begin(), out.begin() + kPlane);
  levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
  ASSERT_GE(levels.size(), 5u);
  ASSERT_LE(levels.size(), 6u);
  for (std::size_t i = 1; i < levels.size(); ++i)
    EXPECT_NEAR(levels[i] - levels[i - 1], 2.5f, 1e-4);
  for (std::size_t i = 0; i < kPlane; ++i)
    ASSERT_LE(std::abs(out[i] - tap.as<float>()[i]), 1.25f + 1e-4f);
  EXPECT_EQ(out[kPlane], 3.0f);
}

TEST(Shift, MovesEachChannelByItsDeviation) {
  const Tensor tap({1, 2, 1, 2}, std::vector<float>{0, 2, 1, 5});  // deviations 1 and 2
  const FeatureScale scale(tap.view());
  std::vector<float> out(4);
  Shift(0.5, std::vector<double>{1.0, -1.0}, scale, tap.as<float>(), out);
  EXPECT_EQ(out, (std::vector<float>{0.5f, 2.5f, 0.0f, 4.0f}));
}

}  // namespace
}  // namespace vigil
