#include "estimator/detect/detection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vigil {
namespace {

using ::testing::FloatEq;

Detection Make(float left, float top, float size, float score) {
  return {left, top, left + size, top + size, score};
}

TEST(IntersectionOverUnion, OfHandMadeBoxes_IsTheirAreas) {
  // 2x2 boxes that share one unit square: 1 / (4 + 4 - 1).
  EXPECT_THAT(IntersectionOverUnion(Make(0, 0, 2, 1), Make(1, 1, 2, 1)), FloatEq(1.0f / 7.0f));
  EXPECT_THAT(IntersectionOverUnion(Make(3, 4, 5, 1), Make(3, 4, 5, 1)), FloatEq(1.0f));
  EXPECT_EQ(IntersectionOverUnion(Make(0, 0, 2, 1), Make(2, 0, 2, 1)), 0.0f);  // edges touch
  EXPECT_EQ(IntersectionOverUnion(Make(0, 0, 0, 1), Make(0, 0, 0, 1)), 0.0f);  // empty
}

TEST(SuppressOverlaps, KeepsTheBestOfEachGroup_BestFirst) {
  const std::vector<Detection> kept =
      SuppressOverlaps({Make(0, 0, 10, 0.6f), Make(1, 0, 10, 0.9f), Make(50, 0, 10, 0.7f)}, 0.5f);
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[0].score, 0.9f);
  EXPECT_EQ(kept[1].score, 0.7f);
}

// The middle box overlaps both others by 1/3, which do not overlap each other.
TEST(SuppressOverlaps, BoxThatOnlyASuppressedOneOverlaps_Stays) {
  const std::vector<Detection> boxes{Make(0, 0, 10, 0.9f), Make(5, 0, 10, 0.8f),
                                     Make(10, 0, 10, 0.7f)};
  EXPECT_EQ(SuppressOverlaps(boxes, 0.3f).size(), 2u);
  EXPECT_EQ(SuppressOverlaps(boxes, 0.34f).size(), 3u);
}

TEST(SuppressOverlaps, OfNothing_IsNothing) { EXPECT_TRUE(SuppressOverlaps({}, 0.5f).empty()); }

TEST(SquareBox, OfATallFace_HasItsCentreAndItsHeight) {
  const Box box = SquareBox({.left = 10, .top = 20, .right = 30, .bottom = 60}, 1.5f);
  EXPECT_EQ(box.center_x, 20.0f);
  EXPECT_EQ(box.center_y, 40.0f);
  EXPECT_EQ(box.size, 60.0f);
  const Detection back = DetectionOf({20.0f, 40.0f, 40.0f}, 0.25f);
  EXPECT_EQ(back.left, 0.0f);
  EXPECT_EQ(back.bottom, 60.0f);
  EXPECT_EQ(back.score, 0.25f);
}

}  // namespace
}  // namespace vigil
