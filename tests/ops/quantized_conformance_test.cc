// Products of integers on every backend: bit for bit what the reference says.
#include <cmath>
#include <tuple>

#include <gtest/gtest.h>

#include "engine/base/text.h"
#include "engine/graph/builder.h"
#include "tests/support/backends.h"
#include "tests/support/evaluate.h"

namespace vigil::testing {
namespace {

struct QuantizedCase {
  std::string name;
  OpAttrs attrs;  // QConvAttrs or QGemmAttrs
  Shape x, weights;
  DType x_type = DType::kUInt8, weight_type = DType::kInt8;
};

QuantizedProduct& ProductOf(QuantizedCase& one) {
  auto* conv = std::get_if<QConvAttrs>(&one.attrs);
  return conv ? conv->product : std::get<QGemmAttrs>(one.attrs).product;
}

int Uniform(std::uint64_t& state, int low, int high) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return low + static_cast<int>((state >> 33) % static_cast<std::uint64_t>(high - low + 1));
}

// Every combination of types, zero points, bias, scales and activation comes round.
void Vary(QuantizedCase& one, std::size_t index, std::int64_t channels) {
  QuantizedProduct& product = ProductOf(one);
  one.x_type = index % 2 ? DType::kInt8 : DType::kUInt8;
  one.weight_type = index % 5 == 4 ? DType::kUInt8 : DType::kInt8;
  product.x_zero_point =
      index % 2 ? static_cast<int>(index % 3) * 20 - 20 : static_cast<int>(index % 4) * 85;
  product.weight_zero_points = {one.weight_type == DType::kUInt8 ? 128 : 0};
  product.has_bias = index % 3 != 0;
  product.type = index % 7 == 6 ? DType::kInt32 : index % 3 == 1 ? DType::kInt8 : DType::kUInt8;
  product.x_scale = 0.02f;
  product.weight_scales.clear();
  const std::int64_t scales = index % 4 == 3 ? 1 : channels;
  for (std::int64_t m = 0; m < scales; ++m) {
    product.weight_scales.push_back(0.003f * static_cast<float>(1 + m % 7));
  }
  // Some 16 to 100 steps of standard deviation, so that few outputs saturate.
  const auto terms = static_cast<float>(one.weights.elements() / channels);
  product.y_scale = 0.02f * std::sqrt(terms);
  product.y_zero_point =
      product.type == DType::kUInt8 ? 100 : (product.type == DType::kInt8 ? -9 : 0);
  if (index % 5 == 1) product.activation = {Activation::Kind::kRelu};
  if (index % 5 == 3)
    product.activation = {Activation::Kind::kClip, -40 * product.y_scale, 60 * product.y_scale};
}

std::vector<QuantizedCase> ConvCases() {
  struct Plan {
    Shape x;
    std::int64_t out, groups;
    std::array<std::int64_t, 2> kernel, strides;
    std::array<std::int64_t, 4> pads;
    std::array<std::int64_t, 2> dilations;
  };
  std::vector<QuantizedCase> cases;
  for (const Plan& plan :
       std::vector<Plan>{{{1, 3, 7, 5}, 8, 1, {3, 3}, {1, 1}, {1, 1, 1, 1}, {1, 1}},
                         {{3, 4, 5, 5}, 7, 1, {1, 1}, {1, 1}, {0, 0, 0, 0}, {1, 1}},
                         {{1, 13, 9, 7}, 13, 1, {3, 2}, {2, 1}, {0, 1, 2, 0}, {1, 1}},
                         {{1, 5, 11, 9}, 6, 1, {3, 3}, {1, 1}, {2, 2, 2, 2}, {2, 2}},
                         {{3, 16, 6, 6}, 16, 16, {3, 3}, {1, 1}, {1, 1, 1, 1}, {1, 1}},
                         {{1, 7, 7, 7}, 7, 7, {3, 3}, {2, 2}, {1, 1, 1, 1}, {1, 1}},
                         {{1, 6, 5, 5}, 12, 6, {3, 3}, {1, 1}, {1, 1, 1, 1}, {1, 1}},
                         {{3, 6, 5, 5}, 8, 2, {3, 3}, {1, 1}, {1, 0, 1, 0}, {1, 1}},
                         {{1, 9, 4, 4}, 9, 3, {1, 1}, {1, 1}, {0, 0, 0, 0}, {1, 1}},
                         {{1, 37, 3, 3}, 33, 1, {3, 3}, {1, 1}, {1, 1, 1, 1}, {1, 1}},
                         {{3, 1, 8, 8}, 5, 1, {5, 5}, {3, 3}, {2, 2, 2, 2}, {1, 1}}}) {
    for (int repeat = 0; repeat < 4; ++repeat) {
      QuantizedCase one;
      one.attrs = QConvAttrs{plan.kernel, plan.strides, plan.pads, plan.dilations, plan.groups, {}};
      one.x = plan.x;
      one.weights = Shape{plan.out, plan.x[1] / plan.groups, plan.kernel[0], plan.kernel[1]};
      Vary(one, cases.size(), plan.out);
      one.name = Text("conv ", cases.size(), " x ", one.x, " w ", one.weights);
      cases.push_back(std::move(one));
    }
  }
  return cases;
}

std::vector<QuantizedCase> GemmCases() {
  std::vector<QuantizedCase> cases;
  for (const auto& [m, k, n] : std::vector<std::array<std::int64_t, 3>>{
           {1, 7, 13}, {3, 37, 10}, {1, 1280, 3}, {5, 64, 33}}) {
    for (int repeat = 0; repeat < 4; ++repeat) {
      QuantizedCase one;
      const bool trans_b = repeat % 2 == 1;
      one.attrs = QGemmAttrs{trans_b, {}};
      one.x = Shape{m, k};
      one.weights = trans_b ? Shape{n, k} : Shape{k, n};
      Vary(one, cases.size(), n);
      one.name = Text("gemm ", cases.size(), " a ", one.x, " b ", one.weights);
      cases.push_back(std::move(one));
    }
  }
  return cases;
}

// Reals that are whole numbers, quantised by steps of 1: exact on the way in and out.
Graph MakeGraph(const QuantizedCase& given, std::uint64_t seed) {
  QuantizedCase one = given;
  const QuantizedProduct& product = ProductOf(one);
  GraphBuilder builder;
  const ValueId x = builder.Input("x", {DType::kFloat32, one.x});
  const ValueId q = builder.Add("q", QuantizeAttrs{{0, {1.0f}, {0}}, one.x_type}, {x});
  std::vector<ValueId> inputs{q};
  Tensor weights({one.weight_type, one.weights});
  for (std::byte& b : weights.bytes()) b = static_cast<std::byte>(Uniform(seed, 0, 255));
  inputs.push_back(builder.Constant("w", std::move(weights)));
  if (product.has_bias) {
    const bool by_rows = one.weights.rank() == 4 || std::get<QGemmAttrs>(one.attrs).trans_b;
    Tensor bias({DType::kInt32, Shape{one.weights[by_rows ? 0 : 1]}});
    for (std::int32_t& b : bias.as<std::int32_t>()) b = Uniform(seed, -5000, 5000);
    inputs.push_back(builder.Constant("bias", std::move(bias)));
  }
  const ValueId y = builder.Add("y", one.attrs, inputs);
  builder.Output(builder.Add("out", DequantizeAttrs{{0, {1.0f}, {0}}}, {y}));
  return std::move(builder).Build();
}

Tensor MakeInput(const QuantizedCase& one, std::uint64_t seed) {
  Tensor x({DType::kFloat32, one.x});
  const int low = one.x_type == DType::kInt8 ? -128 : 0;
  for (float& v : x.as<float>()) v = static_cast<float>(Uniform(seed, low, low + 255));
  return x;
}

class QuantizedConformance : public ::testing::TestWithParam<std::string> {
 protected:
  void Check(const std::vector<QuantizedCase>& cases) {
    const OpenedBackend opened = OpenForTest(GetParam());
    if (!opened.backend) GTEST_SKIP() << opened.reason;
    TakeValidationMessages();
    for (std::size_t i = 0; i < cases.size(); ++i) {
      const Graph graph = MakeGraph(cases[i], i + 1);
      std::vector<Tensor> inputs;
      inputs.push_back(MakeInput(cases[i], i + 77));
      const auto values = Evaluate(graph, inputs);
      const Tensor& expected = values.at("out");
      Tensor actual(expected.desc());
      try {
        const auto executable = opened.backend->Compile(graph, {.batch = graph.batch()});
        const ConstTensorView in = inputs[0].view();
        const TensorView out = actual.view();
        executable->Run({&in, 1}, {&out, 1});
      } catch (const Error& error) {
        ADD_FAILURE() << cases[i].name << ": " << error.what();
        continue;
      }
      EXPECT_TRUE(std::ranges::equal(expected.bytes(), actual.bytes())) << cases[i].name;
      for (const std::string& message : TakeValidationMessages()) ADD_FAILURE() << message;
    }
  }
};

TEST_P(QuantizedConformance, Convolutions_AreBitIdentical) { Check(ConvCases()); }
TEST_P(QuantizedConformance, MatrixProducts_AreBitIdentical) { Check(GemmCases()); }

INSTANTIATE_TEST_SUITE_P(Backends, QuantizedConformance, ::testing::ValuesIn(BackendNames()),
                         [](const auto& test) { return test.param; });

// Proof that the cases bite: saturation and activations have not flattened their answers.
// In long sums several weights: one alone may meet an input of zero, or vanish in the rounding.
TEST(QuantizedMutants, AFewWeightsOfEachChannelChanged_ChangeTheOutput) {
  std::vector<QuantizedCase> cases = ConvCases();
  for (QuantizedCase& one : GemmCases()) cases.push_back(std::move(one));
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Graph graph = MakeGraph(cases[i], i + 1);
    const ValueId id = *graph.Find("w");
    auto changed = std::make_shared<Tensor>(graph.value(id).constant->Clone());
    const bool by_columns =
        cases[i].weights.rank() == 2 && !std::get<QGemmAttrs>(cases[i].attrs).trans_b;
    const auto channels = static_cast<std::size_t>(cases[i].weights[by_columns ? 1 : 0]);
    const std::size_t filter = changed->bytes().size() / channels;
    for (std::size_t m = 0; m < channels; ++m) {
      for (std::size_t k = filter / 2; k < filter; k += 97) {
        changed->bytes()[by_columns ? k * channels + m : m * filter + k] ^= std::byte{0x40};
      }
    }
    std::vector<Tensor> inputs;
    inputs.push_back(MakeInput(cases[i], i + 77));
    const auto right = Evaluate(graph, inputs);
    const auto wrong = Evaluate(graph.WithConstants({{id, changed}}), inputs);
    EXPECT_FALSE(std::ranges::equal(right.at("out").bytes(), wrong.at("out").bytes()))
        << cases[i].name;
  }
}

}  // namespace
}  // namespace vigil::testing
