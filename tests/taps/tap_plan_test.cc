#include "estimator/taps/tap_plan.h"

#include <numeric>

#include <gtest/gtest.h>

#include "engine/graph/builder.h"

namespace vigil {
namespace {

// Input 2x3x4x4 -> 1x1 convolution to 5 channels -> Relu -> global mean.
Graph SmallNetwork(const std::vector<std::string>& taps) {
  GraphBuilder builder;
  const ValueId image = builder.Input("image", {DType::kFloat32, {2, 3, 4, 4}});
  const ValueId weights =
      builder.Constant("weights", Tensor(Shape{5, 3, 1, 1}, std::vector<float>(15, 0.5f)));
  const ValueId conv = builder.Add("conv", ConvAttrs{}, {image, weights});
  const ValueId relu = builder.Add("relu", UnaryAttrs{UnaryKind::kRelu}, {conv});
  const ValueId mean = builder.Add("mean", GlobalPoolAttrs{}, {relu});
  builder.Output(builder.Add("output", FlattenAttrs{1}, {mean}));
  return std::move(builder).Build().WithTaps(taps);
}

TEST(TapPlan, PlanTaps_GivesShapesBytesAndOffsetsOfOneSample) {
  const TapPlan plan =
      PlanTaps(SmallNetwork({"relu", "mean"}), std::vector{Encoding::kInt8, Encoding::kFloat16});
  ASSERT_EQ(plan.taps.size(), 2u);
  EXPECT_EQ(plan.taps[0].name, "relu");
  EXPECT_EQ(plan.taps[0].shape, (Shape{1, 5, 4, 4}));
  EXPECT_EQ(plan.taps[0].bytes, 5u * 8 + 80);  // scale and offset a channel, a byte a value
  EXPECT_EQ(plan.taps[1].offset_bytes, 120u);
  EXPECT_EQ(plan.taps[1].bytes, 12u);  // 5 halves, rounded up to 4
  EXPECT_EQ(plan.record_bytes, 132u);
  EXPECT_EQ(plan.SlotBytes(2), 264u);
}

TEST(TapPlan, PlanTaps_OneEncodingServesAllTapsAndNoneMeansFloat32) {
  const Graph graph = SmallNetwork({"relu", "mean"});
  EXPECT_EQ(PlanTaps(graph, {}).record_bytes, 4u * (80 + 5));
  EXPECT_EQ(PlanTaps(graph, std::vector{Encoding::kFloat16}).record_bytes, 2u * 80 + 12);
}

TEST(TapPlan, PlanTaps_WithAnotherNumberOfEncodings_IsMisuse) {
  try {
    PlanTaps(SmallNetwork({"relu"}), std::vector{Encoding::kInt8, Encoding::kInt8});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kMisuse);
  }
}

TEST(TapPlan, PlanTaps_OfTheImage_IsRefused) {
  EXPECT_THROW(PlanTaps(SmallNetwork({"image"}), {}), Error);
}

TEST(TapPlan, PlanTaps_OfIndices_IsRefused) {
  GraphBuilder builder;
  const ValueId x = builder.Input("x", {DType::kFloat32, {1, 3}});
  const ValueId w = builder.Constant("w", Tensor(TensorDesc{DType::kFloat32, {3, 3}}));
  const ValueId scores = builder.Add("scores", GemmAttrs{}, {x, w});
  const ValueId best = builder.Add("best", ArgMaxAttrs{1}, {scores});
  builder.Output(best);
  builder.Tap(best);
  try {
    PlanTaps(std::move(builder).Build(), {});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
    EXPECT_STREQ(error.what(), "tap 'best' is int64: expected float32, which records hold");
  }
}

TEST(TapPlan, SplitSlot_OfABatch_GivesEachSampleItsOwnTaps) {
  const TapPlan plan = PlanTaps(SmallNetwork({"relu", "mean"}), {});
  std::vector<float> slot(2 * 85);  // relu of sample 0 and 1, then mean of sample 0 and 1
  std::iota(slot.begin(), slot.end(), 0.0f);
  const auto taps = SplitSlot(plan, std::as_bytes(std::span(slot)), 2, 1);
  ASSERT_EQ(taps.size(), 2u);
  const Tensor relu = DecodeTap(taps[0]), mean = DecodeTap(taps[1]);
  EXPECT_EQ(relu.shape(), (Shape{1, 5, 4, 4}));
  EXPECT_EQ(relu.as<float>()[0], 80.0f);
  EXPECT_EQ(relu.as<float>()[79], 159.0f);
  EXPECT_EQ(mean.as<float>()[0], 165.0f);
  EXPECT_EQ(mean.as<float>()[4], 169.0f);
}

TEST(TapPlan, JoinSlot_IsTheInverseOfSplitSlot) {
  const TapPlan plan = PlanTaps(SmallNetwork({"relu", "mean"}), std::vector{Encoding::kInt8});
  std::vector<std::byte> slot(plan.SlotBytes(2)), joined(plan.SlotBytes(2));
  for (std::size_t i = 0; i < slot.size(); ++i) slot[i] = static_cast<std::byte>(i % 251);
  for (const std::int64_t index : {0, 1}) {
    JoinSlot(plan, SplitSlot(plan, slot, 2, index), joined, 2, index);
  }
  EXPECT_EQ(joined, slot);
}

TEST(TapPlan, JoinSlot_WithATapOfAnotherName_NamesBoth) {
  const TapPlan plan = PlanTaps(SmallNetwork({"relu"}), {});
  std::vector<std::byte> slot(plan.SlotBytes(1));
  auto taps = SplitSlot(plan, slot, 1, 0);
  taps[0].name = "conv";
  try {
    JoinSlot(plan, taps, slot, 1, 0);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kMalformed);
    EXPECT_NE(std::string(error.what()).find("'conv'"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("'relu'"), std::string::npos) << error.what();
  }
}

TEST(StoredTap, DecodeTap_OfTooFewBytes_NamesTheTap) {
  try {
    DecodeTap({"relu", {1, 5, 4, 4}, Encoding::kFloat32, std::vector<std::byte>(319)});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kMalformed);
    EXPECT_NE(std::string(error.what()).find("tap 'relu' of 1x5x4x4 as fp32 has 319 bytes"),
              std::string::npos)
        << error.what();
  }
}

TEST(StoredTap, DecodeTapInto_ATensorOfAnotherShape_Throws) {
  Tensor sample({DType::kFloat32, {1, 4, 5}});
  EXPECT_THROW(DecodeTapInto({"t", {1, 5, 4}, Encoding::kFloat32, std::vector<std::byte>(80)},
                             sample.view()),
               Error);
}

}  // namespace
}  // namespace vigil
