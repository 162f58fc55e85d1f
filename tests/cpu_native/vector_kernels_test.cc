// Every instruction set that this processor has against sums in double, with the shapes at which
// tiles, blocks and rows end.
#include "engine/cpu/native/vector_kernels.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "engine/cpu/native/instruction_set.h"

namespace vigil::cpu::native {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Values in [-1, 1), on a boundary of 64 bytes.
class Numbers {
 public:
  Numbers(std::size_t count, std::uint32_t seed) : memory_(count + 16) {
    std::mt19937 generator(seed);
    std::uniform_real_distribution<float> uniform(-1.0f, 1.0f);
    for (float& x : memory_) x = uniform(generator);
  }
  float* data() {
    const auto address = reinterpret_cast<std::uintptr_t>(memory_.data());
    return memory_.data() + (64 - address % 64) % 64 / sizeof(float);
  }

 private:
  std::vector<float> memory_;
};

Finish NoFinish() {
  Finish finish{};
  finish.low = -kInfinity;
  finish.high = kInfinity;
  return finish;
}

class VectorKernelsTest : public ::testing::TestWithParam<const VectorKernels*> {};

// A row of `pixels` of `blocks` blocks against the sum; nothing beyond it is written.
void ExpectTileEqualsSum(const VectorKernels& kernels, std::ptrdiff_t pixels, std::ptrdiff_t x_step,
                         int blocks) {
  constexpr std::ptrdiff_t kTerms = 37;
  const std::size_t all = static_cast<std::size_t>(blocks) * 16;
  Numbers x(static_cast<std::size_t>(pixels * x_step + kTerms * 5), 1), weights(kTerms * all, 2),
      bias(all, 3);
  std::vector<std::ptrdiff_t> offsets;
  for (std::ptrdiff_t k = 0; k < kTerms; ++k) offsets.push_back((k * 7) % kTerms * 5);
  const std::ptrdiff_t y_block = (pixels + 1) * 16;
  std::vector<float> y(static_cast<std::size_t>(y_block * blocks), 99.0f);
  kernels.tile({.x = x.data(),
                .offsets = offsets.data(),
                .terms = kTerms,
                .blocks = blocks,
                .weights = weights.data(),
                .bias = bias.data(),
                .x_step = x_step,
                .pixels = pixels,
                .y = y.data(),
                .y_block = y_block,
                .y_step = 16,
                .lane_step = 1,
                .lanes = 16,
                .finish = NoFinish()});
  for (std::ptrdiff_t i = 0; i < std::ssize(y); ++i) {
    const std::ptrdiff_t block = i / y_block, p = i % y_block / 16, lane = i % 16;
    if (p == pixels) {
      ASSERT_EQ(y[static_cast<std::size_t>(i)], 99.0f);
      continue;
    }
    double sum = bias.data()[block * 16 + lane];
    for (std::ptrdiff_t k = 0; k < kTerms; ++k) {
      sum += double{x.data()[p * x_step + offsets[static_cast<std::size_t>(k)]]} *
             double{weights.data()[(block * kTerms + k) * 16 + lane]};
    }
    // Of 38 terms below 1, each rounded to 2^-24.
    ASSERT_NEAR(y[static_cast<std::size_t>(i)], sum, 38 * 38 * 0x1p-24)
        << pixels << " pixels, block " << block << ", pixel " << p << ", lane " << lane;
  }
}

TEST_P(VectorKernelsTest, Tile_EveryRowLength_EqualsTheSum_AndWritesNothingElse) {
  for (const int blocks : {1, GetParam()->tile_blocks}) {
    for (const std::ptrdiff_t x_step : {16, 3}) {
      for (std::ptrdiff_t pixels = 1; pixels <= 61; ++pixels)
        ExpectTileEqualsSum(*GetParam(), pixels, x_step, blocks);
    }
  }
}

TEST_P(VectorKernelsTest, Tile_LanesApart_WritesThoseAsked) {
  for (const int blocks : {1, GetParam()->tile_blocks}) {
    const auto all = static_cast<std::size_t>(blocks) * 16;
    const std::size_t last = all - 10;  // of the lanes; 6 of the last block are written
    Numbers x(64, 1), weights(all, 2), bias(all, 3);
    const std::ptrdiff_t offset = 0;
    std::vector<float> y(5 * (last + 1), 99.0f), together(5 * all);
    TileJob job{.x = x.data(),
                .offsets = &offset,
                .terms = 1,
                .blocks = blocks,
                .weights = weights.data(),
                .bias = bias.data(),
                .x_step = 2,
                .pixels = 5,
                .y = together.data(),
                .y_block = 5 * 16,
                .y_step = 16,
                .lane_step = 1,
                .lanes = 16,
                .finish = NoFinish()};
    GetParam()->tile(job);
    job.y = y.data();
    job.y_step = 1;
    job.lane_step = 5;
    job.lanes = 6;
    GetParam()->tile(job);
    for (std::size_t p = 0; p < 5; ++p) {
      for (std::size_t lane = 0; lane <= last; ++lane) {
        const float expected = together[lane / 16 * 80 + p * 16 + lane % 16];
        EXPECT_EQ(y[lane * 5 + p], lane < last ? expected : 99.0f);
      }
    }
  }
}

TEST_P(VectorKernelsTest, Tile_WithFurtherStores_GivesTheSameBits) {
  for (const int blocks : {1, GetParam()->tile_blocks}) {
    const std::size_t all = static_cast<std::size_t>(blocks) * 16, floats = 29 * all;
    Numbers x(29 * 16, 1), weights(16 * all, 2), bias(all, 3), residual(floats, 4);
    std::vector<std::ptrdiff_t> offsets(16);
    for (std::size_t k = 0; k < 16; ++k) offsets[k] = static_cast<std::ptrdiff_t>(k);
    std::vector<float> alone(floats), beside(floats), sum(floats), before(floats);
    TileJob job{.x = x.data(),
                .offsets = offsets.data(),
                .terms = 16,
                .blocks = blocks,
                .weights = weights.data(),
                .bias = bias.data(),
                .x_step = 16,
                .pixels = 29,
                .y = alone.data(),
                .y_block = 29 * 16,
                .y_step = 16,
                .lane_step = 1,
                .lanes = 16,
                .finish = NoFinish()};
    job.finish.residual = residual.data();
    job.finish.low = 0.0f;
    job.finish.high = 0.5f;
    GetParam()->tile(job);
    job.y = beside.data();
    job.finish.accumulator = sum.data();
    job.finish.pre_activation = before.data();
    GetParam()->tile(job);
    EXPECT_EQ(0, std::memcmp(alone.data(), beside.data(), floats * sizeof(float)));
    for (std::size_t i = 0; i < floats; ++i) {
      ASSERT_EQ(before[i], sum[i] + residual.data()[i]);
      ASSERT_EQ(alone[i], std::min(std::max(before[i], 0.0f), 0.5f));
    }
  }
}

TEST_P(VectorKernelsTest, Sigmoid_IsExactToAFewUnits_AndKeepsNaN) {
  std::vector<float> x;
  for (float v = -100.0f; v <= 100.0f; v += 0.37f) x.push_back(v);
  for (const float v : {0.0f, -0.0f, kInfinity, -kInfinity, 1e-30f, -88.5f, 88.5f}) x.push_back(v);
  x.push_back(std::numeric_limits<float>::quiet_NaN());
  std::vector<float> y(x.size());
  ElementJob job{ElementJob::Op::kCopy,
                 x.data(),
                 nullptr,
                 nullptr,
                 false,
                 y.data(),
                 static_cast<std::ptrdiff_t>(x.size()),
                 NoFinish()};
  job.finish.function = Finish::Function::kSigmoid;
  GetParam()->elements(job);
  EXPECT_TRUE(std::isnan(y.back()));
  for (std::size_t i = 0; i + 1 < x.size(); ++i) {
    const double expected = 1.0 / (1.0 + std::exp(-double{x[i]}));
    ASSERT_NEAR(y[i], expected, 4 * 0x1p-23 * expected + 1e-37) << x[i];
  }
}

TEST_P(VectorKernelsTest, Relu_KeepsNaN) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  std::vector<float> x{nan,  -1.0f, 2.0f, nan,  nan, 0.0f, -3.0f, 4.0f,  nan, -1.0f,
                       2.0f, nan,   1.0f, 5.0f, nan, nan,  nan,   -2.0f, 7.0f};
  std::vector<float> y(x.size());
  ElementJob job{ElementJob::Op::kCopy,
                 x.data(),
                 nullptr,
                 nullptr,
                 false,
                 y.data(),
                 static_cast<std::ptrdiff_t>(x.size()),
                 NoFinish()};
  job.finish.low = 0.0f;
  GetParam()->elements(job);
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (std::isnan(x[i])) {
      EXPECT_TRUE(std::isnan(y[i])) << i;
    } else {
      EXPECT_EQ(y[i], std::max(x[i], 0.0f)) << i;
    }
  }
}

