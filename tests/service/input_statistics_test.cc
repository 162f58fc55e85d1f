#include "estimator/service/input_statistics.h"

#include <functional>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vigil {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;

TEST(InputStatistics, OfPlanes_AreMeanAndDeviationOfEachThenTheRange) {
  const Tensor input(Shape{1, 2, 1, 2}, std::vector<float>{1, 3, -5, -5});
  EXPECT_THAT(InputStatistics(input.view()), ElementsAre(2, 1, -5, 0, -5, 3));
}

TEST(InputStatistics, OfAPicture_AreOfItsColoursInFullScales) {
  Tensor picture(TensorDesc{DType::kUInt8, Shape{1, 1, 2, 3}});
  const std::uint8_t bytes[] = {0, 255, 51, 102, 255, 51};
  std::copy(std::begin(bytes), std::end(bytes), picture.as<std::uint8_t>().begin());
  const auto near = [](float x) { return FloatNear(x, 1e-6f); };
  EXPECT_THAT(InputStatistics(std::as_const(picture).view()),
              ElementsAre(near(0.2f), near(0.2f), near(1.0f), near(0.0f), near(0.2f), near(0.0f),
                          near(0.0f), near(1.0f)));
}

// Sums in the plainest way.
std::vector<float> ByDefinition(const std::vector<double>& values, std::size_t channels,
                                const std::function<std::size_t(std::size_t)>& channel_of) {
  std::vector<float> statistics;
  for (std::size_t c = 0; c < std::min<std::size_t>(channels, 7); ++c) {
    double sum = 0.0, squares = 0.0, count = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (channel_of(i) != c) continue;
      sum += values[i];
      squares += values[i] * values[i];
      count += 1.0;
    }
    statistics.push_back(static_cast<float>(sum / count));
    statistics.push_back(
        static_cast<float>(std::sqrt(std::max(squares / count - sum / count * sum / count, 0.0))));
  }
  const auto [low, high] = std::ranges::minmax(values);
  statistics.push_back(static_cast<float>(low));
  statistics.push_back(static_cast<float>(high));
  return statistics;
}

TEST(InputStatistics, OfLargeInputs_AreThoseOfPlainSums) {
  std::mt19937 generator(5);
  for (const std::size_t channels : {1u, 3u, 4u, 7u, 9u}) {
    constexpr std::size_t kHeight = 61, kWidth = 53;  // four tiles, whole tiles and a rest
    const std::size_t plane = kHeight * kWidth;
    Tensor planes(Shape{1, static_cast<std::int64_t>(channels), kHeight, kWidth},
                  std::vector<float>(channels * plane));
    Tensor picture(
        TensorDesc{DType::kUInt8, Shape{1, kHeight, kWidth, static_cast<std::int64_t>(channels)}});
    std::vector<double> in_planes, in_picture;
    for (std::size_t i = 0; i < channels * plane; ++i) {
      std::normal_distribution<float> normal(static_cast<float>(i / plane), 0.5f);
      planes.as<float>()[i] = normal(generator);
      in_planes.push_back(planes.as<float>()[i]);
      picture.as<std::uint8_t>()[i] =
          static_cast<std::uint8_t>(3 + (generator() % 200 + 5 * (i % channels)));
      in_picture.push_back(picture.as<std::uint8_t>()[i] / 255.0);
    }
    const std::vector<float> expected[] = {
        ByDefinition(in_planes, channels, [&](std::size_t i) { return i / plane; }),
        ByDefinition(in_picture, channels, [&](std::size_t i) { return i % channels; })};
    const std::vector<float> got[] = {InputStatistics(std::as_const(planes).view()),
                                      InputStatistics(std::as_const(picture).view())};
    for (int k = 0; k < 2; ++k) {
      ASSERT_EQ(got[k].size(), expected[k].size()) << channels;
      for (std::size_t i = 0; i < got[k].size(); ++i) {
        EXPECT_NEAR(got[k][i], expected[k][i], 1e-6) << channels << " channels, number " << i;
      }
    }
  }
}

TEST(InputStatistics, OfManyChannels_AreAtMostSixteen) {
  const Tensor input(Shape{1, 20, 1, 1}, std::vector<float>(20, 1.0f));
  EXPECT_EQ(InputStatistics(input.view()).size(), 16u);
}

TEST(InputStatistics, OfOtherTypes_AreNone) {
  const Tensor input(TensorDesc{DType::kInt64, Shape{1, 4}});
  EXPECT_TRUE(InputStatistics(input.view()).empty());
}

}  // namespace
}  // namespace vigil
