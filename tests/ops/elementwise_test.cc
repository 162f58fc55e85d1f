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

std::vector<float> Apply(const UnaryAttrs& attrs, const std::vector<float>& x) {
  return ValuesOf(RunOp(attrs, Row(x)));
}

TEST(Unary, LeakyReluEluAndSelu_BendBelowZero) {
  EXPECT_THAT(Apply({UnaryKind::kLeakyRelu, 0.25f}, {-4, 0, 3}), ElementsAre(-1, 0, 3));
  // e^-1 - 1 = -0.6321205588.
  EXPECT_THAT(Apply({UnaryKind::kElu, 2.0f}, {-1, 0, 3}),
              ElementsAre(FloatNear(-1.2642411f, 1e-6f), 0, 3));
  EXPECT_THAT(Apply({UnaryKind::kSelu, 2.0f, 0.5f}, {-1, 0, 3}),
              ElementsAre(FloatNear(-0.6321206f, 1e-6f), 0, 1.5f));
}

TEST(Unary, HardSigmoidAndHardSwish_AreLinesWithinTheirBounds) {
  EXPECT_THAT(Apply({UnaryKind::kHardSigmoid, 0.25f, 0.5f}, {-3, -1, 0, 1, 3}),
              ElementsAre(0, 0.25f, 0.5f, 0.75f, 1));
  EXPECT_THAT(Apply({UnaryKind::kHardSwish}, {-4, -3, 0, 1.5f, 3, 5}),
              ElementsAre(0, 0, 0, 1.125f, 3, 5));
}

TEST(Unary, TranscendentFunctions_MatchKnownValues) {
  const auto near = [](float value) { return FloatNear(value, 1e-6f); };
  EXPECT_THAT(Apply({UnaryKind::kTanh}, {0, 1, -100}), ElementsAre(0, near(0.7615942f), -1));
  EXPECT_THAT(Apply({UnaryKind::kSoftplus}, {0, 1, 100, -100}),
              ElementsAre(near(0.6931472f), near(1.3132617f), 100, near(0)));
  EXPECT_THAT(Apply({UnaryKind::kErf}, {0, 0.5f, -1, 9}),
              ElementsAre(0, near(0.5204999f), near(-0.8427008f), 1));
  EXPECT_THAT(Apply({UnaryKind::kExp}, {0, 1}), ElementsAre(1, near(2.7182818f)));
  EXPECT_THAT(Apply({UnaryKind::kLog}, {1, 2}), ElementsAre(0, near(0.6931472f)));
  // x times the normal distribution's 0.8413447 at 1; the other curve is 0.0002 off there.
  EXPECT_THAT(Apply({UnaryKind::kGelu}, {0, 1, -1}),
              ElementsAre(0, near(0.8413447f), near(-0.1586553f)));
  EXPECT_THAT(Apply({UnaryKind::kGeluTanh}, {0, 1}), ElementsAre(0, near(0.8411920f)));
}

TEST(Unary, ExactFunctions_GiveExactValues) {
  EXPECT_THAT(Apply({UnaryKind::kSoftsign}, {-1, 0, 3}), ElementsAre(-0.5f, 0, 0.75f));
  EXPECT_THAT(Apply({UnaryKind::kSqrt}, {0, 2.25f}), ElementsAre(0, 1.5f));
  EXPECT_THAT(Apply({UnaryKind::kNeg}, {-2, 3}), ElementsAre(2, -3));
  EXPECT_THAT(Apply({UnaryKind::kAbs}, {-2, 3}), ElementsAre(2, 3));
  EXPECT_THAT(Apply({UnaryKind::kReciprocal}, {-2, 4}), ElementsAre(-0.5f, 0.25f));
  EXPECT_THAT(Apply({UnaryKind::kFloor}, {-1.5f, 1.5f}), ElementsAre(-2, 1));
  EXPECT_THAT(Apply({UnaryKind::kCeil}, {-1.5f, 1.5f}), ElementsAre(-1, 2));
}

TEST(Unary, FunctionsOfModernExporters_MatchKnownValues) {
  EXPECT_THAT(Apply({UnaryKind::kRound}, {0.5f, 1.5f, 2.5f, -0.5f, -1.5f, 1.25f}),
              ElementsAre(0, 2, 2, 0, -2, 1));
  EXPECT_THAT(Apply({UnaryKind::kSign}, {-3, 0, 0.5f}), ElementsAre(-1, 0, 1));
  EXPECT_THAT(Apply({UnaryKind::kThresholdedRelu, 1.0f}, {-3, 1, 1.5f}), ElementsAre(0, 0, 1.5f));
  EXPECT_THAT(Apply({UnaryKind::kShrink, 1.0f, 0.25f}, {-3, -1, 1, 1.5f}),
              ElementsAre(-2.75f, 0, 0, 1.25f));
  // tanh(ln(1 + e)) = 0.8650984; ln(1 + e^-1) = 0.3132617, its tanh 0.3034014.
  EXPECT_THAT(Apply({UnaryKind::kMish}, {0, 1, -1}),
              ElementsAre(0, FloatNear(0.8650984f, 1e-6f), FloatNear(-0.3034015f, 1e-6f)));
  // 2 (e^-1/2 - 1).
  EXPECT_THAT(Apply({UnaryKind::kCelu, 2.0f}, {-1, 0, 3}),
              ElementsAre(FloatNear(-0.7869387f, 1e-6f), 0, 3));
}

TEST(Binary, EveryKind_IsWhatItsNameSays) {
  const auto apply = [](BinaryKind kind) {
    return ValuesOf(RunOp(BinaryAttrs{kind}, Row({3, -2, -8}), Row({2, 3, -4})));
  };
  EXPECT_THAT(apply(BinaryKind::kSub), ElementsAre(1, -5, -4));
  EXPECT_THAT(apply(BinaryKind::kDiv), ElementsAre(1.5f, FloatNear(-0.6666667f, 1e-7f), 2));
  EXPECT_THAT(apply(BinaryKind::kPow), ElementsAre(9, -8, 1.0f / 4096));
  EXPECT_THAT(apply(BinaryKind::kMin), ElementsAre(2, -2, -8));
  EXPECT_THAT(apply(BinaryKind::kMax), ElementsAre(3, 3, -4));
  EXPECT_THAT(apply(BinaryKind::kPRelu), ElementsAre(3, -6, 32));
}

TEST(Binary, MinAndMax_LetNanPassFromEitherSide) {
  for (const BinaryKind kind : {BinaryKind::kMin, BinaryKind::kMax}) {
    const auto out = ValuesOf(RunOp(BinaryAttrs{kind}, Row({NAN, 1}), Row({1, NAN})));
    EXPECT_TRUE(std::isnan(out[0]) && std::isnan(out[1]));
  }
}

TEST(Binary, SlopeThatWouldWidenX_IsRefused) {
  EXPECT_THAT(Refusal(BinaryAttrs{BinaryKind::kPRelu}, {{1, 3, 1}, {3, 4}}),
              HasSubstr("slope is 3x4: expected a shape that broadcasts to that of x, 1x3x1"));
}

TEST(Binary, Residual_IsRefused) {
  BinaryAttrs attrs{BinaryKind::kSub};
  attrs.epilogue.residual = true;
  EXPECT_THAT(Refusal(attrs, {{1, 3}, {1, 3}}), HasSubstr("a residual is set"));
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
