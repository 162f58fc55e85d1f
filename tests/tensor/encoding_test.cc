#include "engine/tensor/encoding.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/base/error.h"

namespace vigil {
namespace {

std::vector<float> RoundTrip(const Tensor& tensor, Encoding encoding) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(tensor.shape()[0]) *
                               EncodedSampleBytes(tensor.shape(), encoding));
  Encode(tensor.view(), encoding, bytes);
  Tensor decoded(tensor.desc());
  Decode(bytes, encoding, decoded.view());
  return {decoded.as<float>().begin(), decoded.as<float>().end()};
}

TEST(Encoding, SampleBytes_AreAsDocumented) {
  const Shape shape{7, 3, 5, 5};
  EXPECT_EQ(EncodedSampleBytes(shape, Encoding::kFloat32), 300u);
  EXPECT_EQ(EncodedSampleBytes(shape, Encoding::kFloat16), 152u);  // 150, rounded up to 4
  EXPECT_EQ(EncodedSampleBytes(shape, Encoding::kInt8), 100u);     // 24 of header, 75, rounded up
  EXPECT_EQ(EncodedSampleBytes(Shape{2, 10}, Encoding::kInt8), 20u);  // a vector is one channel
}

TEST(Encoding, Float32_IsExact) {
  const Tensor tensor({2, 3}, std::vector<float>{1.5f, -2.25f, 1e-30f, 3e30f, 0.0f, 7.0f});
  EXPECT_EQ(RoundTrip(tensor, Encoding::kFloat32),
            std::vector<float>(tensor.as<float>().begin(), tensor.as<float>().end()));
}

TEST(Encoding, Float16_ClampsWhatItCannotHold) {
  const Tensor tensor({1, 3}, std::vector<float>{1e6f, -1e6f, 0.333251953125f});
  EXPECT_EQ(RoundTrip(tensor, Encoding::kFloat16),
            (std::vector<float>{65504.0f, -65504.0f, 0.333251953125f}));
}

TEST(Encoding, Int8_IsWithinHalfAStepOfEachChannel) {
  std::vector<float> values;
  for (int i = 0; i < 2 * 3 * 16; ++i) {
    values.push_back(std::sin(static_cast<float>(i)) *
                     std::pow(10.0f, static_cast<float>(i / 16 % 3)));
  }
  const Tensor tensor({2, 3, 4, 4}, values);
  const std::vector<float> decoded = RoundTrip(tensor, Encoding::kInt8);
  for (std::size_t plane = 0; plane < 6; ++plane) {
    const auto part = std::span(values).subspan(plane * 16, 16);
    const auto [low, high] = std::ranges::minmax(part);
    const float half_step = (high - low) / 255.0f * 0.5f;
    for (std::size_t i = 0; i < 16; ++i) {
      EXPECT_NEAR(decoded[plane * 16 + i], part[i], half_step * 1.001f)
          << "plane " << plane << ", element " << i;
    }
  }
}

TEST(Encoding, Int8_KeepsAConstantChannelExactly) {
  const Tensor tensor({1, 1, 2, 2}, std::vector<float>(4, -3.7f));
  EXPECT_EQ(RoundTrip(tensor, Encoding::kInt8), std::vector<float>(4, -3.7f));
}

TEST(Encoding, Int8_NanBecomesTheOffsetAndSparesTheOthers) {
  const Tensor tensor({1, 1, 1, 3},
                      std::vector<float>{1.0f, std::numeric_limits<float>::quiet_NaN(), 2.0f});
  EXPECT_EQ(RoundTrip(tensor, Encoding::kInt8), (std::vector<float>{1.0f, 1.0f, 2.0f}));
}

TEST(Encoding, OtherTypes_StayAsTheyAre) {
  Tensor tensor(TensorDesc{DType::kInt64, {2, 3}});
  for (std::size_t i = 0; i < 6; ++i) {
    tensor.as<std::int64_t>()[i] = (std::int64_t{1} << 40) + static_cast<std::int64_t>(i);
  }
  for (const Encoding encoding : {Encoding::kFloat32, Encoding::kFloat16, Encoding::kInt8}) {
    ASSERT_EQ(EncodedSampleBytes(tensor.desc(), encoding), 24u);
    std::vector<std::byte> bytes(48);
    Encode(tensor.view(), encoding, bytes);
    Tensor decoded(tensor.desc());
    Decode(bytes, encoding, decoded.view());
    EXPECT_TRUE(std::ranges::equal(decoded.bytes(), tensor.bytes()));
  }
}

TEST(Encoding, Decode_RefusesAnotherSize) {
  Tensor tensor(TensorDesc{DType::kFloat32, {1, 3}});
  const std::vector<std::byte> bytes(11);
  EXPECT_THROW(Decode(bytes, Encoding::kFloat32, tensor.view()), Error);
}

TEST(Shape, AbsurdDimensions_AreRefusedWithoutOverflow) {
  EXPECT_THROW((Shape{std::int64_t{1} << 40, std::int64_t{1} << 40}), Error);
  EXPECT_THROW((Shape{3, -1}), Error);
  EXPECT_THROW((Shape{1, 1, 1, 1, 1, 1, 1}), Error);
  EXPECT_EQ((Shape{2, 0, 3}).elements(), 0);
  EXPECT_EQ(Shape().elements(), 1);
  EXPECT_EQ((Shape{1, 3, 224}).ToString(), "1x3x224");
}

}  // namespace
}  // namespace vigil
