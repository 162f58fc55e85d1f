#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_hand.h"

namespace vigil::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;

Tensor Row(const std::vector<float>& values) {
  return Filled({1, static_cast<std::int64_t>(values.size())}, values);
}

TEST(Unary, Relu_ZeroesNegatives) {
  EXPECT_THAT(ValuesOf(RunOp(UnaryAttrs{UnaryKind::kRelu}, Row({-2, -0.5f, 0, 3}))),
              ElementsAre(0, 0, 0, 3));
}

TEST(Unary, Relu_LetsNanPass) {
  EXPECT_TRUE(std::isnan(ValuesOf(RunOp(UnaryAttrs{UnaryKind::kRelu}, Row({NAN})))[0]));
}

TEST(Unary, Clip_HoldsBothBounds) {
  EXPECT_THAT(ValuesOf(RunOp(UnaryAttrs{UnaryKind::kClip, -1.0f, 6.0f}, Row({-2, -1, 5, 7}))),
              ElementsAre(-1, -1, 5, 6));
}

TEST(Unary, ClipWithBoundsInTheWrongOrder_IsRefused) {
  EXPECT_THAT(Refusal(UnaryAttrs{UnaryKind::kClip, 6.0f, 0.0f}, {{1, 3}}),
              HasSubstr("Clip from 6 to 0: expected low <= high"));
}

TEST(Unary, Sigmoid_MatchesKnownValues) {
  EXPECT_THAT(ValuesOf(RunOp(UnaryAttrs{UnaryKind::kSigmoid}, Row({0, 1, -100, 100}))),
              ElementsAre(0.5f, FloatNear(0.7310585786f, 1e-7f), FloatNear(0, 1e-30f), 1));
}

TEST(Unary, IdentityAndDropout_CopyAnyType) {
  for (const UnaryKind kind : {UnaryKind::kIdentity, UnaryKind::kDropout}) {
    Tensor numbers(TensorDesc{DType::kInt64, {2}});
    numbers.as<std::int64_t>()[1] = std::int64_t{1} << 40;
    const auto out = RunOp(UnaryAttrs{kind}, std::move(numbers));
    EXPECT_THAT(out[0].as<std::int64_t>(), ElementsAre(0, std::int64_t{1} << 40));
  }
}

TEST(Binary, Add_OfEqualShapes) {
  EXPECT_THAT(ValuesOf(RunOp(BinaryAttrs{}, Row({1, 2}), Row({10, -2}))), ElementsAre(11, 0));
}

TEST(Binary, Mul_OfAChannelFactor_RepeatsOverThePlane) {
  const auto out = RunOp(BinaryAttrs{BinaryKind::kMul}, Filled({1, 2, 1, 2}, {1, 2, 3, 4}),
                         Filled({2, 1, 1}, {10, 100}));
  EXPECT_THAT(ValuesOf(out), ElementsAre(10, 20, 300, 400));
}

TEST(Binary, BothSidesRepeat_GivesTheOuterSum) {
  const auto out = RunOp(BinaryAttrs{}, Filled({2, 1}, {1, 2}), Filled({1, 3}, {10, 20, 30}));
  EXPECT_EQ(out[0].shape(), (Shape{2, 3}));
  EXPECT_THAT(ValuesOf(out), ElementsAre(11, 21, 31, 12, 22, 32));
}

TEST(Binary, Epilogue_StoresTheValueBeforeTheActivation) {
  BinaryAttrs attrs;
  attrs.epilogue = {{Activation::Kind::kRelu}, false, false, true};
  const auto out = RunOp(attrs, Row({1, 2}), Row({-3, 3}));
  EXPECT_THAT(ValuesOf(out, 0), ElementsAre(0, 5));
  EXPECT_THAT(ValuesOf(out, 1), ElementsAre(-2, 5));
}

TEST(Binary, ShapesThatDoNotBroadcast_AreRefusedWithBoth) {
  EXPECT_THAT(Refusal(BinaryAttrs{}, {{1, 3, 4}, {1, 2, 4}}),
              HasSubstr("shapes 1x3x4 and 1x2x4 do not broadcast"));
}

}  // namespace
}  // namespace vigil::testing
