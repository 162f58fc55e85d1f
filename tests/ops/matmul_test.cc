#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_hand.h"

namespace vigil::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(MatMul, Batches_RepeatWhereTheyAreOne) {
  // Two matrices a by one b.
  const auto out =
      RunOp(MatMulAttrs{}, Filled({2, 1, 2}, {1, 2, 3, 4}), Filled({1, 2, 2}, {1, 0, 5, 1}));
  EXPECT_EQ(out[0].shape(), (Shape{2, 1, 2}));
  EXPECT_THAT(ValuesOf(out), ElementsAre(11, 2, 23, 4));
}

TEST(MatMul, Vectors_AreARowAndAColumn) {
  const Tensor v = Filled({2}, {1, 2});
  const Tensor m = Filled({2, 2}, {1, 2, 3, 4});
  EXPECT_THAT(ValuesOf(RunOp(MatMulAttrs{}, v.Clone(), m.Clone())), ElementsAre(7, 10));
  EXPECT_THAT(ValuesOf(RunOp(MatMulAttrs{}, m.Clone(), v.Clone())), ElementsAre(5, 11));
  EXPECT_THAT(ValuesOf(RunOp(MatMulAttrs{}, v.Clone(), v.Clone())), ElementsAre(5));
}

TEST(MatMul, Shapes_FollowNumpy) {
  EXPECT_EQ(InferredShape(MatMulAttrs{}, {{3, 1, 5, 7}, {2, 7, 4}}), (Shape{3, 2, 5, 4}));
  EXPECT_EQ(InferredShape(MatMulAttrs{}, {{7}, {3, 7, 4}}), (Shape{3, 4}));
  EXPECT_EQ(InferredShape(MatMulAttrs{}, {{3, 5, 7}, {7}}), (Shape{3, 5}));
  EXPECT_EQ(InferredShape(MatMulAttrs{}, {{7}, {7}}), Shape{});
}

TEST(MatMul, WrongShapes_AreRefusedWithNumbers) {
  EXPECT_THAT(Refusal(MatMulAttrs{}, {{2, 3}, {4, 5}}), HasSubstr("expected b to have 3 rows"));
  EXPECT_THAT(Refusal(MatMulAttrs{}, {{}, {4, 5}}), HasSubstr("expected rank 1 to 6"));
  EXPECT_THAT(Refusal(MatMulAttrs{}, {{2, 1, 3}, {3, 3, 5}}),
              HasSubstr("shapes 2 and 3 do not broadcast"));
}

}  // namespace
}  // namespace vigil::testing
