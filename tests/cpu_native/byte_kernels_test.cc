// Every instruction set that this processor has for bytes against sums of integers, bit for bit,
// with the shapes at which tiles, quads and rows end.
#include "engine/cpu/native/byte_kernels.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "engine/cpu/native/instruction_set.h"
#include "engine/ops/requantize.h"

namespace vigil::cpu::native {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// On a boundary of 64 bytes, with as many after them for kernels that read on.
template <typename T>
class Aligned {
 public:
  Aligned(std::size_t count, T value) : memory_(count + 128 / sizeof(T), value) {}
  template <typename Number>
  Aligned(std::size_t count, const Number& number) : Aligned(count, T{}) {
    for (std::size_t i = 0; i < count; ++i) data()[i] = number(i);
  }
  T* data() {
    const auto address = reinterpret_cast<std::uintptr_t>(memory_.data());
    return memory_.data() + (64 - address % 64) % 64 / sizeof(T);
  }

 private:
  std::vector<T> memory_;
};

class Random {
 public:
  explicit Random(std::uint32_t seed) : generator_(seed) {}
  int operator()(int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(generator_);
  }

 private:
  std::mt19937 generator_;
};

// Half of the weights are the least that there is, and half of the inputs the largest: sums of two
// products in 16 bits would saturate.
Aligned<std::uint8_t> Inputs(std::size_t count, Random& random) {
  return {count, [&](std::size_t) {
            return static_cast<std::uint8_t>(random(0, 1) ? 255 : random(0, 255));
          }};
}
Aligned<std::int8_t> Weights(std::size_t count, Random& random) {
  return {count, [&](std::size_t) {
            return static_cast<std::int8_t>(random(0, 1) ? -128 : random(-128, 127));
          }};
}

class ByteKernelsTest : public ::testing::TestWithParam<const ByteKernels*> {};

// Rows of `pixels` of `blocks` blocks against sums; nothing beyond them is written.
void ExpectTileEqualsSum(const ByteKernels& kernels, std::ptrdiff_t pixels, std::ptrdiff_t x_step,
                         int blocks, int lanes) {
  constexpr std::ptrdiff_t kTerms = 37;
  Random random(1);
  const std::size_t all = static_cast<std::size_t>(blocks) * kLanes;
  auto x = Inputs(static_cast<std::size_t>(pixels * x_step + kTerms * 8), random);
  auto weights = Weights(kTerms * all * kQuad, random);
  Aligned<std::int32_t> bias(all, [&](std::size_t) { return random(-100000, 100000); });
  std::vector<std::ptrdiff_t> offsets;
  for (std::ptrdiff_t k = 0; k < kTerms; ++k) offsets.push_back((k * 7) % kTerms * 5);
  const std::ptrdiff_t y_block = (pixels + 1) * kLanes;
  std::vector<std::int32_t> y(static_cast<std::size_t>(y_block * blocks), 99);
  ByteTileJob job{};
  job.x = x.data();
  job.offsets = offsets.data();
  job.terms = kTerms;
  job.blocks = blocks;
  job.weights = weights.data();
  job.bias = bias.data();
  job.x_step = x_step;
  job.pixels = pixels;
  job.y_block = y_block;
  job.y_step = kLanes;
  job.lanes = lanes;
  job.finish.form = ByteFinish::Form::kSums;
  job.finish.sums = y.data();
  kernels.tile(job);
  for (std::ptrdiff_t i = 0; i < std::ssize(y); ++i) {
    const std::ptrdiff_t block = i / y_block, p = i % y_block / kLanes, lane = i % kLanes;
    std::int32_t sum = 99;
    if (p < pixels && (block + 1 < blocks || lane < lanes)) {
      sum = bias.data()[block * kLanes + lane];
      for (std::ptrdiff_t k = 0; k < kTerms; ++k) {
        for (int c = 0; c < kQuad; ++c) {
          sum += x.data()[p * x_step + offsets[static_cast<std::size_t>(k)] + c] *
                 weights.data()[((block * kTerms + k) * kLanes + lane) * kQuad + c];
        }
      }
    }
    ASSERT_EQ(y[static_cast<std::size_t>(i)], sum)
        << kernels.name << " pixel " << p << " block " << block << " lane " << lane;
  }
}

TEST_P(ByteKernelsTest, Tiles_OfEverySize_AreExact) {
  const ByteKernels& kernels = *GetParam();
  for (std::ptrdiff_t pixels = 1; pixels <= 2 * kernels.tile_pixels + 1; ++pixels) {
    ExpectTileEqualsSum(kernels, pixels, kLanes, 1, kLanes);
    ExpectTileEqualsSum(kernels, pixels, 20, 1, 5);
    ExpectTileEqualsSum(kernels, pixels, 2 * kLanes, 1, kLanes);
    if (kernels.tile_blocks > 1) {
      ExpectTileEqualsSum(kernels, pixels, kLanes, kernels.tile_blocks, kLanes);
      ExpectTileEqualsSum(kernels, pixels, 32, kernels.tile_blocks, 3);
    }
  }
}

// One pixel whose sums are the biases.
ByteTileJob OfBiases(const std::uint8_t* x, const std::int32_t* bias) {
  static constexpr std::ptrdiff_t kOffset = 0;
  ByteTileJob job{};
  job.x = x;
  job.offsets = &kOffset;
  job.blocks = 1;
  job.bias = bias;
  job.pixels = 1;
  job.x_step = job.y_step = job.lanes = kLanes;
  return job;
}

// Ties at every third sum; multipliers at both ends of what there is.
TEST_P(ByteKernelsTest, Bytes_AreRoundedAsTheOperatorRounds) {
  Random random(7);
  const std::uint8_t x[kLanes] = {};
  for (const double real : {0.5, 0.25, 1.0 / 3, 0.0123, 3e-5, 7e-8, 1e-12, 0.99999999, 100.0}) {
    const FixedPoint by = FixedPointOf(real);
    const double scale = std::ldexp(by.multiplier, -by.shift);
    const std::vector<double> scales(kLanes, scale);
    const std::vector<FixedScale> fixed(kLanes, FixedScale{by.multiplier, by.shift});
    for (int round = 0; round < 200; ++round) {
      const double most = std::min(2147483647.0, 400.0 / real);
      Aligned<std::int32_t> bias(kLanes, [&](std::size_t i) {
        const double any = std::floor(most * random(-1000000, 1000000) / 1e6);
        return static_cast<std::int32_t>(i % 3 ? any : std::floor(any / 2) * 2 + 1);
      });
      ByteTileJob job = OfBiases(x, bias.data());
      std::vector<std::uint8_t> y(kLanes);
      job.finish.form = ByteFinish::Form::kBytes;
      job.finish.scales = scales.data();
      job.finish.fixed = fixed.data();
      job.finish.to_bytes = {1.0f, 101, 3, 250};
      job.finish.bytes = y.data();
      GetParam()->tile(job);
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        ASSERT_EQ(y[lane], std::clamp(ScaleRounded(bias.data()[lane], by) + 101, 3, 250))
            << GetParam()->name << " " << bias.data()[lane] << " times " << real;
      }
    }
  }
}

