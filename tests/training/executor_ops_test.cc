// Every operator in libtorch against the engine's own definition of it.
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/graph/builder.h"
#include "estimator/training/torch_executor.h"

namespace vigil {
namespace {

struct Case {
  std::string name;
  OpAttrs attrs;
  std::vector<Shape> inputs;  // the first is the graph's input, the others are constants
  int terms = 0;              // rounded additions in one output; 0: the result is exact
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

ConvAttrs Conv(std::array<std::int64_t, 2> kernel, std::array<std::int64_t, 2> strides,
               std::array<std::int64_t, 4> pads, std::array<std::int64_t, 2> dilations,
               std::int64_t groups, bool bias) {
  return {.kernel = kernel,
          .strides = strides,
          .pads = pads,
          .dilations = dilations,
          .groups = groups,
          .has_bias = bias};
}

PoolAttrs Pool(PoolKind kind, std::array<std::int64_t, 2> kernel,
               std::array<std::int64_t, 2> strides, std::array<std::int64_t, 4> pads,
               bool ceil_mode = false, bool include_pad = false,
               std::array<std::int64_t, 2> dilations = {1, 1}) {
  return {.kind = kind,
          .kernel = kernel,
          .strides = strides,
          .pads = pads,
          .dilations = dilations,
          .ceil_mode = ceil_mode,
          .count_include_pad = include_pad};
}

std::vector<Case> Cases() {
  const Shape image{2, 6, 7, 5};
  constexpr PoolKind kMax = PoolKind::kMax, kAverage = PoolKind::kAverage;
  return {
      {"Conv1x1", Conv({1, 1}, {1, 1}, {}, {1, 1}, 1, false), {image, {4, 6, 1, 1}}, 6},
      {"ConvSame",
       Conv({3, 3}, {1, 1}, {1, 1, 1, 1}, {1, 1}, 1, true),
       {image, {5, 6, 3, 3}, {5}},
       55},
      {"ConvUnevenPads",
       Conv({3, 3}, {2, 2}, {0, 1, 1, 2}, {1, 1}, 1, true),
       {image, {5, 6, 3, 3}, {5}},
       55},
      {"ConvDilatedGroups",
       Conv({3, 2}, {2, 1}, {2, 1, 2, 1}, {2, 3}, 3, false),
       {image, {9, 2, 3, 2}},
       12},
      {"ConvDepthwise",
       Conv({3, 3}, {2, 2}, {1, 1, 1, 1}, {1, 1}, 6, true),
       {image, {6, 1, 3, 3}, {6}},
       10},
      {"ConvOneByOneImage",
       Conv({3, 3}, {1, 1}, {1, 1, 1, 1}, {1, 1}, 1, false),
       {{1, 3, 1, 1}, {2, 3, 3, 3}},
       27},
      {"Gemm", GemmAttrs{}, {{3, 7}, {7, 5}}, 8},
      {"GemmDense", GemmAttrs{.trans_b = true, .has_bias = true}, {{3, 7}, {5, 7}, {5}}, 10},
      {"GemmScaled",
       GemmAttrs{.alpha = 0.5f, .beta = -2.0f, .trans_a = true, .has_bias = true},
       {{7, 3}, {7, 5}, {3, 1}},
       11},
      {"BatchNormImage", BatchNormAttrs{.epsilon = 1e-3f}, {image, {6}, {6}, {6}, {6}}, 6},
      {"BatchNormVector", BatchNormAttrs{}, {{3, 5}, {5}, {5}, {5}, {5}}, 6},
      {"Relu", UnaryAttrs{.kind = UnaryKind::kRelu}, {image}},
      {"Relu6", UnaryAttrs{.kind = UnaryKind::kClip, .alpha = 0.0f, .beta = 0.5f}, {image}},
      {"Sigmoid", UnaryAttrs{.kind = UnaryKind::kSigmoid}, {image}, 8},
      {"Identity", UnaryAttrs{.kind = UnaryKind::kIdentity}, {image}},
      {"Dropout", UnaryAttrs{.kind = UnaryKind::kDropout, .alpha = 0.5f}, {image}},
      {"Add", BinaryAttrs{.kind = BinaryKind::kAdd}, {image, image}},
      {"AddBroadcast", BinaryAttrs{.kind = BinaryKind::kAdd}, {image, {6, 1, 1}}},
      {"MulBroadcast", BinaryAttrs{.kind = BinaryKind::kMul}, {image, {1, 6, 1, 5}}},
      {"ConcatChannels", ConcatAttrs{.axis = 1}, {image, {2, 3, 7, 5}, {2, 1, 7, 5}}},
      {"ConcatWidth", ConcatAttrs{.axis = 3}, {image, {2, 6, 7, 2}}},
      {"MaxPool", Pool(kMax, {2, 2}, {2, 2}, {}), {image}},
      {"MaxPoolUneven", Pool(kMax, {3, 2}, {2, 1}, {0, 1, 2, 0}), {image}},
      {"MaxPoolCeil", Pool(kMax, {3, 3}, {2, 2}, {}, true), {{2, 6, 8, 6}}},
      {"MaxPoolDilated", Pool(kMax, {2, 2}, {1, 1}, {1, 0, 0, 1}, false, false, {2, 3}), {image}},
      {"MaxPoolOverVector", Pool(kMax, {1, 10}, {1, 1}, {}), {{3, 1, 1, 10}}},
      {"AveragePool", Pool(kAverage, {2, 2}, {2, 2}, {}), {image}, 6},
      {"AveragePoolPads", Pool(kAverage, {3, 3}, {2, 2}, {1, 1, 1, 1}), {image}, 11},
      {"AveragePoolPadsCounted",
       Pool(kAverage, {3, 3}, {2, 2}, {1, 0, 2, 1}, false, true),
       {image},
       11},
      {"AveragePoolCeil", Pool(kAverage, {3, 3}, {2, 2}, {}, true), {{2, 6, 8, 6}}, 11},
      {"AveragePoolCeilCounted",
       Pool(kAverage, {3, 3}, {2, 2}, {1, 1, 0, 0}, true, true),
       {{2, 6, 7, 5}},
       11},
      {"AveragePoolDilated",
       Pool(kAverage, {2, 2}, {1, 2}, {1, 1, 1, 1}, false, false, {3, 2}),
       {image},
       6},
      {"GlobalAveragePool", GlobalPoolAttrs{}, {image}, 37},
      {"SoftmaxLast", SoftmaxAttrs{.axis = 1}, {{3, 11}}, 20},
      {"SoftmaxChannels", SoftmaxAttrs{.axis = 1}, {image}, 20},
      {"SoftmaxFlattened", SoftmaxAttrs{.axis = 2, .flatten_from_axis = true}, {image}, 50},
      {"Flatten", FlattenAttrs{.axis = 1}, {image}},
      {"FlattenAtTwo", FlattenAttrs{.axis = 2}, {image}},
      {"Reshape", ReshapeAttrs{.shape = {0, 3, -1}}, {image}},
      {"Transpose", TransposeAttrs{.perm = {0, 2, 3, 1}}, {image}},
      {"TransposeMatrix", TransposeAttrs{.perm = {1, 0}}, {{3, 4}}},
      {"Pad", PadAttrs{.pads = {0, 1, 0, 2, 0, 0, 1, 3}, .value = -1.5f}, {image}},
  };
}

Tensor Random(const Shape& shape, std::mt19937& generator) {
  std::uniform_real_distribution<float> uniform(-1.0f, 1.0f);
  Tensor tensor(TensorDesc{DType::kFloat32, shape});
  for (float& value : tensor.as<float>()) value = uniform(generator);
  return tensor;
}

std::vector<float> Reference(const Case& c, const std::vector<Tensor>& inputs,
                             const TensorDesc& out) {
  std::vector<ConstTensorView> views;
  for (const Tensor& input : inputs) views.push_back(input.view());
  Tensor output(out);
  const std::vector<TensorView> outputs{output.view()};
  OpOf(c.attrs).reference(c.attrs, views, outputs);
  return {output.as<float>().begin(), output.as<float>().end()};
}

// Sum of the absolute terms of each output, by the operator itself on absolute inputs: every
// operator here that rounds is a sum of products with what stands before it.
std::vector<float> Magnitudes(const Case& c, const std::vector<Tensor>& inputs,
                              const TensorDesc& out) {
  std::vector<Tensor> absolute;
  for (const Tensor& input : inputs) absolute.push_back(input.Clone());
  for (Tensor& tensor : absolute) {
    for (float& value : tensor.as<float>()) value = std::abs(value);
  }
  Case positive = c;
  if (auto* gemm = std::get_if<GemmAttrs>(&positive.attrs)) gemm->beta = std::abs(gemm->beta);
  if (std::holds_alternative<BatchNormAttrs>(c.attrs)) {
    for (float& mean : absolute[3].as<float>()) mean = -mean;  // x - mean
  }
  const bool probability =
      std::holds_alternative<SoftmaxAttrs>(c.attrs) || std::holds_alternative<UnaryAttrs>(c.attrs);
  return Reference(positive, probability ? inputs : absolute, out);
}

class ExecutorOps : public ::testing::TestWithParam<Case> {};

TEST_P(ExecutorOps, Forward_AgreesWithTheReference) {
  const Case& c = GetParam();
  std::mt19937 generator(7);
  std::vector<Tensor> inputs;
  for (const Shape& shape : c.inputs) inputs.push_back(Random(shape, generator));
  if (std::holds_alternative<BatchNormAttrs>(c.attrs)) {
    for (float& variance : inputs[4].as<float>()) variance = 0.5f + std::abs(variance);
  }
  GraphBuilder builder;
  std::vector<ValueId> ids{builder.Input("x", inputs[0].desc())};
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    ids.push_back(builder.Constant("constant" + std::to_string(i), inputs[i].Clone()));
  }
  builder.Output(builder.Add("y", c.attrs, ids));
  const Graph graph = std::move(builder).Build();
  const TensorDesc out = graph.value(graph.outputs().front()).desc;

  TorchExecutor executor(graph, "cpu");
  const std::vector<ConstTensorView> views{inputs[0].view()};
  const Tensor got = std::move(executor.Forward(views).front());
  ASSERT_EQ(got.shape(), out.shape);
  const std::vector<float> expected = Reference(c, inputs, out);
  const std::vector<float> magnitudes = Magnitudes(c, inputs, out);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    // Both sides round each term once: 2 * terms * 2^-24 of the sum of absolute terms.
    const float tolerance = 2.0f * static_cast<float>(c.terms) * 0x1p-24f * magnitudes[i];
    ASSERT_LE(std::abs(got.as<float>()[i] - expected[i]), tolerance)
        << "element " << i << ": " << got.as<float>()[i] << ", expected " << expected[i];
  }
}

INSTANTIATE_TEST_SUITE_P(All, ExecutorOps, ::testing::ValuesIn(Cases()),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace vigil
