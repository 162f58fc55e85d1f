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

namespace vigil::cpu {
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

TEST_P(VectorKernelsTest, Tile_EveryRowLength_EqualsTheSum_AndWritesNothingElse) {
  constexpr std::ptrdiff_t kTerms = 37;
  for (const std::ptrdiff_t x_step : {16, 3}) {
    for (std::ptrdiff_t pixels = 1; pixels <= 61; ++pixels) {
      Numbers x(static_cast<std::size_t>(pixels * x_step + kTerms * 5), 1), weights(kTerms * 16, 2),
          bias(16, 3);
      std::vector<std::ptrdiff_t> offsets;
      for (std::ptrdiff_t k = 0; k < kTerms; ++k) offsets.push_back((k * 7) % kTerms * 5);
      std::vector<float> y(static_cast<std::size_t>(pixels + 1) * 16, 99.0f);
      GetParam()->tile({x.data(), offsets.data(), kTerms, weights.data(), bias.data(), x_step,
                        pixels, y.data(), 16, 1, 16, NoFinish()});
      for (std::ptrdiff_t p = 0; p < pixels; ++p) {
        for (std::ptrdiff_t lane = 0; lane < 16; ++lane) {
          double sum = bias.data()[lane];
          for (std::ptrdiff_t k = 0; k < kTerms; ++k) {
            sum += double{x.data()[p * x_step + offsets[static_cast<std::size_t>(k)]]} *
                   double{weights.data()[k * 16 + lane]};
          }
          // Of 38 terms below 1, each rounded to 2^-24.
          ASSERT_NEAR(y[static_cast<std::size_t>(p * 16 + lane)], sum, 38 * 38 * 0x1p-24)
              << pixels << " pixels, pixel " << p << ", lane " << lane;
        }
      }
      for (std::size_t i = static_cast<std::size_t>(pixels) * 16; i < y.size(); ++i) {
        ASSERT_EQ(y[i], 99.0f);
      }
    }
  }
}

TEST_P(VectorKernelsTest, Tile_LanesApart_WritesThoseAsked) {
  Numbers x(64, 1), weights(16, 2), bias(16, 3);
  const std::ptrdiff_t offset = 0;
  std::vector<float> y(5 * 7, 99.0f), together(5 * 16);
  GetParam()->tile({x.data(), &offset, 1, weights.data(), bias.data(), 2, 5, together.data(), 16, 1,
                    16, NoFinish()});
  GetParam()->tile(
      {x.data(), &offset, 1, weights.data(), bias.data(), 2, 5, y.data(), 1, 5, 6, NoFinish()});
  for (std::size_t p = 0; p < 5; ++p) {
    for (std::size_t lane = 0; lane < 7; ++lane) {
      EXPECT_EQ(y[lane * 5 + p], lane < 6 ? together[p * 16 + lane] : 99.0f);
    }
  }
}

TEST_P(VectorKernelsTest, Tile_WithFurtherStores_GivesTheSameBits) {
  constexpr std::size_t kFloats = 29 * 16;
  Numbers x(29 * 16, 1), weights(16 * 16, 2), bias(16, 3), residual(kFloats, 4);
  std::vector<std::ptrdiff_t> offsets(16);
  for (std::size_t k = 0; k < 16; ++k) offsets[k] = static_cast<std::ptrdiff_t>(k);
  std::vector<float> alone(kFloats), beside(kFloats), sum(kFloats), before(kFloats);
  TileJob job{
      x.data(), offsets.data(), 16, weights.data(), bias.data(), 16, 29, alone.data(), 16, 1,
      16,       NoFinish()};
  job.finish.residual = residual.data();
  job.finish.low = 0.0f;
  job.finish.high = 0.5f;
  GetParam()->tile(job);
  job.y = beside.data();
  job.finish.accumulator = sum.data();
  job.finish.pre_activation = before.data();
  GetParam()->tile(job);
  EXPECT_EQ(0, std::memcmp(alone.data(), beside.data(), kFloats * sizeof(float)));
  for (std::size_t i = 0; i < kFloats; ++i) {
    ASSERT_EQ(before[i], sum[i] + residual.data()[i]);
    ASSERT_EQ(alone[i], std::min(std::max(before[i], 0.0f), 0.5f));
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
}  // namespace vigil::cpu