TEST_P(ByteKernelsTest, Floats_AreScaledCutAddedAndQuantised) {
  const std::uint8_t x[kLanes] = {};
  Aligned<std::int32_t> bias(
      kLanes, [](std::size_t i) { return static_cast<std::int32_t>(i * 1000) - 7000; });
  const std::vector<float> scales(kLanes, 0.0017f);
  std::vector<float> residual(kLanes), floats(kLanes);
  for (std::size_t i = 0; i < kLanes; ++i) residual[i] = 0.31f * static_cast<float>(i) - 2.0f;
  residual[3] = std::numeric_limits<float>::quiet_NaN();
  std::vector<std::uint8_t> bytes(kLanes);
  ByteTileJob job = OfBiases(x, bias.data());
  job.finish.form = ByteFinish::Form::kFloats;
  job.finish.float_scales = scales.data();
  job.finish.inner_low = 0.0f;
  job.finish.inner_high = 6.0f;
  job.finish.low = -1.0f;
  job.finish.high = kInfinity;
  job.finish.residual = residual.data();
  job.finish.floats = floats.data();
  job.finish.to_bytes = {0.03f, 33, 0, 255};
  job.finish.bytes = bytes.data();
  GetParam()->tile(job);
  for (std::size_t i = 0; i < kLanes; ++i) {
    const float product = static_cast<float>(bias.data()[i]) * scales[i];
    const float cut = std::clamp(product, 0.0f, 6.0f) + residual[i];
    const float expected = cut < -1.0f ? -1.0f : cut;
    EXPECT_EQ(bytes[i], QuantizedValue(expected, 0.03f, 33, {0, 255})) << GetParam()->name << i;
    if (i != 3) {
      EXPECT_EQ(floats[i], expected) << GetParam()->name << " lane " << i;
    }
  }
  EXPECT_TRUE(std::isnan(floats[3]));
}

