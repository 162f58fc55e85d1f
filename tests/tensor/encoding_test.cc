#include "engine/tensor/encoding.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "engine/base/error.h"
#include "engine/tensor/encode_int8.h"

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

// The definition, a value at a time.
std::vector<std::byte> Int8ByDefinition(const Tensor& tensor) {
  const std::size_t channels = static_cast<std::size_t>(ChannelsOf(tensor.shape()));
  const std::size_t samples = static_cast<std::size_t>(tensor.shape()[0]);
  const std::size_t plane = tensor.as<float>().size() / samples / channels;
  const std::size_t bytes = EncodedSampleBytes(tensor.shape(), Encoding::kInt8);
  std::vector<std::byte> out(samples * bytes);
  for (std::size_t n = 0; n < samples; ++n) {
    for (std::size_t c = 0; c < channels; ++c) {
      const auto values = tensor.as<float>().subspan((n * channels + c) * plane, plane);
      float low = INFINITY, high = -INFINITY;
      for (const float v : values) {
        if (v < low) low = v;
        if (v > high) high = v;
      }
      if (!(low <= high)) low = high = 0.0f;
      if (low == 0.0f) low = 0.0f;  // a zero is +0
      if (high == 0.0f) high = 0.0f;
      const float header[2] = {(high - low) / 255.0f, low};
      std::memcpy(out.data() + n * bytes + c * 8, header, 8);
      const float inverse = header[0] > 0.0f ? 1.0f / header[0] : 0.0f;
      for (std::size_t i = 0; i < plane; ++i) {
        const volatile float product = (values[i] - low) * inverse;  // rounded by itself
        const float scaled = product;
        out[n * bytes + channels * 8 + c * plane + i] =
            static_cast<std::byte>(scaled > 0.0f ? std::min(scaled + 0.5f, 255.0f) : 0.0f);
      }
    }
  }
  return out;
}

// Ordinary values with all that is odd among them.
Tensor Odd(const Shape& shape) {
  Tensor tensor(TensorDesc{DType::kFloat32, shape});
  std::mt19937 generator(7);
  std::normal_distribution<float> normal(0.3f, 2.0f);
  std::size_t i = 0;
  for (float& x : tensor.as<float>()) {
    x = normal(generator);
    if (generator() % 5 == 0) x = generator() % 2 ? 0.0f : -0.0f;
    if (++i % 97 == 0) x = std::numeric_limits<float>::quiet_NaN();
    if (i % 1501 == 0) x = INFINITY;
    if (i % 1999 == 0) x = -INFINITY;
  }
  const std::size_t plane = static_cast<std::size_t>(shape.ElementsFrom(2));
  std::ranges::fill(tensor.as<float>().first(plane), -0.0f);  // channels of one value
  if (shape[1] > 1) std::ranges::fill(tensor.as<float>().subspan(plane, plane), 2.5f);
  return tensor;
}

// As blocks of channels (one of all: channels last), with numbers beyond the last channel that
// would show.
std::vector<float> Blocked(const Tensor& tensor, std::size_t lanes) {
  const std::size_t channels = static_cast<std::size_t>(tensor.shape()[1]);
  const std::size_t plane = static_cast<std::size_t>(tensor.shape().ElementsFrom(2));
  const std::size_t blocks = (channels + lanes - 1) / lanes;
  std::vector<float> out(static_cast<std::size_t>(tensor.shape()[0]) * blocks * plane * lanes,
                         1e30f);
  for (std::size_t i = 0; i < tensor.as<float>().size(); ++i) {
    const std::size_t pixel = i % plane, c = i / plane % channels, n = i / plane / channels;
    out[((n * blocks + c / lanes) * plane + pixel) * lanes + c % lanes] = tensor.as<float>()[i];
  }
  return out;
}

TEST(Encoding, Int8_InWhateverOrderTheChannelsLie_IsTheDefinitionToTheBit) {
  // Planes below, at and beyond what one step takes, with and without a rest; full blocks and not.
  for (const Shape& shape : {Shape{2, 13, 9, 7}, Shape{1, 16, 16, 16}, Shape{1, 24, 56, 56},
                             Shape{3, 8, 1, 1}, Shape{1, 1, 33, 31}, Shape{1, 35, 5, 3}}) {
    const Tensor tensor = Odd(shape);
    const std::vector<std::byte> expected = Int8ByDefinition(tensor);
    std::vector<std::byte> got(expected.size());
    Encode(tensor.view(), Encoding::kInt8, got);
    EXPECT_TRUE(got == expected) << shape.ToString() << ", plain";
    const auto expect_same = [&](std::size_t lanes, ChannelOrder order) {
      std::ranges::fill(got, std::byte{0});
      EncodeInt8(Blocked(tensor, lanes).data(), shape, order, got);
      EXPECT_TRUE(got == expected) << shape.ToString() << ", " << lanes << " lanes";
    };
    expect_same(8, ChannelOrder::kBlocks8);
    expect_same(16, ChannelOrder::kBlocks16);
    expect_same(static_cast<std::size_t>(shape[1]), ChannelOrder::kLast);
  }
}

TEST(Encoding, Int8_OfEveryInstructionSet_IsTheSame) {
  const Tensor tensor = Odd({1, 16, 23, 29});
  constexpr std::size_t kPlane = 23 * 29;
  const std::vector<std::byte> expected = Int8ByDefinition(tensor);
  for (const Int8Encoder& encoder : Int8Encoders()) {
    for (const std::size_t lanes : {1u, 8u, 16u}) {
      const std::vector<float> blocked = Blocked(tensor, lanes);
      const auto encode = lanes == 1   ? encoder.one_lane
                          : lanes == 8 ? encoder.eight_lanes
                                       : encoder.sixteen_lanes;
      std::vector<std::byte> got(expected.size());
      auto* bytes = reinterpret_cast<std::uint8_t*>(got.data() + 16 * 8);
      for (std::size_t c = 0; c < 16; c += lanes) {
        encode({blocked.data() + c * kPlane, kPlane, lanes, static_cast<int>(lanes),
                got.data() + c * 8, bytes + c * kPlane});
      }
      EXPECT_TRUE(got == expected) << encoder.name << ", " << lanes << " lanes";
    }
  }
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
