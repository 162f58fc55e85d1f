#include "estimator/verdict/blends.h"

#include <gtest/gtest.h>

namespace vigil {
namespace {

const std::vector<Histogram> kTwo = {{{0.8, 0.2, 0.0, 0.0}, 1e6}, {{0.0, 0.2, 0.8, 0.0}, 1e6}};

TEST(DistanceFromBlends, OfABlend_IsNothing) {
  const BlendDistance distance = DistanceFromBlends({{0.6, 0.2, 0.2, 0.0}, 1000}, kTwo);
  EXPECT_NEAR(distance.g, 0.0, 0.1);
  EXPECT_FALSE(IsOutsideBlends(distance, 0.0));
}

TEST(DistanceFromBlends, OfWhatNoBlendGives_IsLarge) {
  // Every blend has 0.2 in the second cell.
  EXPECT_TRUE(IsOutsideBlends(DistanceFromBlends({{0.3, 0.4, 0.3, 0.0}, 1000}, kTwo), 0.0));
}

TEST(DistanceFromBlends, OfFewRecords_IsExcusedAsChance) {
  EXPECT_FALSE(IsOutsideBlends(DistanceFromBlends({{0.3, 0.4, 0.3, 0.0}, 20}, kTwo), 0.0));
}

TEST(DistanceFromBlends, OfACellThatNoMemberHas_IsOutside) {
  EXPECT_TRUE(IsOutsideBlends(DistanceFromBlends({{0.4, 0.2, 0.3, 0.1}, 1000}, kTwo), 0.0));
}

TEST(BlendTolerance, OfMembersThatDifferAtRandom_ExcusesOneMore) {
  std::vector<Histogram> members;
  for (int m = 0; m < 20; ++m) {
    const double off = 0.1 * ((m * 7) % 5 - 2);
    members.push_back({{0.3 + off, 0.4 - off / 2, 0.3 - off / 2}, 1000});
  }
  EXPECT_FALSE(IsOutsideBlends(DistanceFromBlends({{0.35, 0.375, 0.275}, 1000}, members),
                               BlendTolerance(members)));
  EXPECT_TRUE(IsOutsideBlends(DistanceFromBlends({{0.3, 0.05, 0.65}, 1000}, members),
                              BlendTolerance(members)));
}

}  // namespace
}  // namespace vigil
