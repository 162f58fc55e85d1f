#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_hand.h"

namespace vigil::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;

using enum ResizeCoordinates;

Tensor OneTo(int last, const Shape& shape) {
  std::vector<float> values;
  for (int i = 1; i <= last; ++i) values.push_back(static_cast<float>(i));
  return Filled(shape, values);
}

ResizeAttrs Scaled(ResizeMode mode, ResizeCoordinates coordinates, float height, float width) {
  return {.mode = mode, .coordinates = coordinates, .scales = {1.0f, 1.0f, height, width}};
}

void ExpectNear(const std::vector<Tensor>& out, const std::vector<float>& expected) {
  EXPECT_THAT(ValuesOf(out), Pointwise(FloatNear(2e-6f * 16), expected));
}

TEST(Resize, NearestRoundings_DifferAtHalves) {
  // From 4 to 2 with align_corners off and half pixels: places 0.5 and 2.5.
  const auto picked = [](ResizeRounding rounding) {
    ResizeAttrs attrs = Scaled(ResizeMode::kNearest, kHalfPixel, 1.0f, 0.5f);
    attrs.rounding = rounding;
    return ValuesOf(RunOp(attrs, OneTo(4, {1, 1, 1, 4})));
  };
  EXPECT_THAT(picked(ResizeRounding::kRoundPreferFloor), ElementsAre(1, 3));
  EXPECT_THAT(picked(ResizeRounding::kRoundPreferCeil), ElementsAre(2, 4));
  EXPECT_THAT(picked(ResizeRounding::kFloor), ElementsAre(1, 3));
  EXPECT_THAT(picked(ResizeRounding::kCeil), ElementsAre(2, 4));
}

TEST(Resize, NearestOfOpset10_RoundsUpWhereItShrinks) {
  // ONNX's own example of that version.
  ResizeAttrs attrs = Scaled(ResizeMode::kNearest, kAsymmetric, 0.6f, 0.6f);
  attrs.rounding = ResizeRounding::kFloorOrCeil;
  EXPECT_THAT(ValuesOf(RunOp(attrs, OneTo(8, {1, 1, 2, 4}))), ElementsAre(1, 3));
}

TEST(Resize, NearestTwiceAsLarge_RepeatsPixels) {
  ResizeAttrs attrs = Scaled(ResizeMode::kNearest, kAsymmetric, 2.0f, 2.0f);
  attrs.rounding = ResizeRounding::kFloor;
  EXPECT_THAT(ValuesOf(RunOp(attrs, OneTo(4, {1, 1, 2, 2}))),
              ElementsAre(1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4));
}

// The standard's own examples of linear, by their places: half pixels -0.25, 0.25, 0.75, 1.25.
TEST(Resize, LinearTwiceAsLarge_FollowsEachTransformation) {
  const auto run = [](ResizeCoordinates coordinates) {
    return RunOp(Scaled(ResizeMode::kLinear, coordinates, 2.0f, 2.0f), OneTo(4, {1, 1, 2, 2}));
  };
  ExpectNear(run(kHalfPixel), {1, 1.25f, 1.75f, 2, 1.5f, 1.75f, 2.25f, 2.5f, 2.5f, 2.75f, 3.25f,
                               3.5f, 3, 3.25f, 3.75f, 4});
  ExpectNear(run(kPytorchHalfPixel), {1, 1.25f, 1.75f, 2, 1.5f, 1.75f, 2.25f, 2.5f, 2.5f, 2.75f,
                                      3.25f, 3.5f, 3, 3.25f, 3.75f, 4});
  const float t = 1.0f / 3;
  ExpectNear(run(kAlignCorners), {1, 1 + t, 1 + 2 * t, 2, 1 + 2 * t, 2, 2 + t, 2 + 2 * t, 2 + t,
                                  2 + 2 * t, 3, 3 + t, 3, 3 + t, 3 + 2 * t, 4});
  ExpectNear(run(kAsymmetric), {1, 1.5f, 2, 2, 2, 2.5f, 3, 3, 3, 3.5f, 4, 4, 3, 3.5f, 4, 4});
}

TEST(Resize, LinearSmaller_UsesTheScaleThatWasGiven) {
  // Width 4 * 0.6 = 2.4: places 1/3 and 2; with corners aligned 0 and 3 / 1.4.
  const auto run = [](ResizeCoordinates coordinates) {
    return RunOp(Scaled(ResizeMode::kLinear, coordinates, 0.6f, 0.6f), OneTo(8, {1, 1, 2, 4}));
  };
  ExpectNear(run(kHalfPixel), {2 + 2.0f / 3, 4 + 1.0f / 3});
  ExpectNear(run(kAlignCorners), {1, 1 + 3 / 1.4f});
  const auto symmetric =
      RunOp(Scaled(ResizeMode::kLinear, kHalfPixelSymmetric, 1.0f, 0.6f), OneTo(4, {1, 1, 1, 4}));
  ExpectNear(symmetric, {1 + 2.0f / 3, 3 + 1.0f / 3});
}

