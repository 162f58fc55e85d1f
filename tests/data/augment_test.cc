#include <cmath>
#include <numeric>

#include "estimator/data/augment/lighting.h"
#include "estimator/data/augment/localization.h"
#include "estimator/data/augment/motion_blur.h"
#include "estimator/data/augment/severity.h"
#include "tests/data/fixtures.h"

namespace vigil {
namespace {

TEST(Severity, UnknownName_ListsTheNames) {
  const Error error = ErrorOf([] { SeverityFor(CifarTask(), "extreme"); });
  EXPECT_EQ(error.code(), ErrorCode::kNotFound);
  EXPECT_THAT(error.what(), ::testing::HasSubstr("paper or moderate"));
}

TEST(Severity, Paper_ReachesFurtherThanModerate) {
  for (const Task& task : {CifarTask(), DirectnessTask()}) {
    const AugmentSeverity paper = SeverityFor(task, "paper"),
                          moderate = SeverityFor(task, "moderate");
    EXPECT_GT(paper.shift.high, moderate.shift.high);
    EXPECT_GT(paper.zoom.high, moderate.zoom.high);
    EXPECT_GT(paper.blur_length.high, moderate.blur_length.high);
    EXPECT_GT(paper.brightness.high, moderate.brightness.high);
    EXPECT_GT(paper.contrast.high, moderate.contrast.high);
  }
}

TEST(DisplaceBox, StaysWithinItsRangesAndUsesThem) {
  const AugmentSeverity severity{.shift = {0.1, 0.3}, .zoom = {1.2, 1.5}};
  const Box box{50.0f, 60.0f, 20.0f};
  Random random({1});
  int grown = 0, left = 0;
  double nearest = 1e9, farthest = 0.0;
  constexpr int kDraws = 2000;
  for (int i = 0; i < kDraws; ++i) {
    const Box moved = DisplaceBox(box, severity, random);
    const double distance =
        std::hypot(moved.center_x - box.center_x, moved.center_y - box.center_y) / box.size;
    nearest = std::min(nearest, distance);
    farthest = std::max(farthest, distance);
    const double zoom = moved.size > box.size ? moved.size / box.size : box.size / moved.size;
    ASSERT_GE(zoom, 1.2 - 1e-5);
    ASSERT_LE(zoom, 1.5 + 1e-5);
    grown += moved.size > box.size ? 1 : 0;
    left += moved.center_x < box.center_x ? 1 : 0;
  }
  EXPECT_NEAR(nearest, 0.1, 0.005);
  EXPECT_NEAR(farthest, 0.3, 0.005);
  EXPECT_NEAR(grown, kDraws / 2, 5 * std::sqrt(kDraws) / 2);
  EXPECT_NEAR(left, kDraws / 2, 5 * std::sqrt(kDraws) / 2);
}

TEST(MotionKernel, HorizontalLine_SpreadsOverItsLengthAndNoFurther) {
  const BlurKernel kernel = MakeMotionKernel(4.0, 0.0, 0.0);
  float sum = 0.0f;
  for (const BlurKernel::Tap& tap : kernel.taps) {
    EXPECT_EQ(tap.dy, 0);
    EXPECT_LE(std::abs(tap.dx), 2);
    sum += tap.weight;
  }
  EXPECT_NEAR(sum, 1.0f, 1e-6f);
  EXPECT_EQ(kernel.taps.size(), 5u);
}

TEST(MotionKernel, NoLength_LeavesTheImage) {
  const Image image = Pattern(9, 5);
  EXPECT_EQ(Convolve(image, MakeMotionKernel(0.0, 1.0, 0.2)).rgb, image.rgb);
}

TEST(MotionKernel, BentOrNot_DoesNotDisplaceThePicture) {
  for (const double bend : {-0.25, 0.0, 0.25}) {
    const BlurKernel kernel = MakeMotionKernel(31.0, 0.7, bend);
    double x = 0.0, y = 0.0;
    for (const BlurKernel::Tap& tap : kernel.taps) {
      x += tap.weight * tap.dx;
      y += tap.weight * tap.dy;
    }
    EXPECT_NEAR(x, 0.0, 0.25) << bend;
    EXPECT_NEAR(y, 0.0, 0.25) << bend;
  }
}

TEST(Convolve, ByHand_ReplicatesTheEdge) {
  Image image = Image::Make(3, 1);
  image.rgb = {0, 0, 0, 100, 100, 100, 200, 200, 200};
  const Image out = Convolve(image, {{{-1, 0, 0.25f}, {0, 0, 0.5f}, {1, 0, 0.25f}}});
  EXPECT_EQ(out.rgb[0], 25);   // (0 + 2 * 0 + 100) / 4
  EXPECT_EQ(out.rgb[3], 100);  // (0 + 2 * 100 + 200) / 4
  EXPECT_EQ(out.rgb[6], 175);  // (100 + 2 * 200 + 200) / 4
}

TEST(AdjustLighting, ByHand_ScalesAboutMidGreyAndClips) {
  Image image = Image::Make(2, 1);
  image.rgb = {0, 100, 255, 128, 60, 10};
  AdjustLighting(image, 0.2, 0.5);  // 51 brighter
  // (0 - 127.5) / 2 + 127.5 + 51 = 114.75; 164.75; 242.25; 178.75; 144.75; 119.75.
  EXPECT_EQ(image.rgb, (std::vector<std::uint8_t>{115, 165, 242, 179, 145, 120}));
  AdjustLighting(image, 0.5, 1.0);
  EXPECT_EQ(image.rgb[2], 255);
}

TEST(ChangeLighting, GoesBothWays) {
  const AugmentSeverity severity{.brightness = {0.1, 0.2}, .contrast = {1.0, 1.0}};
  Random random({7});
  int brighter = 0;
  constexpr int kDraws = 400;
  for (int i = 0; i < kDraws; ++i) {
    Image image = Uniform(1, 1, 128);
    ChangeLighting(image, severity, random);
    const int change = image.rgb[0] - 128;
    ASSERT_GE(std::abs(change), 25);  // 0.1 of 255
    ASSERT_LE(std::abs(change), 52);
    brighter += change > 0 ? 1 : 0;
  }
  EXPECT_NEAR(brighter, kDraws / 2, 5 * std::sqrt(kDraws) / 2);
}

}  // namespace
}  // namespace vigil
