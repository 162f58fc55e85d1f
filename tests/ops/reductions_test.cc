// Reductions along axes and what normalises by them.
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_hand.h"

namespace vigil::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;

std::vector<float> Reduced(ReduceKind kind, const std::vector<std::int64_t>& axes) {
  return ValuesOf(RunOp(ReduceAttrs{kind, axes, true}, Filled({1, 2, 3}, {1, -2, 3, 4, 5, -6})));
}

TEST(Reduce, EveryKind_IsWhatItsNameSays) {
  EXPECT_THAT(Reduced(ReduceKind::kSum, {2}), ElementsAre(2, 3));
  EXPECT_THAT(Reduced(ReduceKind::kMean, {1}), ElementsAre(2.5f, 1.5f, -1.5f));
  EXPECT_THAT(Reduced(ReduceKind::kMax, {2}), ElementsAre(3, 5));
  EXPECT_THAT(Reduced(ReduceKind::kMin, {2}), ElementsAre(-2, -6));
  EXPECT_THAT(Reduced(ReduceKind::kProd, {1, 2}), ElementsAre(720));
  EXPECT_THAT(Reduced(ReduceKind::kL1, {2}), ElementsAre(6, 15));
  EXPECT_THAT(Reduced(ReduceKind::kSumSquare, {2}), ElementsAre(14, 77));
  EXPECT_THAT(Reduced(ReduceKind::kL2, {2}),
              ElementsAre(FloatNear(3.7416574f, 1e-6f), FloatNear(8.7749644f, 1e-6f)));
  EXPECT_THAT(Reduced(ReduceKind::kLogSum, {2}),
              ElementsAre(FloatNear(0.6931472f, 1e-6f), FloatNear(1.0986123f, 1e-6f)));
}

TEST(Reduce, LogSumExp_DoesNotOverflow) {
  const auto out =
      RunOp(ReduceAttrs{ReduceKind::kLogSumExp, {1}, true}, Filled({1, 2}, {1000, 1000}));
  EXPECT_THAT(ValuesOf(out), ElementsAre(FloatNear(1000.6931f, 1e-3f)));
  const auto nothing =
      RunOp(ReduceAttrs{ReduceKind::kLogSumExp, {1}, true}, Filled({1, 1}, {-INFINITY}));
  EXPECT_EQ(ValuesOf(nothing)[0], -INFINITY);
}

TEST(Reduce, Axes_StayAsOnesOrGo) {
  EXPECT_EQ(InferredShape(ReduceAttrs{ReduceKind::kSum, {1, 3}, true}, {{2, 3, 4, 5}}),
            (Shape{2, 1, 4, 1}));
  EXPECT_EQ(InferredShape(ReduceAttrs{ReduceKind::kSum, {1, 3}, false}, {{2, 3, 4, 5}}),
            (Shape{2, 4}));
  EXPECT_EQ(InferredShape(ReduceAttrs{ReduceKind::kSum, {0}, false}, {{7}}), Shape{});
}

TEST(Reduce, AxesThatMakeNoSense_AreRefused) {
  EXPECT_THAT(Refusal(ReduceAttrs{ReduceKind::kSum, {}}, {{2, 3}}), HasSubstr("no axes"));
  EXPECT_THAT(Refusal(ReduceAttrs{ReduceKind::kSum, {2}}, {{2, 3}}),
              HasSubstr("axis 2 of an input of rank 2: expected 0 to 1"));
  EXPECT_THAT(Refusal(ReduceAttrs{ReduceKind::kSum, {1, 1}}, {{2, 3}}),
              HasSubstr("axis 1 follows axis 1: expected axes that rise"));
}

TEST(GlobalMaxPool, EachPlane_BecomesItsMaximum) {
  const auto out =
      RunOp(GlobalPoolAttrs{PoolKind::kMax}, Filled({1, 2, 1, 4}, {1, 2, 3, 6, -4, -1, -3, -2}));
  EXPECT_THAT(ValuesOf(out), ElementsAre(6, -1));
}

TEST(LogSoftmax, Row_IsTheLogarithmOfItsShares) {
  // Shares of 1, 2 and 5 in 8; a share too small for a float has a logarithm all the same.
  const auto out =
      RunOp(SoftmaxAttrs{1, false, true}, Filled({1, 3}, {0.0f, 0.69314718f, 1.60943791f}));
  EXPECT_THAT(ValuesOf(out),
              ElementsAre(FloatNear(-2.0794415f, 1e-6f), FloatNear(-1.3862944f, 1e-6f),
                          FloatNear(-0.4700036f, 1e-6f)));
  EXPECT_THAT(ValuesOf(RunOp(SoftmaxAttrs{1, false, true}, Filled({1, 2}, {0, 200}))),
              ElementsAre(-200, 0));
}

TEST(InstanceNorm, EachPlane_HasItsOwnStatistics) {
  // Means 2 and 15, variances 1 and 25.
  const auto out = RunOp(InstanceNormAttrs{0.0f}, Filled({1, 2, 2}, {1, 3, 10, 20}),
                         Filled({2}, {2, 1}), Filled({2}, {0.5f, -1}));
  // 5 / 5 - 1 is nothing, or what a fused multiply-add leaves of the rounding of 1 / 5.
  EXPECT_THAT(ValuesOf(out), ElementsAre(-1.5f, 2.5f, -2, FloatNear(0.0f, 0x1p-24f)));
}

TEST(InstanceNorm, Epsilon_IsAddedToTheVariance) {
  const auto out =
      RunOp(InstanceNormAttrs{3.0f}, Filled({1, 1, 2}, {1, 3}), Filled({1}, {1}), Filled({1}, {0}));
  EXPECT_THAT(ValuesOf(out), ElementsAre(-0.5f, 0.5f));
}

TEST(InstanceNorm, WrongShapes_AreRefused) {
  EXPECT_THAT(Refusal(InstanceNormAttrs{}, {{1, 3}, {3}, {3}}), HasSubstr("expected rank 3 to 6"));
  EXPECT_THAT(Refusal(InstanceNormAttrs{}, {{1, 3, 2}, {2}, {3}}),
              HasSubstr("scale is 2: expected 3"));
}

TEST(Lrn, Window_HasTheSmallerHalfBefore) {
  // size 2: the channel itself and the one behind; (1 + 2 / 2 * sum)^1.
  const auto out = RunOp(LrnAttrs{2, 2.0f, 1.0f, 1.0f}, Filled({1, 3, 1, 1}, {1, 2, 3}));
  EXPECT_THAT(ValuesOf(out), ElementsAre(FloatNear(1.0f / 6, 1e-7f), FloatNear(2.0f / 14, 1e-7f),
                                         FloatNear(0.3f, 1e-7f)));
}

TEST(Lrn, BadAttributes_AreRefused) {
  EXPECT_THAT(Refusal(LrnAttrs{0}, {{1, 3, 2, 2}}), HasSubstr("size holds 0"));
  EXPECT_THAT(Refusal(LrnAttrs{1}, {{3}}), HasSubstr("expected rank 2 to 6"));
}

}  // namespace
}  // namespace vigil::testing
