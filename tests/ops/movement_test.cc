#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_hand.h"

namespace vigil::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::int64_t kEnd = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kStart = std::numeric_limits<std::int64_t>::min();

Tensor Ints(const Shape& shape, const std::vector<std::int64_t>& values) {
  Tensor tensor({DType::kInt64, shape});
  std::ranges::copy(values, tensor.as<std::int64_t>().begin());
  return tensor;
}

TEST(Squeeze, NamedDimensions_Go) {
  EXPECT_EQ(InferredShape(SqueezeAttrs{{1, 3}}, {{2, 1, 3, 1}}), (Shape{2, 3}));
  EXPECT_EQ(InferredShape(SqueezeAttrs{{0}}, {{1}}), (Shape{}));
  EXPECT_THAT(ValuesOf(RunOp(SqueezeAttrs{{0}}, Filled({1, 2}, {1, 2}))), ElementsAre(1, 2));
}

TEST(Squeeze, DimensionThatIsNotOne_IsRefused) {
  EXPECT_THAT(Refusal(SqueezeAttrs{{1}}, {{1, 3}}),
              HasSubstr("x is 1x3: expected 1 in dimension 1"));
  EXPECT_THAT(Refusal(SqueezeAttrs{{0, 0}}, {{1, 3}}), HasSubstr("axes [0, 0]"));
  EXPECT_THAT(Refusal(SqueezeAttrs{{2}}, {{1, 3}}), HasSubstr("axis 2"));
}

TEST(Unsqueeze, NamedDimensionsOfTheOutput_AreOne) {
  EXPECT_EQ(InferredShape(UnsqueezeAttrs{{0, 2}}, {{2, 3}}), (Shape{1, 2, 1, 3}));
  EXPECT_EQ(InferredShape(UnsqueezeAttrs{{0}}, {Shape{}}), (Shape{1}));
  EXPECT_THAT(ValuesOf(RunOp(UnsqueezeAttrs{{0}}, Filled({2}, {1, 2}))), ElementsAre(1, 2));
}

TEST(Unsqueeze, MoreThanTheLargestRank_IsRefused) {
  EXPECT_THAT(Refusal(UnsqueezeAttrs{{0, 1}}, {{1, 1, 1, 1, 1}}), HasSubstr("at most 6"));
  EXPECT_THAT(Refusal(UnsqueezeAttrs{{4}}, {{2, 3}}), HasSubstr("axis 4"));
}

TEST(Slice, StepsAndNegativeIndices_FollowTheStandard) {
  const Tensor x = Filled({2, 4}, {1, 2, 3, 4, 5, 6, 7, 8});
  // ONNX's own first example: rows from 1, columns 0 to 3 in steps of 2.
  EXPECT_THAT(ValuesOf(RunOp(SliceAttrs{{1, 0}, {2, 3}, {0, 1}, {1, 2}}, x.Clone())),
              ElementsAre(5, 7));
  // ONNX's own second example: to the last but one.
  EXPECT_THAT(ValuesOf(RunOp(SliceAttrs{{0, 1}, {-1, 1000}, {0, 1}, {1, 1}}, x.Clone())),
              ElementsAre(2, 3, 4));
}

TEST(Slice, NegativeStep_WalksBackToTheStart) {
  const Tensor x = Filled({5}, {1, 2, 3, 4, 5});
  EXPECT_THAT(ValuesOf(RunOp(SliceAttrs{{-1}, {kStart}, {0}, {-1}}, x.Clone())),
              ElementsAre(5, 4, 3, 2, 1));
  EXPECT_THAT(ValuesOf(RunOp(SliceAttrs{{kEnd}, {0}, {0}, {-2}}, x.Clone())), ElementsAre(5, 3));
  EXPECT_THAT(ValuesOf(RunOp(SliceAttrs{{3}, {-5}, {0}, {-1}}, x.Clone())), ElementsAre(4, 3, 2));
}

TEST(Slice, AbsurdNumbers_AreClampedOrRefused) {
  EXPECT_EQ(InferredShape(SliceAttrs{{0}, {kEnd}, {0}, {kEnd}}, {{5}}), (Shape{1}));
  EXPECT_EQ(InferredShape(SliceAttrs{{4}, {kStart}, {0}, {kStart}}, {{5}}), (Shape{1}));
  EXPECT_THAT(Refusal(SliceAttrs{{0}, {1}, {0}, {0}}, {{5}}), HasSubstr("step 0"));
  EXPECT_THAT(Refusal(SliceAttrs{{0, 0}, {1, 1}, {0, 0}, {1, 1}}, {{5}}), HasSubstr("twice"));
  EXPECT_THAT(Refusal(SliceAttrs{{0}, {1, 2}, {0}, {1}}, {{5}}), HasSubstr("2 ends"));
  EXPECT_THAT(Refusal(SliceAttrs{{0}, {1}, {1}, {1}}, {{5}}), HasSubstr("axis 1"));
}

