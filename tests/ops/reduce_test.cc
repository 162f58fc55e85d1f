#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_hand.h"

namespace vigil::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;

using Pads = std::array<std::int64_t, 4>;

Tensor OneToNine() { return Filled({1, 1, 3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9}); }

TEST(MaxPool, Windows_TakeTheLargest) {
  EXPECT_THAT(ValuesOf(RunOp(PoolAttrs{PoolKind::kMax, {2, 2}}, OneToNine())),
              ElementsAre(5, 6, 8, 9));
}

TEST(MaxPool, Padding_NeverWins) {
  const PoolAttrs attrs{PoolKind::kMax, {2, 2}, {2, 2}, Pads{1, 1, 0, 0}};
  EXPECT_THAT(ValuesOf(RunOp(attrs, Filled({1, 1, 3, 3}, std::vector<float>(9, -7.0f)))),
              ElementsAre(-7, -7, -7, -7));
}

TEST(MaxPool, Dilation_SkipsElements) {
  const PoolAttrs attrs{PoolKind::kMax, {2, 2}, {1, 1}, {}, {2, 2}};
  EXPECT_THAT(ValuesOf(RunOp(attrs, Filled({1, 1, 3, 3}, {1, 50, 2, 50, 50, 50, 3, 50, 4}))),
              ElementsAre(4));
}

TEST(AveragePool, PaddingNotCounted_DividesByWhatIsThere) {
  const PoolAttrs attrs{PoolKind::kAverage, {2, 2}, {2, 2}, Pads{1, 1, 0, 0}};
  EXPECT_THAT(ValuesOf(RunOp(attrs, OneToNine())), ElementsAre(1, 2.5f, 5.5f, 7));
}

TEST(AveragePool, PaddingCounted_DividesByTheWindow) {
  const PoolAttrs attrs{PoolKind::kAverage, {2, 2}, {2, 2}, Pads{1, 1, 0, 0}, {1, 1}, false, true};
  EXPECT_THAT(ValuesOf(RunOp(attrs, OneToNine())), ElementsAre(0.25f, 1.25f, 2.75f, 7));
}

TEST(AveragePool, CeilModeBeyondThePadding_NeverCounts) {
  const PoolAttrs attrs{PoolKind::kAverage, {2, 2}, {2, 2}, {}, {1, 1}, true, true};
  EXPECT_THAT(ValuesOf(RunOp(attrs, OneToNine())), ElementsAre(3, 4.5f, 7.5f, 9));
}

TEST(Pool, CeilMode_LeavesOutAWindowThatWouldStartInTheEndPadding) {
  PoolAttrs attrs{PoolKind::kMax, {1, 1}, {2, 2}, Pads{0, 0, 0, 0}, {1, 1}, true};
  EXPECT_EQ(InferredShape(attrs, {{1, 1, 4, 4}}), (Shape{1, 1, 2, 2}));
  attrs.kernel = {3, 3};
  EXPECT_EQ(InferredShape(attrs, {{1, 1, 4, 4}}), (Shape{1, 1, 2, 2}));
  attrs.ceil_mode = false;
  EXPECT_EQ(InferredShape(attrs, {{1, 1, 4, 4}}), (Shape{1, 1, 1, 1}));
}

TEST(Pool, WindowOfPaddingAlone_IsRefused) {
  const PoolAttrs attrs{PoolKind::kAverage, {2, 2}, {1, 1}, Pads{2, 0, 0, 0}};
  EXPECT_THAT(Refusal(attrs, {{1, 1, 4, 4}}), HasSubstr("height 4: window 0 of kernel 2"));
}

TEST(Pool, WindowLargerThanTheInput_IsRefused) {
  EXPECT_THAT(Refusal(PoolAttrs{PoolKind::kMax, {2, 5}}, {{1, 1, 4, 4}}),
              HasSubstr("width 4 with padding 0 + 0 gives no output: the window spans 5"));
}

TEST(GlobalAveragePool, EachPlane_BecomesItsMean) {
  const auto out = RunOp(GlobalPoolAttrs{}, Filled({1, 2, 1, 4}, {1, 2, 3, 6, -1, -1, -1, 1}));
  EXPECT_EQ(out[0].shape(), (Shape{1, 2, 1, 1}));
  EXPECT_THAT(ValuesOf(out), ElementsAre(3, -0.5f));
}

TEST(GlobalAveragePool, Matrix_IsRefused) {
  EXPECT_THAT(Refusal(GlobalPoolAttrs{}, {{1, 3}}), HasSubstr("x is 1x3: expected rank 4"));
}

TEST(Softmax, Row_IsExponentialsOverTheirSum) {
  // ln 1, ln 2, ln 5: shares of 1, 2 and 5 in 8.
  const auto out = RunOp(SoftmaxAttrs{1}, Filled({1, 3}, {0.0f, 0.69314718f, 1.60943791f}));
  EXPECT_THAT(ValuesOf(out), ElementsAre(FloatNear(0.125f, 1e-7f), FloatNear(0.25f, 1e-7f),
                                         FloatNear(0.625f, 1e-7f)));
}

TEST(Softmax, LargeValues_DoNotOverflow) {
  EXPECT_THAT(ValuesOf(RunOp(SoftmaxAttrs{1}, Filled({1, 2}, {1000, 1000}))),
              ElementsAre(0.5f, 0.5f));
}

TEST(Softmax, InnerAxis_RunsAcrossTheStride) {
  const auto out = RunOp(SoftmaxAttrs{1}, Filled({1, 2, 2}, {0, 100, 0, 100}));
  EXPECT_THAT(ValuesOf(out), ElementsAre(0.5f, 0.5f, 0.5f, 0.5f));
}

TEST(Softmax, FlattenFromAxis_SharesOverAllThatFollows) {
  const auto out = RunOp(SoftmaxAttrs{1, true}, Filled({2, 2, 2}, {1, 1, 1, 1, 0, 0, 0, 0}));
  EXPECT_THAT(ValuesOf(out), ElementsAre(0.25f, 0.25f, 0.25f, 0.25f, 0.25f, 0.25f, 0.25f, 0.25f));
}

TEST(Softmax, AxisOutsideTheRank_IsRefused) {
  EXPECT_THAT(Refusal(SoftmaxAttrs{2}, {{1, 3}}),
              HasSubstr("axis 2 of an input of rank 2: expected 0 to 1"));
}

}  // namespace
}  // namespace vigil::testing
