// Quantised operators by hand and by the examples of the ONNX specification.
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/text.h"
#include "tests/support/op_hand.h"

namespace vigil::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

template <typename T>
Tensor Numbers(const Shape& shape, const std::vector<int>& values) {
  Tensor tensor({DTypeOf<T>(), shape});
  std::ranges::transform(values, tensor.as<T>().begin(), [](int v) { return static_cast<T>(v); });
  return tensor;
}

template <typename T>
std::vector<int> NumbersOf(const std::vector<Tensor>& outputs) {
  const auto values = outputs[0].as<T>();
  return {values.begin(), values.end()};
}

std::string RefusalOf(const OpAttrs& attrs, const std::vector<TensorDesc>& in) {
  try {
    OpOf(attrs).infer(attrs, in);
    return "accepted";
  } catch (const Error& error) {
    return error.fault() == Fault::kModel ? error.what() : "not a fault of the model";
  }
}

QuantizeScale One(float scale, std::int32_t zero_point) { return {0, {scale}, {zero_point}}; }

TEST(QuantizeLinear, OnnxExample_SaturatesAndRoundsTiesToEven) {
  const auto out = RunOp(QuantizeAttrs{One(2.0f, 128), DType::kUInt8},
                         Filled({6}, {0, 2, 3, 1000, -254, -1000}));
  EXPECT_THAT(NumbersOf<std::uint8_t>(out), ElementsAre(128, 129, 130, 255, 1, 0));
}

TEST(QuantizeLinear, Ties_GoToTheEvenStep) {
  const auto out = RunOp(QuantizeAttrs{One(1.0f, 0), DType::kInt8},
                         Filled({6}, {0.5f, 1.5f, 2.5f, -0.5f, -1.5f, -2.5f}));
  EXPECT_THAT(NumbersOf<std::int8_t>(out), ElementsAre(0, 2, 2, 0, -2, -2));
}

TEST(QuantizeLinear, NanAndInfinities_AreDefined) {
  const auto out =
      RunOp(QuantizeAttrs{One(1.0f, 7), DType::kInt8}, Filled({3}, {NAN, INFINITY, -INFINITY}));
  EXPECT_THAT(NumbersOf<std::int8_t>(out), ElementsAre(7, 127, -128));
}

TEST(QuantizeLinear, ScalesOfAnAxis_BelongToItsIndices) {
  QuantizeAttrs attrs{{1, {1.0f, 10.0f}, {0, 100}}, DType::kUInt8};
  const auto out = RunOp(attrs, Filled({1, 2, 2}, {5, 6, 50, -60}));
  EXPECT_THAT(NumbersOf<std::uint8_t>(out), ElementsAre(5, 6, 105, 94));
}

TEST(QuantizeLinear, WhatItCannotMean_IsRefused) {
  const std::vector<TensorDesc> x{{DType::kFloat32, {1, 3}}};
  EXPECT_THAT(RefusalOf(QuantizeAttrs{One(0.0f, 0), DType::kInt8}, x),
              HasSubstr("scale holds 0: expected finite numbers above 0"));
  EXPECT_THAT(RefusalOf(QuantizeAttrs{One(1.0f, 128), DType::kInt8}, x),
              HasSubstr("zero point holds 128: expected -128 to 127 for int8"));
  EXPECT_THAT(RefusalOf(QuantizeAttrs{One(1.0f, 0), DType::kInt32}, x),
              HasSubstr("type is int32: expected int8 or uint8"));
  EXPECT_THAT(RefusalOf(QuantizeAttrs{{1, {1, 1}, {0, 0}}, DType::kInt8}, x),
              HasSubstr("2 scales along axis 1 of 1x3: expected 1 or 3"));
}

TEST(DequantizeLinear, OnnxExample) {
  const auto out =
      RunOp(DequantizeAttrs{One(2.0f, 128)}, Numbers<std::uint8_t>({4}, {0, 3, 128, 255}));
  EXPECT_THAT(ValuesOf(out), ElementsAre(-256, -250, 0, 254));
}

