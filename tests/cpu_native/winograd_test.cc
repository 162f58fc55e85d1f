// Winograd's convolutions against sums in double, at the edges of images and tiles.
#include <cmath>
#include <ostream>
#include <random>

#include <gtest/gtest.h>

#include "engine/cpu/arithmetics.h"
#include "engine/cpu/native/winograd_plan.h"
#include "engine/graph/builder.h"

namespace vigil::cpu::native {
namespace {

Tensor Random(const Shape& shape, std::uint32_t seed) {
  Tensor tensor(TensorDesc{DType::kFloat32, shape});
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal;
  for (float& x : tensor.as<float>()) x = normal(generator);
  return tensor;
}

struct Case {
  Shape x;
  std::int64_t outputs;
  std::array<std::int64_t, 4> pads;
  int tile;  // that is chosen

  Shape y() const {
    return {x[0], outputs, x[2] + pads[0] + pads[2] - 2, x[3] + pads[1] + pads[3] - 2};
  }
};
void PrintTo(const Case& of, std::ostream* out) { *out << of.x << " to " << of.y(); }

const Case kCases[] = {
    {{1, 64, 56, 56}, 64, {1, 1, 1, 1}, 4},    // whole tiles
    {{1, 40, 19, 27}, 24, {1, 1, 1, 1}, 4},    // tiles cut off, blocks not full
    {{3, 32, 23, 22}, 48, {0, 1, 2, 0}, 4},    // several samples, other pads
    {{1, 256, 14, 14}, 256, {1, 1, 1, 1}, 2},  // weights from memory
    {{1, 200, 15, 13}, 328, {0, 0, 0, 0}, 2}, {{2, 512, 14, 9}, 264, {1, 1, 1, 1}, 2},
};

// The sum of C * 9 products, one after the other.
template <typename Float>
Float SumAt(const Case& of, const Tensor& x, const Tensor& w, std::int64_t sample, std::int64_t k,
            std::int64_t row, std::int64_t column) {
  Float sum = 0;
  const std::int64_t channels = of.x[1], height = of.x[2], width = of.x[3];
  for (std::int64_t c = 0; c < channels; ++c) {
    for (std::int64_t i = 0; i < 3; ++i) {
      for (std::int64_t j = 0; j < 3; ++j) {
        const std::int64_t at_row = row + i - of.pads[0], at_column = column + j - of.pads[1];
        if (at_row < 0 || at_row >= height || at_column < 0 || at_column >= width) continue;
        const auto read = static_cast<std::size_t>(
            ((sample * channels + c) * height + at_row) * width + at_column);
        sum += Float{x.as<float>()[read]} *
               Float{w.as<float>()[static_cast<std::size_t>((k * channels + c) * 9 + i * 3 + j)]};
      }
    }
  }
  return sum;
}

class Winograd : public ::testing::TestWithParam<Case> {
 protected:
  // The convolution, its bias and a residual.
  Tensor Run(const Tensor& x, const Tensor& w, const Tensor& bias, const Tensor& residual,
             int threads) const {
    GraphBuilder builder;
    const ValueId in = builder.Input("x", x.desc()), more = builder.Input("r", residual.desc());
    const ValueId conv =
        builder.Add("conv", ConvAttrs{.kernel = {3, 3}, .pads = GetParam().pads, .has_bias = true},
                    {in, builder.Constant("w", w.Clone()), builder.Constant("b", bias.Clone())});
    builder.Output(builder.Add("sum", BinaryAttrs{.kind = BinaryKind::kAdd}, {conv, more}));
    const Graph graph = std::move(builder).Build();
    Tensor y(residual.desc());
    CompileGraph(graph, {.batch = x.shape()[0], .threads = threads})
        ->Run(std::array{x.view(), residual.view()}, std::array{y.view()});
    return y;
  }
};

// Errors against those of the plain sum in float32: Lavin and Gray (2015, Table 3) measured 0.4
// times as much with tiles of 2 and 7 times as much with tiles of 4.
TEST_P(Winograd, Answers_AreTheSums_OnAnyNumberOfThreads) {
  const Case& of = GetParam();
  ASSERT_EQ(ChooseWinograd(of.x, of.y()), of.tile);
  const Tensor x = Random(of.x, 1), w = Random({of.outputs, of.x[1], 3, 3}, 2);
  const Tensor bias = Random({of.outputs}, 3), residual = Random(of.y(), 4);
  const Tensor y = Run(x, w, bias, residual, 1);
  double largest = 0.0, largest_of_plain = 0.0;
  const auto got = y.as<float>();
  std::size_t at = 0;
  for (std::int64_t sample = 0; sample < of.x[0]; ++sample) {
    for (std::int64_t k = 0; k < of.outputs; ++k) {
      for (std::int64_t row = 0; row < of.y()[2]; ++row) {
        for (std::int64_t column = 0; column < of.y()[3]; ++column, ++at) {
          if (k % 37 != 0) continue;  // a few of the channels, all of their pixels
          const double sum = SumAt<double>(of, x, w, sample, k, row, column);
          const double more = double{bias.as<float>()[static_cast<std::size_t>(k)]} +
                              double{residual.as<float>()[at]};
          const double plain = SumAt<float>(of, x, w, sample, k, row, column);
          largest = std::max(largest, std::abs(got[at] - (sum + more)));
          largest_of_plain = std::max(largest_of_plain, std::abs(plain - sum));
        }
      }
    }
  }
  EXPECT_LT(largest, (of.tile == 4 ? 12 : 2) * largest_of_plain);
  for (const int threads : {2, 3}) {
    const Tensor again = Run(x, w, bias, residual, threads);
    EXPECT_TRUE(std::ranges::equal(again.as<float>(), got)) << threads << " threads";
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, Winograd, ::testing::ValuesIn(kCases));

TEST(ChooseWinograd, WhereSumsAreFaster_IsNotUsed) {
  EXPECT_EQ(ChooseWinograd({1, 3, 224, 224}, {1, 32, 224, 224}), 0);  // hardly any channels
  EXPECT_EQ(ChooseWinograd({1, 512, 7, 7}, {1, 512, 7, 7}), 0);       // weights are all there is
  EXPECT_EQ(ChooseWinograd({1, 64, 0, 56}, {1, 64, 0, 56}), 0);       // nothing
}

}  // namespace
}  // namespace vigil::cpu::native
