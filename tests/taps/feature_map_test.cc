#include "estimator/taps/feature_map.h"

#include <cstring>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/half.h"

namespace vigil {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

template <typename T>
FeatureMap MapOf(DType dtype, const Shape& shape, Layout layout, const std::vector<T>& values) {
  return {.dtype = dtype,
          .shape = shape,
          .layout = layout,
          .data = std::as_bytes(std::span<const T>(values))};
}

std::vector<float> Converted(const FeatureMap& map) {
  Tensor out(TensorDesc{DType::kFloat32, NchwShape(map, "f")});
  ConvertFeature(map, "f", out.view());
  return {out.as<float>().begin(), out.as<float>().end()};
}

// Two rows of one place and three channels: interleaved in, planes out.
TEST(FeatureMap, Nhwc_BecomesPlanes) {
  const std::vector<float> values = {1, 2, 3, 4, 5, 6};
  const FeatureMap map = MapOf(DType::kFloat32, {1, 2, 1, 3}, Layout::kNhwc, values);
  EXPECT_EQ(NchwShape(map, "f"), (Shape{1, 3, 2, 1}));
  EXPECT_THAT(Converted(map), ElementsAre(1, 4, 2, 5, 3, 6));
}

TEST(FeatureMap, Integers_AreScaledFromTheirZeroPoint) {
  const std::vector<std::uint8_t> bytes = {0, 128, 255};
  FeatureMap map = MapOf(DType::kUInt8, {1, 3}, Layout::kNchw, bytes);
  map.scale = 0.5f;
  map.zero_point = 128;
  EXPECT_THAT(Converted(map), ElementsAre(-64.0f, 0.0f, 63.5f));
  const std::vector<std::int8_t> signed_bytes = {-128, 127};
  map = MapOf(DType::kInt8, {1, 2}, Layout::kNchw, signed_bytes);
  map.scale = 2.0f;
  map.zero_point = -1;
  EXPECT_THAT(Converted(map), ElementsAre(-254.0f, 256.0f));
  const std::vector<std::int32_t> words = {-70000};
  map = MapOf(DType::kInt32, {1, 1}, Layout::kNchw, words);
  map.scale = 1e-2f;
  EXPECT_THAT(Converted(map), ElementsAre(::testing::FloatEq(-700.0f)));
}

TEST(FeatureMap, Halves_AreWidened_FromAnyAddress) {
  std::vector<std::byte> bytes(5);
  const std::uint16_t half = FloatToHalf(-1.5f), other = FloatToHalf(0.25f);
  std::memcpy(bytes.data() + 1, &half, 2);
  std::memcpy(bytes.data() + 3, &other, 2);
  const FeatureMap map{
      .dtype = DType::kFloat16, .shape = {1, 2}, .data = std::span(bytes).subspan(1)};
  EXPECT_THAT(Converted(map), ElementsAre(-1.5f, 0.25f));
}

TEST(FeatureMap, WhatDoesNotFit_IsRefusedByName) {
  const auto message = [](const FeatureMap& map, const Shape& wanted) -> std::string {
    Tensor out(TensorDesc{DType::kFloat32, wanted});
    try {
      ConvertFeature(map, "relu6", out.view());
    } catch (const Error& error) {
      EXPECT_EQ(error.fault(), Fault::kInput);
      return error.what();
    }
    return "accepted";
  };
  const std::vector<float> two = {1.0f, std::numeric_limits<float>::quiet_NaN()};
  EXPECT_THAT(message(MapOf(DType::kFloat32, {1, 2}, Layout::kNchw, two), {1, 2}),
              HasSubstr("'relu6' holds nan at element 1"));
  EXPECT_THAT(message(MapOf(DType::kFloat32, {1, 3}, Layout::kNchw, two), {1, 3}),
              HasSubstr("has 8 bytes: expected 12"));
  EXPECT_THAT(message(MapOf(DType::kFloat32, {1, 2}, Layout::kNchw, two), {2, 1}),
              HasSubstr("expected"));
  EXPECT_THAT(message(MapOf(DType::kFloat32, {2, 1}, Layout::kNchw, two), {2, 1}),
              HasSubstr("expected one sample"));
  EXPECT_THAT(message(MapOf(DType::kBool, {1, 2}, Layout::kNchw, two), {1, 2}),
              HasSubstr("is bool: expected float32"));
  const std::vector<std::int8_t> bytes = {1, 2};
  FeatureMap map = MapOf(DType::kInt8, {1, 2}, Layout::kNchw, bytes);
  for (const float scale : {0.0f, -1.0f, std::numeric_limits<float>::infinity()}) {
    map.scale = scale;
    EXPECT_THAT(message(map, {1, 2}), HasSubstr("scale"));
  }
}

}  // namespace
}  // namespace vigil