struct DepthwiseShape {
  std::ptrdiff_t width, kernel, stride, dilation, pad;
};

// A row of output pixels whose windows hang over both ends, and lack their first row.
void ExpectDepthwiseEqualsSum(const ByteKernels& kernels, const DepthwiseShape& shape) {
  constexpr std::ptrdiff_t kRows = 3;
  constexpr std::int32_t kZeroPoint = 77;
  Random random(static_cast<std::uint32_t>(shape.width * 100 + shape.kernel * 10 + shape.stride));
  auto x = Inputs(static_cast<std::size_t>(kRows * shape.width * kLanes), random);
  const std::ptrdiff_t quads = (shape.kernel + kQuad - 1) / kQuad;
  auto weights = Weights(static_cast<std::size_t>(kRows * quads * kLanes * kQuad), random);
  for (std::ptrdiff_t i = 0; i < kRows * quads * kLanes * kQuad; ++i) {
    const std::ptrdiff_t column = i / (kLanes * kQuad) % quads * kQuad + i % kQuad;
    if (column >= shape.kernel) weights.data()[i] = 0;
  }
  Aligned<std::int32_t> bias(kLanes, [&](std::size_t) { return random(-1000, 1000); });
  const std::ptrdiff_t reach = (shape.kernel - 1) * shape.dilation + 1;
  std::vector<TapRange> columns;
  ByteWindowJob job{};
  for (std::ptrdiff_t at = -shape.pad; at + reach <= shape.width + shape.pad; at += shape.stride) {
    std::int32_t first = 0, last = static_cast<std::int32_t>(shape.kernel);
    while (at + first * shape.dilation < 0) ++first;
    while (at + (last - 1) * shape.dilation >= shape.width) --last;
    columns.push_back({first, last, at + first * shape.dilation, 0.0f});
    const bool whole = first == 0 && last == shape.kernel;
    if (whole && job.inner_last == 0) job.inner_first = std::ssize(columns) - 1;
    if (whole) job.inner_last = std::ssize(columns);
  }
  if (job.inner_last == 0) job.inner_first = 0;
  job.x = x.data();
  job.width = shape.width;
  job.row_dilation = 1;
  job.column_dilation = shape.dilation;
  job.column_stride = shape.stride;
  job.row = {1, 3, 0, 0.0f};
  job.columns = columns.data();
  job.pixels = std::ssize(columns);
  job.kernel_width = shape.kernel;
  job.weights = weights.data();
  job.bias = bias.data();
  job.zero_point = kZeroPoint;
  std::vector<std::int32_t> y(columns.size() * kLanes);
  job.finish.form = ByteFinish::Form::kSums;
  job.finish.sums = y.data();
  kernels.depthwise(job);
  for (std::ptrdiff_t i = 0; i < std::ssize(y); ++i) {
    const TapRange& column = columns[static_cast<std::size_t>(i / kLanes)];
    const std::ptrdiff_t lane = i % kLanes;
    std::int32_t sum = bias.data()[lane];
    for (std::ptrdiff_t row = 1; row < kRows; ++row) {
      for (std::ptrdiff_t j = column.first; j < column.last; ++j) {
        const std::ptrdiff_t at = column.position + (j - column.first) * shape.dilation;
        const std::ptrdiff_t quad = ((row * quads + j / kQuad) * kLanes + lane) * kQuad;
        sum += (x.data()[((row - 1) * shape.width + at) * kLanes + lane] - kZeroPoint) *
               weights.data()[quad + j % kQuad];
      }
    }
    ASSERT_EQ(y[static_cast<std::size_t>(i)], sum)
        << kernels.name << " width " << shape.width << " kernel " << shape.kernel << " stride "
        << shape.stride << " pixel " << i / kLanes << " lane " << lane;
  }
}