TEST(DequantizeLinear, OfInt32_HasNoZeroPoint) {
  EXPECT_THAT(
      ValuesOf(RunOp(DequantizeAttrs{One(0.5f, 0)}, Numbers<std::int32_t>({2}, {-3, 70001}))),
      ElementsAre(-1.5f, 35000.5f));
  EXPECT_THAT(RefusalOf(DequantizeAttrs{One(1.0f, 3)}, {{DType::kInt32, {2}}}),
              HasSubstr("zero point holds 3: expected 0 to 0 for int32"));
}

TEST(FixedPoint, ScaleRounded_TakesTiesToTheEven) {
  const FixedPoint half = FixedPointOf(0.5);
  std::vector<int> scaled;
  for (const int value : {1, 3, 5, -1, -3, -5}) scaled.push_back(ScaleRounded(value, half));
  EXPECT_THAT(scaled, ElementsAre(0, 2, 2, 0, -2, -2));
}

TEST(FixedPoint, OfAPowerOfTwo_IsExact) {
  EXPECT_EQ(FixedPointOf(0.25), (FixedPoint{std::int32_t{1} << 30, 32}));
  EXPECT_EQ(FixedPointOf(1.0), (FixedPoint{std::int32_t{1} << 30, 30}));
  EXPECT_EQ(ScaleRounded(1000, FixedPointOf(0.001)), 1);
}

TEST(FixedPoint, BeyondItsRange_SaturatesOrVanishes) {
  EXPECT_GE(ScaleRounded(1, FixedPointOf(1e6)), 255);
  EXPECT_LE(ScaleRounded(-1, FixedPointOf(1e6)), -255);
  EXPECT_EQ(ScaleRounded(2147483647, FixedPointOf(1e-12)), 0);
  EXPECT_GE(ScaleRounded(2147483647, FixedPointOf(255.9)), 65536);
}

TEST(QLinearConv, OnnxExample) {
  QConvAttrs attrs;
  attrs.product.x_scale = 0.00369204697f;
  attrs.product.x_zero_point = 132;
  attrs.product.weight_scales = {0.00172794575f};
  attrs.product.weight_zero_points = {255};
  attrs.product.y_scale = 0.00162681262f;
  attrs.product.y_zero_point = 123;
  attrs.product.type = DType::kUInt8;
  const auto out =
      RunOp(attrs, Numbers<std::uint8_t>({1, 1, 1, 7}, {255, 174, 162, 25, 203, 168, 58}),
            Numbers<std::uint8_t>({1, 1, 1, 1}, {0}));
  EXPECT_THAT(NumbersOf<std::uint8_t>(out), ElementsAre(0, 81, 93, 230, 52, 87, 197));
}

TEST(ConvInteger, OnnxExamples_WithAndWithoutPadding) {
  QConvAttrs attrs{.kernel = {2, 2}};
  attrs.product.x_zero_point = 1;
  const auto x = [] { return Numbers<std::uint8_t>({1, 1, 3, 3}, {2, 3, 4, 5, 6, 7, 8, 9, 10}); };
  const auto w = [] { return Numbers<std::uint8_t>({1, 1, 2, 2}, {1, 1, 1, 1}); };
  EXPECT_THAT(NumbersOf<std::int32_t>(RunOp(attrs, x(), w())), ElementsAre(12, 16, 24, 28));
  attrs.pads = {1, 1, 1, 1};
  EXPECT_THAT(NumbersOf<std::int32_t>(RunOp(attrs, x(), w())),
              ElementsAre(1, 3, 5, 3, 5, 12, 16, 9, 11, 24, 28, 15, 7, 15, 17, 9));
}

