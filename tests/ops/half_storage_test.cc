// float16 as operators see it.
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/half.h"
#include "tests/support/op_hand.h"

namespace vigil::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Tensor Halves(const Shape& shape, const std::vector<float>& values) {
  Tensor tensor({DType::kFloat16, shape});
  std::ranges::transform(values, tensor.as<std::uint16_t>().begin(), FloatToHalf);
  return tensor;
}

std::vector<float> Widened(const Tensor& tensor) {
  std::vector<float> values;
  for (const std::uint16_t half : tensor.as<std::uint16_t>()) values.push_back(HalfToFloat(half));
  return values;
}

TEST(HalfStorage, Add_ComputesInFloatAndRoundsToNearestEven) {
  // 2048 + 1 lies between 2048 and 2050, 2050 + 1 between 2050 and 2052: ties go to the even one.
  const auto out = RunOp(BinaryAttrs{}, Halves({1, 3}, {2048, 2050, 1}), Halves({1, 3}, {1, 1, 1}));
  EXPECT_EQ(out[0].desc().dtype, DType::kFloat16);
  EXPECT_THAT(Widened(out[0]), ElementsAre(2048, 2052, 2));
}

TEST(HalfStorage, Sums_AreNotRoundedOnTheWay) {
  // In float16 arithmetic 2048 + 1 + 1 stays 2048.
  GemmAttrs attrs;
  const auto out = RunOp(attrs, Halves({1, 3}, {2048, 1, 1}), Halves({3, 1}, {1, 1, 1}));
  EXPECT_THAT(Widened(out[0]), ElementsAre(2050));
}

TEST(HalfStorage, Overflow_IsInfinite) {
  const auto out =
      RunOp(BinaryAttrs{BinaryKind::kMul}, Halves({1, 2}, {300, 300}), Halves({1, 2}, {300, 200}));
  EXPECT_THAT(Widened(out[0]), ElementsAre(INFINITY, 60000));
}

TEST(HalfStorage, OperandsOfTwoFloatTypes_AreRefused) {
  const std::vector<TensorDesc> in{{DType::kFloat32, {1, 2}}, {DType::kFloat16, {1, 2}}};
  const OpAttrs attrs = BinaryAttrs{};
  try {
    OpOf(attrs).infer(attrs, in);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidType);
    EXPECT_STREQ(error.what(), "input 1 is float16: expected float32 as input 0");
  }
}

TEST(Cast, ToFloat16_RoundsToNearestEvenAndOverflows) {
  const auto out = RunOp(CastAttrs{DType::kFloat16},
                         Filled({1, 4}, {1.00048828125f, 1.00146484375f, 65519.0f, 65520.0f}));
  // One and a half steps above 1 lie 1 and 2 steps: the even ones.
  EXPECT_THAT(Widened(out[0]), ElementsAre(1.0f, 1.001953125f, 65504.0f, INFINITY));
}

TEST(Cast, ToFloat32_IsExact) {
  const auto out = RunOp(CastAttrs{DType::kFloat32}, Halves({1, 2}, {0x1p-24f, -65504.0f}));
  EXPECT_THAT(ValuesOf(out), ElementsAre(0x1p-24f, -65504.0f));
}

TEST(HalfRound, KeepsWhatHalfHas) {
  const auto out = RunOp(HalfRoundAttrs{}, Filled({1, 4}, {1.0f, 2049.0f, 70000.0f, 3e-8f}));
  EXPECT_THAT(ValuesOf(out), ElementsAre(1.0f, 2048.0f, INFINITY, 0x1p-24f));
}

TEST(HalfRound, OfAnotherType_IsRefused) {
  const std::vector<TensorDesc> in{{DType::kInt32, {1, 2}}};
  const OpAttrs attrs = HalfRoundAttrs{};
  try {
    OpOf(attrs).infer(attrs, in);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("input 0 is int32: expected float32"));
  }
}

}  // namespace
}  // namespace vigil::testing
