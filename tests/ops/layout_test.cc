#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_hand.h"

namespace vigil::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Concat, Channels_StandOneAfterTheOtherInEachSample) {
  const auto out = RunOp(ConcatAttrs{1}, Filled({2, 1, 1, 2}, {1, 2, 3, 4}),
                         Filled({2, 2, 1, 2}, {5, 6, 7, 8, 9, 10, 11, 12}));
  EXPECT_EQ(out[0].shape(), (Shape{2, 3, 1, 2}));
  EXPECT_THAT(ValuesOf(out), ElementsAre(1, 2, 5, 6, 7, 8, 3, 4, 9, 10, 11, 12));
}

TEST(Concat, ThreeInputsOnTheLastAxis_Interleave) {
  const auto out =
      RunOp(ConcatAttrs{1}, Filled({2, 1}, {1, 4}), Filled({2, 1}, {2, 5}), Filled({2, 1}, {3, 6}));
  EXPECT_THAT(ValuesOf(out), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(Concat, ShapesThatDifferElsewhere_AreRefused) {
  EXPECT_THAT(Refusal(ConcatAttrs{1}, {{1, 2, 3}, {1, 2, 4}}),
              HasSubstr("input 1 is 1x2x4: expected 1x2x3 as input 0 but for dimension 1"));
  EXPECT_THAT(Refusal(ConcatAttrs{1}, {}), HasSubstr("0 inputs"));
  EXPECT_THAT(Refusal(ConcatAttrs{3}, {{1, 2, 3}}), HasSubstr("axis 3"));
}

TEST(Flatten, Axis_SplitsRowsFromColumns) {
  EXPECT_EQ(InferredShape(FlattenAttrs{1}, {{2, 3, 4, 5}}), (Shape{2, 60}));
  EXPECT_EQ(InferredShape(FlattenAttrs{0}, {{2, 3}}), (Shape{1, 6}));
  EXPECT_EQ(InferredShape(FlattenAttrs{2}, {{2, 3}}), (Shape{6, 1}));
}

TEST(Flatten, Values_KeepTheirOrder) {
  EXPECT_THAT(ValuesOf(RunOp(FlattenAttrs{1}, Filled({1, 2, 2}, {1, 2, 3, 4}))),
              ElementsAre(1, 2, 3, 4));
}

TEST(Reshape, ZeroCopiesAndMinusOneTakesTheRest) {
  EXPECT_EQ(InferredShape(ReshapeAttrs{{0, -1}}, {{2, 3, 4}}), (Shape{2, 12}));
  EXPECT_EQ(InferredShape(ReshapeAttrs{{0, 0, 2, -1}}, {{2, 3, 4}}), (Shape{2, 3, 2, 2}));
}

TEST(Reshape, Values_KeepTheirOrder) {
  EXPECT_THAT(ValuesOf(RunOp(ReshapeAttrs{{0, 2, 2}}, Filled({1, 4}, {1, 2, 3, 4}))),
              ElementsAre(1, 2, 3, 4));
}

TEST(Reshape, ElementsThatDoNotFit_AreRefused) {
  EXPECT_THAT(Refusal(ReshapeAttrs{{0, 5}}, {{2, 3}}), HasSubstr("x is 2x3"));
  EXPECT_THAT(Refusal(ReshapeAttrs{{0, -1, 2}}, {{2, 3}}), HasSubstr("expected 6"));
  EXPECT_THAT(Refusal(ReshapeAttrs{{-1, -1}}, {{2, 3}}), HasSubstr("dimension 1"));
  EXPECT_THAT(Refusal(ReshapeAttrs{{0, 0, 0}}, {{2, 3}}), HasSubstr("dimension 2"));
  EXPECT_THAT(Refusal(ReshapeAttrs{{2}}, {{2, 3}}), HasSubstr("2 elements, expected 6"));
}

TEST(Transpose, Perm_NamesTheInputDimensionOfEachOutputDimension) {
  const auto out = RunOp(TransposeAttrs{{0, 2, 1}}, Filled({1, 2, 3}, {1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(out[0].shape(), (Shape{1, 3, 2}));
  EXPECT_THAT(ValuesOf(out), ElementsAre(1, 4, 2, 5, 3, 6));
}

TEST(Transpose, Rotation_IsNotItsInverse) {
  const auto out = RunOp(TransposeAttrs{{2, 0, 1}}, Filled({1, 2, 3}, {1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(out[0].shape(), (Shape{3, 1, 2}));
  EXPECT_THAT(ValuesOf(out), ElementsAre(1, 4, 2, 5, 3, 6));
}

TEST(Transpose, PermThatIsNone_IsRefused) {
  EXPECT_THAT(Refusal(TransposeAttrs{{0, 0}}, {{2, 3}}), HasSubstr("perm holds 0"));
  EXPECT_THAT(Refusal(TransposeAttrs{{0}}, {{2, 3}}), HasSubstr("expected 2"));
}

TEST(Pad, Constant_SurroundsTheInput) {
  const auto out = RunOp(PadAttrs{{0, 1, 0, 2}, 9.0f}, Filled({1, 2}, {1, 2}));
  EXPECT_THAT(ValuesOf(out), ElementsAre(9, 1, 2, 9, 9));
}

TEST(Pad, TwoDimensions_PadRowsAndColumns) {
  const auto out = RunOp(PadAttrs{{1, 0, 0, 1}, 0.0f}, Filled({1, 2}, {1, 2}));
  EXPECT_EQ(out[0].shape(), (Shape{2, 3}));
  EXPECT_THAT(ValuesOf(out), ElementsAre(0, 0, 0, 1, 2, 0));
}

TEST(Pad, MissingPads_AreRefused) {
  EXPECT_THAT(Refusal(PadAttrs{{0, 0}}, {{2, 3}}), HasSubstr("expected 4"));
}

TEST(OpName, Families_GoByTheirMembersNames) {
  EXPECT_EQ(OpName(UnaryAttrs{UnaryKind::kSigmoid}), "Sigmoid");
  EXPECT_EQ(OpName(BinaryAttrs{BinaryKind::kMul}), "Mul");
  EXPECT_EQ(OpName(PoolAttrs{PoolKind::kAverage}), "AveragePool");
  EXPECT_EQ(OpName(GlobalPoolAttrs{}), "GlobalAveragePool");
  EXPECT_EQ(OpName(PadAttrs{}), "Pad");
}

}  // namespace
}  // namespace vigil::testing
