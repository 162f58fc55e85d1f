#include "tests/support/window_case.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>

#include "engine/graph/builder.h"

namespace vigil::testing {
namespace {

Tensor Random(const Shape& shape, std::uint32_t seed) {
  Tensor tensor(TensorDesc{DType::kFloat32, shape});
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal;
  for (float& x : tensor.as<float>()) x = normal(generator);
  return tensor;
}

// The sum of C * 9 products, one after the other.
template <typename Float>
Float SumAt(const WindowCase& of, const WindowData& data, std::int64_t sample, std::int64_t k,
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
        const auto weight = static_cast<std::size_t>((k * channels + c) * 9 + i * 3 + j);
        sum += Float{data.x.as<float>()[read]} * Float{data.weights.as<float>()[weight]};
      }
    }
  }
  return sum;
}

}  // namespace

Shape WindowCase::y() const {
  return {x[0], outputs, x[2] + pads[0] + pads[2] - 2, x[3] + pads[1] + pads[3] - 2};
}

void PrintTo(const WindowCase& of, std::ostream* out) { *out << of.x << " to " << of.y(); }

WindowData::WindowData(const WindowCase& of)
    : x(Random(of.x, 1)),
      weights(Random({of.outputs, of.x[1], 3, 3}, 2)),
      bias(Random({of.outputs}, 3)),
      residual(Random(of.y(), 4)) {}

Graph MakeGraph(const WindowCase& of, const WindowData& data, std::int64_t other_weights) {
  GraphBuilder builder;
  const ValueId in = builder.Input("x", data.x.desc()),
                more = builder.Input("r", data.residual.desc());
  const ValueId conv = builder.Add(
      "conv", ConvAttrs{.kernel = {3, 3}, .pads = of.pads, .has_bias = true},
      {in, builder.Constant("w", data.weights.Clone()), builder.Constant("b", data.bias.Clone())});
  builder.Output(builder.Add("sum", BinaryAttrs{.kind = BinaryKind::kAdd}, {conv, more}));
  if (other_weights != 0) {
    const ValueId z = builder.Input("z", {DType::kFloat32, {of.x[0], 1}});
    builder.Output(builder.Add("product", GemmAttrs{},
                               {z, builder.Constant("m", Random({1, other_weights}, 5))}));
  }
  return std::move(builder).Build();
}

WindowErrors ErrorsOf(const WindowCase& of, const WindowData& data, const Tensor& y) {
  WindowErrors errors;
  const auto got = y.as<float>();
  std::size_t at = 0;
  for (std::int64_t sample = 0; sample < of.x[0]; ++sample) {
    for (std::int64_t k = 0; k < of.outputs; ++k) {
      for (std::int64_t row = 0; row < of.y()[2]; ++row) {
        for (std::int64_t column = 0; column < of.y()[3]; ++column, ++at) {
          if (k % 37 != 0) continue;  // all of their pixels
          const double sum = SumAt<double>(of, data, sample, k, row, column);
          const double plain = SumAt<float>(of, data, sample, k, row, column);
          const double more = double{data.bias.as<float>()[static_cast<std::size_t>(k)]} +
                              double{data.residual.as<float>()[at]};
          errors.of_answer = std::max(errors.of_answer, std::abs(got[at] - (sum + more)));
          errors.of_plain_sums = std::max(errors.of_plain_sums, std::abs(plain - sum));
        }
      }
    }
  }
  return errors;
}

}  // namespace vigil::testing
