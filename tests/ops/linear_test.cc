#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_hand.h"

namespace vigil::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;
using ::testing::HasSubstr;

TEST(Gemm, Plain_IsTheMatrixProduct) {
  EXPECT_THAT(ValuesOf(RunOp(GemmAttrs{}, Filled({2, 2}, {1, 2, 3, 4}),
                             Filled({2, 3}, {1, 0, 5, 0, 1, 6}))),
              ElementsAre(1, 2, 17, 3, 4, 39));
}

TEST(Gemm, TransposesAndScales_FollowTheAttributes) {
  GemmAttrs attrs{2.0f, 10.0f, true, true, true};
  // a is stored as its columns, b as its rows: [1 2 3] times [4 5 6] is 32, times [1 1 1] is 6.
  const auto out = RunOp(attrs, Filled({3, 1}, {1, 2, 3}), Filled({2, 3}, {4, 5, 6, 1, 1, 1}),
                         Filled({2}, {1, -1}));
  EXPECT_THAT(ValuesOf(out), ElementsAre(64 + 10, 12 - 10));
}

TEST(Gemm, BiasOfOneColumn_RepeatsAlongRows) {
  GemmAttrs attrs;
  attrs.has_bias = true;
  const auto out =
      RunOp(attrs, Filled({2, 1}, {1, 2}), Filled({1, 2}, {1, 10}), Filled({2, 1}, {100, 200}));
  EXPECT_THAT(ValuesOf(out), ElementsAre(101, 110, 202, 220));
}

TEST(Gemm, Epilogue_AddsResidualBeforeActivation) {
  GemmAttrs attrs;
  attrs.epilogue = {{Activation::Kind::kClip, 0.0f, 6.0f}, true, false, true};
  const auto out =
      RunOp(attrs, Filled({1, 1}, {2}), Filled({1, 3}, {1, 2, 3}), Filled({1, 3}, {-5, 0, 5}));
  EXPECT_THAT(ValuesOf(out, 0), ElementsAre(0, 4, 6));
  EXPECT_THAT(ValuesOf(out, 1), ElementsAre(-3, 4, 11));
}

TEST(Gemm, WrongShapes_AreRefusedWithNumbers) {
  GemmAttrs attrs;
  EXPECT_THAT(Refusal(attrs, {{2, 3}, {4, 5}}), HasSubstr("expected b to have 3 rows"));
  EXPECT_THAT(Refusal(attrs, {{2, 3, 1, 1}, {3, 5}}), HasSubstr("a is 2x3x1x1: expected rank 2"));
  EXPECT_THAT(Refusal(attrs, {{2, 0}, {0, 5}}), HasSubstr("a is 2x0"));
  attrs.has_bias = true;
  EXPECT_THAT(Refusal(attrs, {{2, 3}, {3, 5}, {3, 5}}), HasSubstr("3x5"));
  EXPECT_THAT(Refusal(attrs, {{2, 3}, {3, 5}, {1, 1, 5}}), HasSubstr("broadcasts to 2x5"));
}

TEST(BatchNorm, Channels_AreNormalisedScaledAndShifted) {
  const auto out =
      RunOp(BatchNormAttrs{0.0f}, Filled({1, 2, 1, 2}, {1, 3, 10, 20}), Filled({2}, {2, 1}),
            Filled({2}, {0.5f, -1}), Filled({2}, {1, 10}), Filled({2}, {4, 25}));
  EXPECT_THAT(ValuesOf(out), ElementsAre(0.5f, 2.5f, -1, 1));
}

TEST(BatchNorm, Epsilon_IsAddedToTheVariance) {
  const auto out = RunOp(BatchNormAttrs{0.75f}, Filled({2, 1}, {1, 2}), Filled({1}, {1}),
                         Filled({1}, {0}), Filled({1}, {0}), Filled({1}, {0.25f}));
  EXPECT_THAT(ValuesOf(out), ElementsAre(FloatEq(1), FloatEq(2)));
}

TEST(BatchNorm, Volume_IsNormalisedByChannelToo) {
  const auto row = [](float a, float b) { return Filled({2}, {a, b}); };
  const auto out = RunOp(BatchNormAttrs{.epsilon = 0.0f}, Filled({1, 2, 1, 1, 2}, {1, 2, 3, 4}),
                         row(2, 10), row(0, 1), row(1, 3), row(4, 1));
  EXPECT_THAT(ValuesOf(out), ElementsAre(0, 1, 1, 11));
}

TEST(BatchNorm, StatisticsOfAnotherLength_AreRefused) {
  EXPECT_THAT(Refusal(BatchNormAttrs{}, {{1, 3, 2, 2}, {3}, {3}, {4}, {3}}),
              HasSubstr("mean is 4: expected 3"));
  EXPECT_THAT(Refusal(BatchNormAttrs{}, {{3}, {3}, {3}, {3}, {3}}), HasSubstr("rank 2 or more"));
}

}  // namespace
}  // namespace vigil::testing