TEST_P(VectorKernelsTest, LeakyRelu_ReachesEveryLane) {
  std::vector<float> x(19), y(19);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i) - 9.0f;
  ElementJob job{
      ElementJob::Op::kCopy, x.data(), nullptr, nullptr, false, y.data(), 19, NoFinish()};
  job.finish.function = Finish::Function::kLeakyRelu;
  job.finish.low = 0.25f;
  GetParam()->elements(job);
  for (std::size_t i = 0; i < x.size(); ++i) EXPECT_EQ(y[i], x[i] < 0 ? 0.25f * x[i] : x[i]);
}

INSTANTIATE_TEST_SUITE_P(Usable, VectorKernelsTest,
                         ::testing::ValuesIn(UsableKernels().begin(), UsableKernels().end()),
                         [](const auto& test) {
                           std::string name = test.param->name;
                           std::erase(name, '-');
                           return name;
                         });

TEST(InstructionSet, Chosen_IsTheBest_OrTheOneAskedFor) {
  unsetenv("VIGIL_CPU_ISA");
  EXPECT_EQ(&ChosenKernels(), UsableKernels().front());
  setenv("VIGIL_CPU_ISA", UsableKernels().back()->name, 1);
  EXPECT_EQ(&ChosenKernels(), UsableKernels().back());
  setenv("VIGIL_CPU_ISA", "MMX", 1);
  EXPECT_ANY_THROW(ChosenKernels());
  unsetenv("VIGIL_CPU_ISA");
}

}  // namespace
}  // namespace vigil::cpu::native
