#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_hand.h"

namespace vigil::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Pads = std::array<std::int64_t, 4>;

TEST(ConvTranspose, Stride_LaysTheKernelSideBySide) {
  const auto out = RunOp(ConvTransposeAttrs{{2, 2}, {2, 2}}, Filled({1, 1, 1, 2}, {1, 10}),
                         Filled({1, 1, 2, 2}, {1, 2, 3, 4}));
  EXPECT_EQ(out[0].shape(), (Shape{1, 1, 2, 4}));
  EXPECT_THAT(ValuesOf(out), ElementsAre(1, 2, 10, 20, 3, 4, 30, 40));
}

TEST(ConvTranspose, OverlappingTaps_AddUp) {
  const auto out = RunOp(ConvTransposeAttrs{{1, 3}}, Filled({1, 1, 1, 2}, {1, 10}),
                         Filled({1, 1, 1, 3}, {1, 2, 3}));
  EXPECT_THAT(ValuesOf(out), ElementsAre(1, 12, 23, 30));
}

TEST(ConvTranspose, PadsCutAndOutputPadsAdd) {
  ConvTransposeAttrs attrs{{1, 3}, {1, 1}, Pads{0, 1, 0, 0}, {1, 1}, {0, 2}};
  attrs.has_bias = true;
  const auto out = RunOp(attrs, Filled({1, 1, 1, 2}, {1, 10}), Filled({1, 1, 1, 3}, {1, 2, 3}),
                         Filled({1}, {0.5f}));
  EXPECT_THAT(ValuesOf(out), ElementsAre(12.5f, 23.5f, 30.5f, 0.5f, 0.5f));
}

TEST(ConvTranspose, Dilation_SpreadsTheTaps) {
  const auto out = RunOp(ConvTransposeAttrs{{1, 2}, {1, 1}, Pads{}, {1, 2}},
                         Filled({1, 1, 1, 2}, {1, 10}), Filled({1, 1, 1, 2}, {1, 5}));
  EXPECT_THAT(ValuesOf(out), ElementsAre(1, 10, 5, 50));
}

TEST(ConvTranspose, Groups_KeepToTheirChannels) {
  ConvTransposeAttrs attrs;
  attrs.groups = 2;
  // Two outputs a group, of one input each.
  const auto out = RunOp(attrs, Filled({1, 2, 1, 1}, {1, 10}), Filled({2, 2, 1, 1}, {1, 2, 3, 4}));
  EXPECT_THAT(ValuesOf(out), ElementsAre(1, 2, 30, 40));
}

TEST(ConvTranspose, Epilogue_AddsResidualBeforeActivation) {
  ConvTransposeAttrs attrs;
  attrs.epilogue = {{Activation::Kind::kRelu}, true, true, true};
  const auto out = RunOp(attrs, Filled({1, 1, 1, 2}, {1, 2}), Filled({1, 1, 1, 1}, {3}),
                         Filled({1, 1, 1, 2}, {-4, 1}));
  EXPECT_THAT(ValuesOf(out, 0), ElementsAre(0, 7));
  EXPECT_THAT(ValuesOf(out, 1), ElementsAre(3, 6));
  EXPECT_THAT(ValuesOf(out, 2), ElementsAre(-1, 7));
}

TEST(ConvTranspose, WrongShapesAndAttributes_AreRefusedWithNumbers) {
  const Shape x{1, 4, 3, 3};
  ConvTransposeAttrs attrs{{3, 3}};
  EXPECT_THAT(Refusal(attrs, {x, {3, 2, 3, 3}}), HasSubstr("weights is 3x2x3x3: expected 4x2x3x3"));
  EXPECT_THAT(Refusal(attrs, {x, {4, 2, 1, 3}}), HasSubstr("expected 4x2x3x3"));
  EXPECT_THAT(Refusal(attrs, {{4, 3, 3}, {4, 2, 3, 3}}), HasSubstr("expected rank 4"));
  attrs.groups = 3;
  EXPECT_THAT(Refusal(attrs, {x, {4, 2, 3, 3}}), HasSubstr("3 groups divide"));
  attrs.groups = 1;
  attrs.pads = {3, 0, 2, 0};
  EXPECT_THAT(Refusal(attrs, {x, {4, 2, 3, 3}}),
              HasSubstr("height 3 with padding 3 + 2 gives 0 outputs"));
  attrs.pads = {};
  attrs.output_pads = {-1, 0};
  EXPECT_THAT(Refusal(attrs, {x, {4, 2, 3, 3}}), HasSubstr("output_pads holds -1"));
  attrs.output_pads = {};
  attrs.strides = {0, 1};
  EXPECT_THAT(Refusal(attrs, {x, {4, 2, 3, 3}}), HasSubstr("strides holds 0"));
}

}  // namespace
}  // namespace vigil::testing