TEST(QLinearConv, BiasChannelScalesAndRelu_ByHand) {
  // Channel 0: (10 - 2) * 3 + 6 = 30, times 1 * 0.5 / 5 = 3. Channel 1: 8 * -3 + 6 = -18, whose
  // 1 * 0.25 / 5 is -0.9: Relu makes the zero point of it.
  QConvAttrs attrs;
  attrs.product = {.x_zero_point = 2,
                   .has_bias = true,
                   .type = DType::kInt8,
                   .x_scale = 1.0f,
                   .weight_scales = {0.5f, 0.25f},
                   .y_scale = 5.0f,
                   .y_zero_point = -10,
                   .activation = {Activation::Kind::kRelu}};
  const auto out =
      RunOp(attrs, Numbers<std::uint8_t>({1, 1, 1, 1}, {10}),
            Numbers<std::int8_t>({2, 1, 1, 1}, {3, -3}), Numbers<std::int32_t>({2}, {6, 6}));
  EXPECT_THAT(NumbersOf<std::int8_t>(out), ElementsAre(-7, -10));
}

TEST(QLinearConv, WhatItCannotMean_IsRefused) {
  const TensorDesc x{DType::kUInt8, {1, 2, 3, 3}}, w{DType::kInt8, {4, 2, 1, 1}};
  QConvAttrs attrs;
  EXPECT_THAT(RefusalOf(attrs, {{DType::kFloat32, x.shape}, w}),
              HasSubstr("x is float32: expected int8 or uint8"));
  attrs.product.weight_zero_points = {0, 0};
  EXPECT_THAT(RefusalOf(attrs, {x, w}),
              HasSubstr("2 weight zero points: expected 1 or 4, one an output channel"));
  attrs.product.weight_zero_points = {0};
  attrs.product.has_bias = true;
  EXPECT_THAT(RefusalOf(attrs, {x, w, {DType::kFloat32, {4}}}),
              HasSubstr("bias is float32: expected int32"));
  attrs.product.has_bias = false;
  attrs.product.type = DType::kInt8;
  attrs.product.activation = {Activation::Kind::kSigmoid};
  EXPECT_THAT(RefusalOf(attrs, {x, w}), HasSubstr("expected Relu or Clip"));
}

TEST(QLinearMatMul, OnnxExample) {
  QGemmAttrs attrs;
  attrs.product = {.x_zero_point = 113,
                   .weight_zero_points = {114},
                   .type = DType::kUInt8,
                   .x_scale = 0.0066f,
                   .weight_scales = {0.00705f},
                   .y_scale = 0.0107f,
                   .y_zero_point = 118};
  const auto out =
      RunOp(attrs, Numbers<std::uint8_t>({2, 4}, {208, 236, 0, 238, 3, 214, 255, 29}),
            Numbers<std::uint8_t>({4, 3}, {152, 51, 244, 60, 26, 255, 0, 127, 246, 127, 254, 247}));
  EXPECT_THAT(NumbersOf<std::uint8_t>(out), ElementsAre(168, 115, 255, 1, 66, 151));
}

TEST(MatMulInteger, OnnxExample) {
  QGemmAttrs attrs;
  attrs.product.x_zero_point = 12;
  const auto out =
      RunOp(attrs, Numbers<std::uint8_t>({4, 3}, {11, 7, 3, 10, 6, 2, 9, 5, 1, 8, 4, 0}),
            Numbers<std::uint8_t>({3, 2}, {1, 4, 2, 5, 3, 6}));
  EXPECT_THAT(NumbersOf<std::int32_t>(out), ElementsAre(-38, -83, -44, -98, -50, -113, -56, -128));
}

TEST(MatMulInteger, LeadingDimensions_Broadcast) {
  QGemmAttrs attrs;
  const auto out = RunOp(attrs, Numbers<std::int8_t>({2, 1, 2}, {1, 2, 3, 4}),
                         Numbers<std::int8_t>({2, 2}, {1, 10, 0, 1}));
  EXPECT_EQ(out[0].shape(), (Shape{2, 1, 2}));
  EXPECT_THAT(NumbersOf<std::int32_t>(out), ElementsAre(1, 12, 3, 34));
}

}  // namespace
}  // namespace vigil::testing
