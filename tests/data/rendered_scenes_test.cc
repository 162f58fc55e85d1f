#include "estimator/data/heads/rendered_scenes.h"

#include <gtest/gtest.h>

#include "engine/base/error.h"

namespace vigil {
namespace {

TEST(RenderedScenes, FacesHaveTheAskedSizesAndLieInThePicture) {
  const RenderedScenes scenes({.seed = 5, .count = 40, .side = 96, .empty = 0.25});
  int empty = 0;
  float smallest = 1.0f, largest = 0.0f;
  for (std::int64_t i = 0; i < scenes.size(); ++i) {
    const Sample sample = scenes.Get(i);
    ASSERT_EQ(sample.image.width, 96);
    if (sample.box.size == 0.0f) {
      ++empty;
      continue;
    }
    const float share = sample.box.size / 96.0f;
    smallest = std::min(smallest, share);
    largest = std::max(largest, share);
    EXPECT_GT(sample.box.center_x, 0.0f);
    EXPECT_LT(sample.box.center_x, 96.0f);
    EXPECT_GT(sample.box.center_y, 0.0f);
    EXPECT_LT(sample.box.center_y, 96.0f);
  }
  EXPECT_GE(empty, 3);
  EXPECT_LE(empty, 20);
  EXPECT_GE(smallest, 0.119f);
  EXPECT_LE(largest, 0.751f);
  EXPECT_LT(smallest, 0.3f);
  EXPECT_GT(largest, 0.45f);
}

TEST(RenderedScenes, SameIndex_IsTheSamePicture_AndAnotherSeedIsNot) {
  const RenderedScenes scenes({.seed = 5, .count = 4}), again({.seed = 5, .count = 9}),
      other({.seed = 6, .count = 4});
  EXPECT_EQ(scenes.Get(3).image.rgb, again.Get(3).image.rgb);
  EXPECT_NE(scenes.Get(3).image.rgb, other.Get(3).image.rgb);
}

TEST(RenderedScenes, OptionsOutOfRange_AreNamed) {
  EXPECT_THROW(RenderedScenes({.side = 8}), Error);
  EXPECT_THROW(RenderedScenes({.smallest_face = 0.5, .largest_face = 0.2}), Error);
  EXPECT_THROW(RenderedScenes({.empty = 1.5}), Error);
}

}  // namespace
}  // namespace vigil
