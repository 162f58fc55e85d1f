#include <cmath>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/graph/builder.h"
#include "engine/onnx/onnx.h"
#include "engine/reference/reference_backend.h"
#include "estimator/models/cifar17.h"
#include "estimator/models/estimator.h"
#include "estimator/models/layers.h"
#include "estimator/training/torch_executor.h"

namespace vigil {
namespace {

using ::testing::HasSubstr;

Tensor Random(const Shape& shape, int seed) {
  std::mt19937 generator(static_cast<unsigned>(seed));
  std::uniform_real_distribution<float> uniform(-1.0f, 1.0f);
  Tensor tensor(TensorDesc{DType::kFloat32, shape});
  for (float& value : tensor.as<float>()) value = uniform(generator);
  return tensor;
}

std::vector<float> RunReference(const Graph& graph, std::span<const ConstTensorView> inputs) {
  const std::int64_t batch = inputs.front().desc.shape[0];
  const auto executable = MakeReferenceBackend()->Compile(graph, {.batch = batch});
  const TensorDesc desc = graph.value(graph.outputs().front()).desc;
  Tensor output(TensorDesc{desc.dtype, desc.shape.With(0, batch)});
  const std::vector<TensorView> outputs{output.view()};
  executable->Run(inputs, outputs);
  return {output.as<float>().begin(), output.as<float>().end()};
}

// Smooth, so that differences are finite everywhere: convolution with uneven pads, batch norm,
// sigmoid, average pool, dense.
Graph SmoothNetwork() {
  LayerBuilder layers(11, 1e-3f);
  ValueId x = layers.Input("x", Shape{3, 2, 6, 6});
  x = layers.Conv("conv", x, {.filters = 3, .stride = 2, .padding = Padding::kSame});
  x = layers.BatchNorm("norm", x);
  x = layers.graph().Add("sigmoid", UnaryAttrs{.kind = UnaryKind::kSigmoid}, {x});
  x = layers.Dense("dense", layers.AverageToVector("average", x), 2);
  layers.graph().Output(x);
  return std::move(layers.graph()).Build();
}

double WeightedSum(std::span<const float> outputs, std::span<const float> weights) {
  double sum = 0.0;
  for (std::size_t i = 0; i < outputs.size(); ++i) sum += double{outputs[i]} * weights[i];
  return sum;
}

class Gradients : public ::testing::TestWithParam<bool> {};

TEST_P(Gradients, AgreeWithFiniteDifferences) {
  const bool training = GetParam();
  const Graph graph = SmoothNetwork();
  const Tensor x = Random(Shape{3, 2, 6, 6}, 1);
  const Tensor weights = Random(Shape{3, 2}, 2);
  const std::vector<ConstTensorView> inputs{x.view()};
  const auto value = [&](const Graph& changed) {
    if (!training) return WeightedSum(RunReference(changed, inputs), weights.as<float>());
    const std::vector<Tensor> out = TorchExecutor(changed, "cpu").Forward(inputs, true);
    return WeightedSum(out.front().as<float>(), weights.as<float>());
  };
  TorchExecutor executor(graph, "cpu");
  const std::vector<Tensor> gradients = executor.Gradients(inputs, weights.view(), training);
  const std::vector<ValueId> learned = executor.learned_constants();
  ASSERT_EQ(learned.size(), 5u);  // kernel, gamma, beta, dense kernel, dense bias
  for (std::size_t p = 0; p < learned.size(); ++p) {
    const Tensor& constant = *graph.value(learned[p]).constant;
    for (std::size_t i = 0; i < constant.as<float>().size(); ++i) {
      constexpr float kStep = 1.0f / 64;
      double sides[2];
      for (const int side : {0, 1}) {
        auto moved = std::make_shared<Tensor>(constant.Clone());
        moved->as<float>()[i] += side ? kStep : -kStep;
        sides[side] = value(graph.WithConstants({{learned[p], moved}}));
      }
      // Rounding: outputs of magnitude 1 with a few 2^-24, over 2 * kStep: 1e-5. Curvature:
      // kStep^2 / 6 times a third derivative of order 1: 4e-5.
      EXPECT_NEAR(gradients[p].as<float>()[i], (sides[1] - sides[0]) / (2 * kStep), 2e-4)
          << graph.value(learned[p]).name << "[" << i << "]";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Modes, Gradients, ::testing::Bool());

TEST(TorchExecutor, Forward_GivesOutputsThenTapsForAnyBatch) {
  const std::vector<std::string> taps{"conv2d"};
  const Graph graph = BuildCifar17(1).WithTaps(taps);
  TorchExecutor executor(graph, "cpu");
  const Tensor image = Random(Shape{3, 3, 32, 32}, 1);
  const std::vector<ConstTensorView> inputs{image.view()};
  const std::vector<Tensor> results = executor.Forward(inputs);
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[0].shape(), (Shape{3, 10}));
  EXPECT_EQ(results[1].shape(), (Shape{3, 32, 32, 32}));
}

TEST(TorchExecutor, Forward_InTraining_MovesRunningStatisticsTowardsTheBatchs) {
  LayerBuilder layers(1, 1e-3f);
  layers.graph().Output(layers.BatchNorm("norm", layers.Input("x", Shape{4, 1})));
  const Graph graph = std::move(layers.graph()).Build();
  TorchExecutor executor(graph, "cpu");
  const Tensor x(Shape{4, 1},
                 std::vector<float>{1, 2, 3, 6});  // mean 3, variance 14 / 3 of a sample
  const std::vector<ConstTensorView> inputs{x.view()};
  executor.Forward(inputs, true);
  const Graph after = executor.ToGraph();
  const auto constant = [&](const char* name) {
    return after.value(*after.Find(name)).constant->as<float>()[0];
  };
  EXPECT_FLOAT_EQ(constant("norm/moving_mean"), 0.1f * 3.0f);
  EXPECT_FLOAT_EQ(constant("norm/moving_variance"), 0.9f + 0.1f * 14.0f / 3.0f);
  EXPECT_FLOAT_EQ(constant("norm/gamma"), 1.0f);
}

TEST(TorchExecutor, Forward_OfTheEstimator_AgreesWithReference) {
  const Graph graph = BuildCifarEstimator({.tap = {1, 4, 8, 8}, .width = 0.1, .hidden = 8});
  const Tensor tap = Random(Shape{2, 4, 8, 8}, 1), target = Random(Shape{2, 10}, 2);
  const std::vector<ConstTensorView> inputs{tap.view(), target.view()};
  const std::vector<float> expected = RunReference(graph, inputs);
  const std::vector<Tensor> got = TorchExecutor(graph, "cpu").Forward(inputs);
  // 15 layers of at most 288 terms, each within 288 * 2^-24 of values of order 1.
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_NEAR(got[0].as<float>()[i], expected[i], 15 * 288 * 0x1p-24) << i;
}

TEST(TorchExecutor, ToGraph_SavedAndLoaded_GivesTheSameOutputs) {
  TorchExecutor executor(BuildCifar17(1), "cpu");
  const Tensor image = Random(Shape{2, 3, 32, 32}, 1);
  const std::vector<ConstTensorView> inputs{image.view()};
  executor.Forward(inputs, true);  // running statistics differ from the built ones now
  const Graph graph = executor.ToGraph();
  const auto path = std::filesystem::path(::testing::TempDir()) / "vigil_to_graph.onnx";
  SaveOnnx(graph, path);
  const Graph loaded = LoadOnnx(path);
  std::filesystem::remove(path);
  EXPECT_EQ(RunReference(loaded, inputs), RunReference(graph, inputs));
  EXPECT_NE(RunReference(graph, inputs), RunReference(BuildCifar17(1), inputs));
}

void ExpectError(const std::function<void()>& act, Fault fault, ErrorCode code, const char* text) {
  try {
    act();
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), fault);
    EXPECT_EQ(error.code(), code);
    EXPECT_THAT(error.what(), HasSubstr(text));
  }
}

TEST(TorchExecutor, Forward_WithAWrongShape_NamesTheInput) {
  TorchExecutor executor(SmoothNetwork(), "cpu");
  const Tensor x = Random(Shape{3, 2, 6, 5}, 1);
  const std::vector<ConstTensorView> inputs{x.view()};
  ExpectError([&] { executor.Forward(inputs); }, Fault::kInput, ErrorCode::kInvalidShape,
              "input 'x' is 3x2x6x5");
}

TEST(TorchExecutor, Forward_WithStatisticsOverOneValue_NamesTheNode) {
  LayerBuilder layers(1, 1e-3f);
  layers.graph().Output(layers.BatchNorm("norm", layers.Input("x", Shape{1, 5})));
  TorchExecutor executor(std::move(layers.graph()).Build(), "cpu");
  const Tensor x = Random(Shape{1, 5}, 1);
  const std::vector<ConstTensorView> inputs{x.view()};
  ExpectError([&] { executor.Forward(inputs, true); }, Fault::kTraining, ErrorCode::kInvalidShape,
              "node 'norm'");
}

TEST(TorchExecutor, Construct_OnAMissingDevice_NamesIt) {
  ExpectError([] { TorchExecutor(SmoothNetwork(), "cuda:7"); }, Fault::kGpu,
              ErrorCode::kUnavailable, "cuda:7");
}

TEST(TorchExecutor, Construct_OfAFusedGraph_IsRefused) {
  GraphBuilder builder;
  const ValueId x = builder.Input("x", {DType::kFloat32, Shape{1, 2}});
  BinaryAttrs attrs;
  attrs.epilogue.activation.kind = Activation::Kind::kRelu;
  builder.Output(builder.Add("sum", attrs, {x, x}));
  const Graph graph = std::move(builder).Build();
  ExpectError([&] { TorchExecutor(graph, "cpu"); }, Fault::kModel, ErrorCode::kUnsupported,
              "node 'sum'");
}

}  // namespace
}  // namespace vigil
