#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_hand.h"

namespace vigil::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Tensor OneToNine() { return Filled({1, 1, 3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9}); }

TEST(Conv, TwoByTwoKernel_SumsWindowsInCorrelationOrder) {
  const ConvAttrs attrs{{2, 2}};
  EXPECT_THAT(ValuesOf(RunOp(attrs, OneToNine(), Filled({1, 1, 2, 2}, {1, 0, 0, -1}))),
              ElementsAre(-4, -4, -4, -4));
}

TEST(Conv, PaddingStrideAndBias_ReadZerosOutside) {
  ConvAttrs attrs{{3, 3}, {2, 2}, {1, 1, 1, 1}};
  attrs.has_bias = true;
  const Tensor ones = Filled({1, 1, 3, 3}, std::vector<float>(9, 1.0f));
  EXPECT_THAT(ValuesOf(RunOp(attrs, OneToNine(), ones.Clone(), Filled({1}, {100}))),
              ElementsAre(100 + 1 + 2 + 4 + 5, 100 + 2 + 3 + 5 + 6, 100 + 4 + 5 + 7 + 8,
                          100 + 5 + 6 + 8 + 9));
}

TEST(Conv, UnevenPads_AreTopLeftBottomRight) {
  const ConvAttrs attrs{{1, 1}, {1, 1}, {1, 0, 0, 2}};
  EXPECT_THAT(ValuesOf(RunOp(attrs, Filled({1, 1, 1, 2}, {3, 4}), Filled({1, 1, 1, 1}, {2}))),
              ElementsAre(0, 0, 0, 0, 6, 8, 0, 0));
}

TEST(Conv, Dilation_SkipsElements) {
  const ConvAttrs attrs{{2, 2}, {1, 1}, {0, 0, 0, 0}, {2, 2}};
  EXPECT_THAT(ValuesOf(RunOp(attrs, OneToNine(), Filled({1, 1, 2, 2}, {1, 10, 100, 1000}))),
              ElementsAre(1 + 30 + 700 + 9000));
}

TEST(Conv, Groups_ReadTheirOwnChannels) {
  const ConvAttrs attrs{{1, 1}, {1, 1}, {0, 0, 0, 0}, {1, 1}, 2};
  // Four channels hold 1, 2, 3, 4; outputs 0 and 1 see channels 0 and 1, outputs 2 and 3 the rest.
  const auto out = RunOp(attrs, Filled({1, 4, 1, 1}, {1, 2, 3, 4}),
                         Filled({4, 2, 1, 1}, {1, 0, 0, 1, 1, 1, 10, 100}));
  EXPECT_THAT(ValuesOf(out), ElementsAre(1, 2, 7, 430));
}

TEST(Conv, Epilogue_StoresAccumulatorThenSumThenActivates) {
  ConvAttrs attrs;
  attrs.epilogue = {{Activation::Kind::kRelu}, true, true, true};
  const auto out = RunOp(attrs, Filled({1, 1, 1, 3}, {1, 2, -3}), Filled({1, 1, 1, 1}, {2}),
                         Filled({1, 1, 1, 3}, {-5, 1, 1}));
  EXPECT_THAT(ValuesOf(out, 0), ElementsAre(0, 5, 0));
  EXPECT_THAT(ValuesOf(out, 1), ElementsAre(2, 4, -6));
  EXPECT_THAT(ValuesOf(out, 2), ElementsAre(-3, 5, -5));
}

TEST(Conv, Shape_RoundsDown) {
  const ConvAttrs attrs{{3, 3}, {2, 2}, {1, 1, 1, 1}};
  EXPECT_EQ(InferredShape(attrs, {{1, 3, 224, 8}, {32, 3, 3, 3}}), (Shape{1, 32, 112, 4}));
}

