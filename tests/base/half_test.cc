#include "engine/base/half.h"

#include <cmath>
#include <limits>

namespace vigil {
namespace {

TEST(Half, KnownValues_ConvertBothWays) {
  EXPECT_EQ(FloatToHalf(0.0f), 0x0000);
  EXPECT_EQ(FloatToHalf(-0.0f), 0x8000);
  EXPECT_EQ(FloatToHalf(1.0f), 0x3c00);
  EXPECT_EQ(FloatToHalf(-2.0f), 0xc000);
  EXPECT_EQ(FloatToHalf(65504.0f), 0x7bff);
  EXPECT_EQ(FloatToHalf(0x1p-24f), 0x0001);  // the smallest subnormal
  EXPECT_EQ(HalfToFloat(0x3555), 0x1.554p-2f);
}

TEST(Half, EveryHalf_SurvivesTheRoundTrip) {
  for (int bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float value = HalfToFloat(half);
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(HalfToFloat(FloatToHalf(value)))) << bits;
    } else {
      ASSERT_EQ(FloatToHalf(value), half) << bits;
    }
  }
}

TEST(Half, Ties_RoundToEven) {
  EXPECT_EQ(FloatToHalf(1.0f + 0x1p-11f), 0x3c00);             // halfway between 0x3c00 and 0x3c01
  EXPECT_EQ(FloatToHalf(1.0f + 3 * 0x1p-11f), 0x3c02);         // halfway between 0x3c01 and 0x3c02
  EXPECT_EQ(FloatToHalf(1.0f + 0x1p-11f + 0x1p-20f), 0x3c01);  // just above halfway
  EXPECT_EQ(FloatToHalf(0x1p-25f), 0x0000);                    // half of the smallest subnormal
  EXPECT_EQ(FloatToHalf(3 * 0x1p-25f), 0x0002);
}

TEST(Half, Overflow_BecomesInfinityFromHalfwayOn) {
  EXPECT_EQ(FloatToHalf(65519.9f), 0x7bff);
  EXPECT_EQ(FloatToHalf(65520.0f), 0x7c00);
  EXPECT_EQ(FloatToHalf(-std::numeric_limits<float>::infinity()), 0xfc00);
}

TEST(Half, RoundToHalf_IsTheRoundTrip) {
  // Every 997th float: all exponents, all kinds of mantissa.
  for (std::uint64_t i = 0; i < (std::uint64_t{1} << 32); i += 997) {
    const float value = std::bit_cast<float>(static_cast<std::uint32_t>(i));
    const float rounded = RoundToHalf(value), expected = HalfToFloat(FloatToHalf(value));
    if (std::isnan(value)) {
      ASSERT_TRUE(std::isnan(rounded)) << i;
    } else {
      ASSERT_EQ(std::bit_cast<std::uint32_t>(rounded), std::bit_cast<std::uint32_t>(expected)) << i;
    }
  }
}

}  // namespace
}  // namespace vigil