TEST_P(ByteKernelsTest, DepthwiseRows_AreExact) {
  for (const std::ptrdiff_t width : {3, 7, 8, 14, 29}) {
    for (const std::ptrdiff_t kernel : {1, 2, 3, 4, 5, 7}) {
      for (const std::ptrdiff_t stride : {1, 2}) {
        for (const std::ptrdiff_t dilation : {1, 2})
          ExpectDepthwiseEqualsSum(*GetParam(), {width, kernel, stride, dilation, kernel / 2});
      }
    }
  }
}

TEST_P(ByteKernelsTest, Quantization_IsTheOperators) {
  std::vector<float> x;
  for (int i = -300; i < 300; ++i) x.push_back(static_cast<float>(i) * 0.25f);  // ties
  for (const float odd : {kInfinity, -kInfinity, std::nanf(""), 1e30f, -1e30f, -0.0f})
    x.push_back(odd);
  const ByteStep step{0.5f, 100, 0, 255};
  std::vector<std::uint8_t> y(x.size()), blocks(x.size() * kLanes, 9);
  const auto count = std::ssize(x);
  GetParam()->quantize({x.data(), count, step, y.data()});
  GetParam()->quantize_quad({{x.data(), x.data(), x.data()}, 3, count, step, blocks.data()});
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::int32_t expected = QuantizedValue(x[i], 0.5f, 100, {0, 255});
    ASSERT_EQ(y[i], expected) << GetParam()->name << " " << x[i];
    for (std::size_t c = 0; c < 3; ++c) ASSERT_EQ(blocks[i * kLanes + c], expected);
    ASSERT_EQ(blocks[i * kLanes + 4], 9);
  }
}

TEST_P(ByteKernelsTest, Dequantization_IsTheOperators) {
  std::vector<std::uint8_t> bytes(64);
  std::vector<std::int32_t> sums(64);
  for (int i = 0; i < 64; ++i) {
    bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(i * 4);
    sums[static_cast<std::size_t>(i)] = (i - 32) * 60000001;
  }
  std::vector<float> scales(kLanes), y(64);
  for (int i = 0; i < kLanes; ++i)
    scales[static_cast<std::size_t>(i)] = 0.1f * static_cast<float>(i);
  GetParam()->dequantize({bytes.data(), nullptr, 64, 50, scales.data(), y.data()});
  for (std::size_t i = 0; i < 64; ++i)
    EXPECT_EQ(y[i], static_cast<float>(bytes[i] - 50) * scales[i % kLanes]);
  GetParam()->dequantize({nullptr, sums.data(), 64, 0, scales.data(), y.data()});
  for (std::size_t i = 0; i < 64; ++i)
    EXPECT_EQ(y[i], static_cast<float>(sums[i]) * scales[i % kLanes]);
}

INSTANTIATE_TEST_SUITE_P(Usable, ByteKernelsTest,
                         ::testing::ValuesIn(UsableByteKernels().begin(),
                                             UsableByteKernels().end()),
                         [](const auto& test) {
                           std::string name = test.param->name;
                           std::erase_if(name, [](char c) { return c == '-' || c == ' '; });
                           return name;
                         });

TEST(ByteInstructionSet, Chosen_IsOfTheSetAskedFor) {
  unsetenv("VIGIL_CPU_ISA");
  EXPECT_EQ(&ChosenByteKernels(), UsableByteKernels().front());
  for (const VectorKernels* floats : UsableKernels().subspan(1)) {
    setenv("VIGIL_CPU_ISA", floats->name, 1);
    EXPECT_STREQ(ChosenByteKernels().name, floats->name);
  }
  unsetenv("VIGIL_CPU_ISA");
}

}  // namespace
}  // namespace vigil::cpu::native
