#include "estimator/service/input_statistics.h"

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