TEST(Resize, CropAndResize_TakesTheRegion) {
  ResizeAttrs attrs{.mode = ResizeMode::kLinear,
                    .coordinates = kTfCropAndResize,
                    .sizes = {0, 0, 3, 3},
                    .roi = {0, 0, 0.4f, 0.6f, 1, 1, 0.6f, 0.8f},
                    .extrapolation = 10.0f};
  // The image is 1 + 4 y + x, read at y 1.2, 1.5, 1.8 and x 1.8, 2.1, 2.4.
  ExpectNear(RunOp(attrs, OneTo(16, {1, 1, 4, 4})),
             {7.6f, 7.9f, 8.2f, 8.8f, 9.1f, 9.4f, 10.0f, 10.3f, 10.6f});
  attrs.roi = {0, 0, 0.4f, 0.6f, 1, 1, 1.2f, 1.7f};
  ExpectNear(RunOp(attrs, OneTo(16, {1, 1, 4, 4})), {7.6f, 10, 10, 12.4f, 10, 10, 10, 10, 10});
}

TEST(Resize, Cubic_WeighsFourNeighbours) {
  // Place 1.5 of 1, 2, 4, 8 with a = -0.75: weights -3/32, 19/32, 19/32, -3/32.
  const ResizeAttrs attrs{
      .mode = ResizeMode::kCubic, .coordinates = kAlignCorners, .sizes = {0, 0, 1, 3}};
  ExpectNear(RunOp(attrs, Filled({1, 1, 1, 4}, {1, 2, 4, 8})), {1, (6 * 19 - 9 * 3) / 32.0f, 8});
}

TEST(Resize, CubicAtTheEdge_ClampsOrLeavesOut) {
  // Place -0.25 of 1, 2, 3, 4: taps at -2 to 1 weigh w(1.75), w(0.75), w(0.25), w(1.25).
  const double w175 = -0.03515625, w075 = 0.26171875, w025 = 0.87890625, w125 = -0.10546875;
  ResizeAttrs attrs = Scaled(ResizeMode::kCubic, kHalfPixel, 1.0f, 2.0f);
  auto first = ValuesOf(RunOp(attrs, OneTo(4, {1, 1, 1, 4})))[0];
  EXPECT_NEAR(first, w175 + w075 + w025 + 2 * w125, 1e-6);
  attrs.exclude_outside = true;
  first = ValuesOf(RunOp(attrs, OneTo(4, {1, 1, 1, 4})))[0];
  EXPECT_NEAR(first, (w025 + 2 * w125) / (w025 + w125), 1e-6);
}

TEST(Resize, Antialias_WidensTheKernelByTheStep) {
  // Halving 1, 2, 3, 4: places 0.5 and 2.5, a triangle of reach 2: weights 1/4, 3/4, 3/4, 1/4
  // before they are made to sum to 1, the neighbours beyond the edge standing in.
  ResizeAttrs attrs = Scaled(ResizeMode::kLinear, kHalfPixel, 1.0f, 0.5f);
  attrs.antialias = true;
  ExpectNear(RunOp(attrs, OneTo(4, {1, 1, 1, 4})),
             {(1 + 3 + 6 + 3) / 8.0f, (2 + 9 + 12 + 4) / 8.0f});
}

TEST(Resize, SizesAndScales_GiveTheShape) {
  const ResizeAttrs kept{.sizes = {0, 0, 5, 0}};
  EXPECT_EQ(InferredShape(kept, {{2, 3, 7, 4}}), (Shape{2, 3, 5, 4}));
  // 10 * 1.3f is 13 in float32, though 1.3f is less than 1.3.
  const ResizeAttrs scaled{.scales = {1, 1.3f}};
  EXPECT_EQ(InferredShape(scaled, {{2, 10}}), (Shape{2, 13}));
}

TEST(Resize, WhatMakesNoSense_IsRefused) {
  EXPECT_THAT(Refusal(ResizeAttrs{}, {{1, 2}}), HasSubstr("0 scales and 0 sizes"));
  EXPECT_THAT(Refusal(ResizeAttrs{.scales = {1, 0}}, {{1, 2}}), HasSubstr("a scale is 0"));
  EXPECT_THAT(Refusal(ResizeAttrs{.scales = {1, 0.1f}}, {{1, 2}}), HasSubstr("expected 1 or more"));
  EXPECT_THAT(Refusal(ResizeAttrs{.sizes = {1, -1}}, {{1, 2}}), HasSubstr("sizes holds -1"));
  EXPECT_THAT(Refusal(ResizeAttrs{.scales = {1, 2}, .roi = {0, 0, 1, 1}}, {{1, 2}}),
              HasSubstr("roi has 4 entries: expected 0"));
}

}  // namespace
}  // namespace vigil::testing