TEST(Split, Parts_FollowOneAnother) {
  const auto out = RunOp(SplitAttrs{1, {1, 2}}, Filled({2, 3}, {1, 2, 3, 4, 5, 6}));
  EXPECT_THAT(ValuesOf(out, 0), ElementsAre(1, 4));
  EXPECT_THAT(ValuesOf(out, 1), ElementsAre(2, 3, 5, 6));
  const auto rows = RunOp(SplitAttrs{0, {1, 1}}, Filled({2, 2}, {1, 2, 3, 4}));
  EXPECT_THAT(ValuesOf(rows, 1), ElementsAre(3, 4));
}

TEST(Split, PartsThatDoNotAddUp_AreRefused) {
  EXPECT_THAT(Refusal(SplitAttrs{1, {1, 1}}, {{2, 3}}), HasSubstr("2 parts of 2 in all"));
  EXPECT_THAT(Refusal(SplitAttrs{1, {-1, 4}}, {{2, 3}}), HasSubstr("sizes holds -1"));
  EXPECT_THAT(Refusal(SplitAttrs{2, {3}}, {{2, 3}}), HasSubstr("axis 2"));
}

TEST(Expand, OnesAndMissingDimensions_Repeat) {
  const auto out = RunOp(ExpandAttrs{{2, 1, 2}}, Filled({2, 1}, {1, 2}));
  EXPECT_EQ(out[0].shape(), (Shape{2, 2, 2}));
  EXPECT_THAT(ValuesOf(out), ElementsAre(1, 1, 2, 2, 1, 1, 2, 2));
  EXPECT_THAT(ValuesOf(RunOp(ExpandAttrs{{3}}, Filled(Shape{}, {7}))), ElementsAre(7, 7, 7));
}

TEST(Expand, ShapeThatDoesNotBroadcast_IsRefused) {
  EXPECT_THAT(Refusal(ExpandAttrs{{2}}, {{3}}), HasSubstr("3 and 2 do not broadcast"));
  EXPECT_THAT(Refusal(ExpandAttrs{{-1}}, {{3}}), HasSubstr("dimension 0 is -1"));
}

TEST(Tile, Copies_StandBesideOneAnother) {
  const auto out = RunOp(TileAttrs{{2, 2}}, Filled({2, 2}, {0, 1, 2, 3}));
  EXPECT_THAT(ValuesOf(out), ElementsAre(0, 1, 0, 1, 2, 3, 2, 3, 0, 1, 0, 1, 2, 3, 2, 3));
  EXPECT_THAT(ValuesOf(RunOp(TileAttrs{{3}}, Filled({2}, {5, 6}))), ElementsAre(5, 6, 5, 6, 5, 6));
}

TEST(Tile, RepeatsThatMakeNoSense_AreRefused) {
  EXPECT_THAT(Refusal(TileAttrs{{2}}, {{2, 2}}), HasSubstr("expected 2"));
  EXPECT_THAT(Refusal(TileAttrs{{-1}}, {{2}}), HasSubstr("repeats holds -1"));
  EXPECT_THAT(Refusal(TileAttrs{{1 << 20, 1 << 20}}, {{2, 2}}), HasSubstr("at most"));
}

TEST(Gather, Indices_PickAlongTheAxis) {
  // ONNX's own examples: rows of pairs, then columns.
  const Tensor x = Filled({3, 2}, {1.0f, 1.2f, 2.3f, 3.4f, 4.5f, 5.7f});
  const auto rows = RunOp(GatherAttrs{0}, x.Clone(), Ints({2, 2}, {0, 1, 1, 2}));
  EXPECT_EQ(rows[0].shape(), (Shape{2, 2, 2}));
  EXPECT_THAT(ValuesOf(rows), ElementsAre(1.0f, 1.2f, 2.3f, 3.4f, 2.3f, 3.4f, 4.5f, 5.7f));
  const auto last = RunOp(GatherAttrs{1}, x.Clone(), Ints({}, {-1}));
  EXPECT_EQ(last[0].shape(), (Shape{3}));
  EXPECT_THAT(ValuesOf(last), ElementsAre(1.2f, 3.4f, 5.7f));
}

