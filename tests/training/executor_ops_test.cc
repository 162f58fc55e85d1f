// Every operator in libtorch against the engine's own definition of it.
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/graph/builder.h"
#include "engine/verify/tolerance.h"
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
      {"LeakyRelu", UnaryAttrs{UnaryKind::kLeakyRelu, 0.1f}, {image}, 1},
      {"Elu", UnaryAttrs{UnaryKind::kElu, 1.5f}, {image}, 8},
      {"HardSigmoid", UnaryAttrs{UnaryKind::kHardSigmoid, 0.25f, 0.5f}, {image}, 2},
      {"HardSwish", UnaryAttrs{UnaryKind::kHardSwish}, {image}, 8},
      {"Tanh", UnaryAttrs{UnaryKind::kTanh}, {image}, 8},
      {"Selu", UnaryAttrs{UnaryKind::kSelu, 1.67326319f, 1.05070102f}, {image}, 8},
      {"Softplus", UnaryAttrs{UnaryKind::kSoftplus}, {image}, 8},
      {"Softsign", UnaryAttrs{UnaryKind::kSoftsign}, {image}, 2},
      {"Erf", UnaryAttrs{UnaryKind::kErf}, {image}, 8},
      {"Exp", UnaryAttrs{UnaryKind::kExp}, {image}, 8},
      {"Log", UnaryAttrs{UnaryKind::kLog}, {image}, 8},
      {"Sqrt", UnaryAttrs{UnaryKind::kSqrt}, {image}, 1},
      {"Neg", UnaryAttrs{UnaryKind::kNeg}, {image}},
      {"Abs", UnaryAttrs{UnaryKind::kAbs}, {image}},
      {"Reciprocal", UnaryAttrs{UnaryKind::kReciprocal}, {image}, 1},
      {"Floor", UnaryAttrs{UnaryKind::kFloor}, {image}},
      {"Ceil", UnaryAttrs{UnaryKind::kCeil}, {image}},
      {"Round", UnaryAttrs{UnaryKind::kRound}, {image}},
      {"Sign", UnaryAttrs{UnaryKind::kSign}, {image}},
      {"ThresholdedRelu", UnaryAttrs{UnaryKind::kThresholdedRelu, 0.25f}, {image}},
      {"Shrink", UnaryAttrs{UnaryKind::kShrink, 0.5f, 0.25f}, {image}},
      {"Mish", UnaryAttrs{UnaryKind::kMish}, {image}, 8},
      {"Celu", UnaryAttrs{UnaryKind::kCelu, 0.75f}, {image}, 8},
      {"Gelu", UnaryAttrs{UnaryKind::kGelu}, {image}, 8},
      {"GeluTanh", UnaryAttrs{UnaryKind::kGeluTanh}, {image}, 8},
      {"Sub", BinaryAttrs{BinaryKind::kSub}, {image, {6, 1, 1}}},
      {"Div", BinaryAttrs{BinaryKind::kDiv}, {image, {6, 1, 1}}},
      {"Pow", BinaryAttrs{BinaryKind::kPow}, {image, {6, 1, 1}}, 8},
      {"Min", BinaryAttrs{BinaryKind::kMin}, {image, image}},
      {"Max", BinaryAttrs{BinaryKind::kMax}, {image, {1}}},
      {"PRelu", BinaryAttrs{BinaryKind::kPRelu}, {image, {6, 1, 1}}},
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
      {"GlobalMaxPool", GlobalPoolAttrs{PoolKind::kMax}, {image}},
      {"ReduceSum", ReduceAttrs{ReduceKind::kSum, {1, 3}, false}, {image}, 32},
      {"ReduceMean", ReduceAttrs{ReduceKind::kMean, {2, 3}, true}, {image}, 37},
      {"ReduceMax", ReduceAttrs{ReduceKind::kMax, {2}, true}, {image}},
      {"ReduceMin", ReduceAttrs{ReduceKind::kMin, {1, 2}, false}, {image}},
      {"ReduceProd", ReduceAttrs{ReduceKind::kProd, {1, 3}, false}, {image}, 32},
      {"ReduceL1", ReduceAttrs{ReduceKind::kL1, {1}, true}, {image}, 8},
      {"ReduceL2", ReduceAttrs{ReduceKind::kL2, {1}, true}, {image}, 10},
      {"ReduceSumSquare", ReduceAttrs{ReduceKind::kSumSquare, {1}, true}, {image}, 10},
      {"InstanceNormImage", InstanceNormAttrs{1e-2f}, {image, {6}, {6}}, 80},
      {"InstanceNormLine", InstanceNormAttrs{1e-2f}, {{2, 6, 9}, {6}, {6}}, 40},
      {"Lrn", LrnAttrs{4, 0.5f, 0.75f, 1.0f}, {image}, 16},
      {"MatMul", MatMulAttrs{}, {{2, 3, 7}, {7, 5}}, 8},
      {"MatMulBroadcast", MatMulAttrs{}, {{2, 1, 3, 7}, {4, 7, 5}}, 8},
      {"ConvTranspose",
       ConvTransposeAttrs{.kernel = {3, 3}, .strides = {2, 2}, .has_bias = true},
       {image, {6, 5, 3, 3}, {5}},
       55},
      {"ConvTransposeUneven",
       ConvTransposeAttrs{.kernel = {3, 2},
                          .strides = {2, 1},
                          .pads = {0, 1, 2, 0},
                          .dilations = {1, 2},
                          .output_pads = {3, 1},
                          .groups = 2,
                          .has_bias = true},
       {image, {6, 2, 3, 2}, {4}},
       20},
      {"LogSoftmax", SoftmaxAttrs{.axis = 1, .log = true}, {{3, 11}}, 20},
      {"LogSoftmaxFlattened",
       SoftmaxAttrs{.axis = 2, .flatten_from_axis = true, .log = true},
       {image},
       50},
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