TEST(Conv, Cost_CountsMultiplyAccumulatesAndBytes) {
  const ConvAttrs attrs{{3, 3}};
  const std::vector<TensorDesc> in{{DType::kFloat32, {1, 4, 5, 5}},
                                   {DType::kFloat32, {6, 4, 3, 3}}};
  const std::vector<TensorDesc> out{{DType::kFloat32, {1, 6, 3, 3}}};
  const OpCost cost = OpOf(attrs).cost(attrs, in, out);
  EXPECT_EQ(cost.macs, 6 * 9 * 4 * 9);
  EXPECT_EQ(cost.flops, 2 * cost.macs);
  EXPECT_EQ(cost.bytes, 4 * (100 + 216 + 54));
}

TEST(Conv, WrongShapesAndAttributes_AreRefusedWithNumbers) {
  const Shape x{1, 4, 5, 5}, weights{6, 4, 3, 3};
  EXPECT_THAT(Refusal(ConvAttrs{{3, 3}}, {x}), HasSubstr("1 inputs: expected 2"));
  EXPECT_THAT(Refusal(ConvAttrs{{3, 3}}, {{4, 5, 5}, weights}), HasSubstr("x is 4x5x5"));
  EXPECT_THAT(Refusal(ConvAttrs{{3, 3}}, {x, {6, 3, 3, 3}}),
              HasSubstr("weights is 6x3x3x3: expected 6x4x3x3"));
  EXPECT_THAT(Refusal(ConvAttrs{{5, 3}}, {x, weights}), HasSubstr("expected 6x4x5x3"));
  ConvAttrs attrs{{3, 3}};
  attrs.groups = 3;
  EXPECT_THAT(Refusal(attrs, {x, weights}), HasSubstr("3 groups divide"));
  attrs.groups = 0;
  EXPECT_THAT(Refusal(attrs, {x, weights}), HasSubstr("groups holds 0"));
  EXPECT_THAT(Refusal(ConvAttrs{{3, 3}, {0, 1}}, {x, weights}), HasSubstr("strides holds 0"));
  EXPECT_THAT(Refusal(ConvAttrs{{3, 3}, {1, 1}, {0, -1, 0, 0}}, {x, weights}),
              HasSubstr("pads holds -1"));
  EXPECT_THAT(Refusal(ConvAttrs{{3, 3}, {1, 1}, {0, 0, 0, 0}, {3, 1}}, {x, weights}),
              HasSubstr("height 5 with padding 0 + 0 gives no output: the window spans 7"));
  EXPECT_THAT(Refusal(ConvAttrs{{3, 3}}, {{0, 4, 5, 5}, weights}), HasSubstr("0x4x5x5"));
}

TEST(Conv, AttributesNearTheLimitOfTheirType_AreRefusedWithoutOverflow) {
  constexpr std::int64_t kHuge = std::int64_t{1} << 62;
  const std::vector<Shape> shapes{{1, 1, 5, 5}, {1, 1, 3, 3}};
  EXPECT_THAT(Refusal(ConvAttrs{{3, 3}, {1, 1}, {kHuge, 0, 0, 0}}, shapes), HasSubstr("pads"));
  EXPECT_THAT(Refusal(ConvAttrs{{3, 3}, {1, 1}, {0, 0, 0, 0}, {kHuge, 1}}, shapes),
              HasSubstr("dilations"));
}

TEST(Conv, EpilogueThatContradictsItself_IsRefused) {
  const std::vector<Shape> shapes{{1, 1, 2, 2}, {1, 1, 1, 1}, {1, 1, 2, 2}};
  ConvAttrs attrs;
  attrs.epilogue.store_accumulator = true;
  EXPECT_THAT(Refusal(attrs, {shapes[0], shapes[1]}), HasSubstr("expected a residual"));
  attrs.epilogue = {{}, true, false, true};
  EXPECT_THAT(Refusal(attrs, shapes), HasSubstr("expected an activation"));
  attrs.epilogue = {{Activation::Kind::kClip, 1.0f, 0.0f}};
  EXPECT_THAT(Refusal(attrs, {shapes[0], shapes[1]}), HasSubstr("Clip from 1 to 0"));
  attrs.epilogue = {{}, true};
  EXPECT_THAT(Refusal(attrs, {shapes[0], shapes[1], {1, 1, 2, 1}}),
              HasSubstr("residual is 1x1x2x1: expected 1x1x2x2"));
}

}  // namespace
}  // namespace vigil::testing