TEST(Gather, IndexOutside_IsAFaultOfTheInput) {
  try {
    RunOp(GatherAttrs{0}, Filled({2}, {1, 2}), Ints({1}, {2}));
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kInput);
    EXPECT_THAT(error.what(), HasSubstr("index 2 into dimension 0 of 2: expected -2 to 1"));
  }
  EXPECT_THAT(Refusal(GatherAttrs{0}, {{2}, {1}}), HasSubstr("indices are float32"));
}

TEST(DepthToSpace, BothModes_ReadTheChannelTheirWay) {
  // One pixel of four channels times two: channel c holds c.
  const Tensor x = Filled({1, 8, 1, 1}, {0, 1, 2, 3, 4, 5, 6, 7});
  EXPECT_THAT(ValuesOf(RunOp(DepthToSpaceAttrs{2, false}, x.Clone())),
              ElementsAre(0, 2, 4, 6, 1, 3, 5, 7));
  EXPECT_THAT(ValuesOf(RunOp(DepthToSpaceAttrs{2, true}, x.Clone())),
              ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
}

TEST(SpaceToDepth, Blocks_BecomeTheOuterPartOfTheChannel) {
  const auto out = RunOp(SpaceToDepthAttrs{2}, Filled({1, 2, 2, 2}, {0, 1, 2, 3, 4, 5, 6, 7}));
  EXPECT_EQ(out[0].shape(), (Shape{1, 8, 1, 1}));
  EXPECT_THAT(ValuesOf(out), ElementsAre(0, 4, 1, 5, 2, 6, 3, 7));
}

TEST(SpaceToDepth, IsUndoneByDepthToSpace) {
  const Tensor x = Filled({1, 1, 4, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
  auto deep = RunOp(SpaceToDepthAttrs{2}, x.Clone());
  EXPECT_THAT(ValuesOf(RunOp(DepthToSpaceAttrs{2}, std::move(deep[0]))),
              ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
}

TEST(DepthToSpace, BlocksThatDoNotFit_AreRefused) {
  EXPECT_THAT(Refusal(DepthToSpaceAttrs{2}, {{1, 6, 2, 2}}), HasSubstr("multiples of 4"));
  EXPECT_THAT(Refusal(DepthToSpaceAttrs{0}, {{1, 6, 2, 2}}), HasSubstr("block size is 0"));
  EXPECT_THAT(Refusal(SpaceToDepthAttrs{2}, {{1, 1, 3, 2}}), HasSubstr("multiples of 2"));
  EXPECT_THAT(Refusal(SpaceToDepthAttrs{2}, {{3, 2}}), HasSubstr("expected rank 4"));
}

TEST(Pad, Reflect_LeavesTheEdgeSingle) {
  const PadAttrs attrs{{2, 1}, 0.0f, PadMode::kReflect};
  EXPECT_THAT(ValuesOf(RunOp(attrs, Filled({3}, {1, 2, 3}))), ElementsAre(3, 2, 1, 2, 3, 2));
  const PadAttrs far{{5, 0}, 0.0f, PadMode::kReflect};
  EXPECT_THAT(ValuesOf(RunOp(far, Filled({3}, {1, 2, 3}))), ElementsAre(2, 1, 2, 3, 2, 1, 2, 3));
}

TEST(Pad, EdgeAndWrap_TakeWhatTheNamesSay) {
  EXPECT_THAT(ValuesOf(RunOp(PadAttrs{{2, 1}, 0.0f, PadMode::kEdge}, Filled({2}, {1, 2}))),
              ElementsAre(1, 1, 1, 2, 2));
  EXPECT_THAT(ValuesOf(RunOp(PadAttrs{{1, 3}, 0.0f, PadMode::kWrap}, Filled({2}, {1, 2}))),
              ElementsAre(2, 1, 2, 1, 2, 1));
}

TEST(Pad, NegativePads_CutOffFirst) {
  EXPECT_THAT(ValuesOf(RunOp(PadAttrs{{-1, 2}, 9.0f}, Filled({3}, {1, 2, 3}))),
              ElementsAre(2, 3, 9, 9));
  EXPECT_THAT(ValuesOf(RunOp(PadAttrs{{1, -1}, 0.0f, PadMode::kReflect}, Filled({3}, {1, 2, 3}))),
              ElementsAre(2, 1, 2));
  EXPECT_THAT(Refusal(PadAttrs{{-2, -1}}, {{3}}), HasSubstr("x is 3 and loses 2 + 1"));
}

}  // namespace
}  // namespace vigil::testing