// Functions with a difference from one, whose error does not shrink with their value.
bool TakesFromOne(UnaryKind kind) {
  using enum UnaryKind;
  return kind == kElu || kind == kSelu || kind == kGelu || kind == kGeluTanh ||
         kind == kHardSwish || kind == kHardSigmoid || kind == kLog;
}

// Sum of the absolute terms of each output, by the operator itself on absolute inputs: every
// operator here that rounds is a sum of products with what stands before it, or a function.
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
  const auto* unary = std::get_if<UnaryAttrs>(&c.attrs);
  const bool itself = std::holds_alternative<SoftmaxAttrs>(c.attrs) || unary ||
                      std::holds_alternative<BinaryAttrs>(c.attrs);
  std::vector<float> magnitudes = Reference(positive, itself ? inputs : absolute, out);
  for (float& magnitude : magnitudes) {
    magnitude = std::abs(magnitude) + (unary && TakesFromOne(unary->kind) ? 1.0f : 0.0f);
  }
  return magnitudes;
}

// What takes no value of zero or below.
bool WantsPositive(const OpAttrs& attrs) {
  const auto* unary = std::get_if<UnaryAttrs>(&attrs);
  const auto* binary = std::get_if<BinaryAttrs>(&attrs);
  return (unary && (unary->kind == UnaryKind::kLog || unary->kind == UnaryKind::kSqrt)) ||
         (binary && binary->kind == BinaryKind::kPow);
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
  if (WantsPositive(c.attrs)) {
    for (float& value : inputs[0].as<float>()) value = 0.25f + std::abs(value);
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
  // What is divided by its own spread has no absolute terms to add up.
  const bool normalised = std::holds_alternative<InstanceNormAttrs>(c.attrs);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    // Both sides round each term once: 2 * terms * 2^-24 of the sum of absolute terms.
    float tolerance = 2.0f * static_cast<float>(c.terms) * 0x1p-24f * magnitudes[i];
    if (normalised) {
      const Tolerance allowed = TolerancesOf(c.attrs, inputs).front();
      tolerance = static_cast<float>(allowed.relative * std::abs(expected[i]) + allowed.absolute);
    }
    ASSERT_LE(std::abs(got.as<float>()[i] - expected[i]), tolerance)
        << "element " << i << ": " << got.as<float>()[i] << ", expected " << expected[i];
  }
}

INSTANTIATE_TEST_SUITE_P(All, ExecutorOps, ::testing::ValuesIn(Cases()),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace vigil
