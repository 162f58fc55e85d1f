// Operators that are made of others here, models whose answer is constant, and what ONNX has that
// is refused.
#include <cmath>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/onnx/onnx.h"
#include "tests/onnx/wire.h"
#include "tests/support/evaluate.h"

namespace vigil {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;
using namespace testing;  // NOLINT(google-build-using-namespace): the tests' own helpers

Graph Parse(const WireModel& model) {
  const std::string bytes = model.Bytes();
  return ParseOnnx(std::as_bytes(std::span(bytes)), "test.onnx");
}

void ExpectUnsupported(const WireModel& model, const std::string& words) {
  try {
    Parse(model);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported) << error.what();
    EXPECT_THAT(error.what(), HasSubstr(words));
  }
}

std::map<std::string, Tensor> AnswersOf(const WireModel& model, const Shape& shape,
                                        const std::vector<float>& x) {
  const Graph graph = Parse(model);
  std::vector<Tensor> inputs;
  inputs.emplace_back(shape, x);
  return Evaluate(graph, inputs);
}

std::vector<float> Floats(const Tensor& tensor) {
  const auto values = tensor.as<float>();
  return {values.begin(), values.end()};
}

Wire FloatsWire(const std::string& name, const std::vector<float>& values) {
  return TensorWire(name, 1, {static_cast<std::int64_t>(values.size())}, RawData(values));
}

MATCHER(IsNear, "") { return std::abs(std::get<0>(arg) - std::get<1>(arg)) < 1e-5f; }

auto Near(const std::vector<float>& values) { return Pointwise(IsNear(), values); }

// Of 1, 3 the mean is 2, the variance 1; of 2, 6 they are 4 and 4. With an epsilon of 0 all become
// -1 and 1.
WireModel Normalisation(const Wire& node, std::int64_t opset, const std::vector<float>& scale,
                        const std::vector<float>& bias) {
  return {.nodes = {node},
          .initializers = {FloatsWire("s", scale), FloatsWire("b", bias)},
          .inputs = {ValueWire("x", {0, 2, 2})},
          .outputs = {"y"},
          .opset = opset};
}

TEST(LayerNormalization, LastDimension_IsNormalisedScaledAndMoved) {
  WireModel model =
      Normalisation(NodeWire("LayerNormalization", {"x", "s", "b"}, {"y", "mean", "inverse"},
                             {FloatAttribute("epsilon", 0.0f)}),
                    17, {10, 100}, {1, 2});
  model.outputs = {"y", "mean", "inverse"};
  const auto values = AnswersOf(model, {1, 2, 2}, {1, 3, 2, 6});
  EXPECT_THAT(Floats(values.at("y")), Near({-9, 102, -9, 102}));
  EXPECT_THAT(Floats(values.at("mean")), Near({2, 4}));
  EXPECT_THAT(Floats(values.at("inverse")), Near({1, 0.5f}));
  const Graph graph = Parse(model).WithBatch(3);
  EXPECT_EQ(graph.value(*graph.Find("mean")).desc.shape, (Shape{3, 2, 1}));
}

TEST(GroupNormalization, ScalesAreOfGroupsUntilOpset21ThenOfChannels) {
  const Wire node = NodeWire("GroupNormalization", {"x", "s", "b"}, {"y"},
                             {IntAttribute("num_groups", 1), FloatAttribute("epsilon", 0.0f)});
  // One group of 1, 3, 1, 3.
  const std::vector<float> x{1, 3, 1, 3};
  auto values = AnswersOf(Normalisation(node, 18, {10}, {1}), {1, 2, 2}, x);
  EXPECT_THAT(Floats(values.at("y")), Near({-9, 11, -9, 11}));
  const WireModel by_channel = Normalisation(node, 21, {10, 100}, {1, 2});
  values = AnswersOf(by_channel, {1, 2, 2}, x);
  EXPECT_THAT(Floats(values.at("y")), Near({-9, 11, -98, 102}));
  const Graph graph = Parse(by_channel).WithBatch(3);
  EXPECT_EQ(graph.value(*graph.Find("y")).desc.shape, (Shape{3, 2, 2}));
}

TEST(GroupNormalization, GroupsThatDoNotDivideTheChannels_AreRefused) {
  const Wire node =
      NodeWire("GroupNormalization", {"x", "s", "b"}, {"y"}, {IntAttribute("num_groups", 3)});
  try {
    Parse(Normalisation(node, 21, {1, 1}, {0, 0}));
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("num_groups is 3: expected a divisor of the 2 channels"));
  }
}

TEST(MeanVarianceNormalization, AxesOrTheirDefaults_AreNormalised) {
  const Wire node =
      NodeWire("MeanVarianceNormalization", {"x"}, {"y"}, {IntsAttribute("axes", {0, 2})});
  const auto values = AnswersOf(Normalisation(node, 13, {0}, {0}), {1, 2, 2}, {1, 3, 2, 6});
  EXPECT_THAT(Floats(values.at("y")), Near({-1, 1, -1, 1}));
  WireModel images = OneNode(NodeWire("MeanVarianceNormalization", {"x"}, {"y"}), 9);
  images.inputs = {ValueWire("x", {1, 2, 1, 2})};
  const auto of_images = AnswersOf(images, {1, 2, 1, 2}, {1, 3, 2, 6});
  EXPECT_THAT(Floats(of_images.at("y")), Near({-1, 1, -1, 1}));
}

TEST(LpPool, Windows_BecomeTheirNorms) {
  const auto pooled = [](std::int64_t p) {
    WireModel model =
        OneNode(NodeWire("LpPool", {"x"}, {"y"},
                         {IntsAttribute("kernel_shape", {1, 2}), IntsAttribute("strides", {1, 2}),
                          IntsAttribute("pads", {0, 1, 0, 1}), IntAttribute("p", p)}),
                11);
    model.inputs = {ValueWire("x", {1, 1, 1, 4})};
    return Floats(AnswersOf(model, {1, 1, 1, 4}, {-7, 3, -4, 9}).at("y"));
  };
  EXPECT_THAT(pooled(2), Near({7, 5, 9}));
  EXPECT_THAT(pooled(1), Near({7, 7, 9}));
}

TEST(Clip, BoundsThatComeWithTheRun_AreAppliedUpperLast) {
  WireModel model = OneNode(NodeWire("Clip", {"x", "low", "high"}, {"y"}), 13);
  model.inputs = {ValueWire("x", {1, 4}), ValueWire("low", {}), ValueWire("high", {})};
  const Graph graph = Parse(model);
  std::vector<Tensor> inputs;
  inputs.emplace_back(Shape{1, 4}, std::vector<float>{-5, 0, 2, 9});
  inputs.emplace_back(Shape{}, std::vector<float>{-1});
  inputs.emplace_back(Shape{}, std::vector<float>{3});
  EXPECT_THAT(Floats(Evaluate(graph, inputs).at("y")), ElementsAre(-1, 0, 2, 3));
  inputs[1] = Tensor(Shape{}, std::vector<float>{4});
  EXPECT_THAT(Floats(Evaluate(graph, inputs).at("y")), ElementsAre(3, 3, 3, 3));
}

TEST(Clip, OfIntegers_IsExact) {
  WireModel model = OneNode(NodeWire("Clip", {"x", "low"}, {"y"}), 13);
  model.inputs = {ValueWire("x", {1, 2}, 7)};
  constexpr std::int64_t kLarge = (std::int64_t{1} << 53) + 1;  // no double
  model.initializers = {TensorWire("low", 7, {}, RawData<std::int64_t>({kLarge}))};
  const Graph graph = Parse(model);
  std::vector<Tensor> inputs;
  inputs.emplace_back(TensorDesc{DType::kInt64, Shape{1, 2}});
  inputs[0].as<std::int64_t>()[0] = kLarge + 2;
  const auto values = Evaluate(graph, inputs);
  EXPECT_THAT(values.at("y").as<std::int64_t>(), ElementsAre(kLarge + 2, kLarge));
}

TEST(Clip, BoundOfSeveralNumbers_IsRefused) {
  WireModel model = OneNode(NodeWire("Clip", {"x", "low"}, {"y"}), 13);
  model.initializers = {FloatsWire("low", {1, 2, 3, 4})};
  EXPECT_THROW(Parse(model), Error);
}

TEST(Relu, OfIntegers_IsTheLargerOfThemAndZero) {
  WireModel model = OneNode(NodeWire("Relu", {"x"}, {"y"}), 14);
  model.inputs = {ValueWire("x", {1, 3}, 6)};
  std::vector<Tensor> inputs;
  inputs.emplace_back(TensorDesc{DType::kInt32, Shape{1, 3}});
  std::ranges::copy(std::array<std::int32_t, 3>{-4, 0, 7}, inputs[0].as<std::int32_t>().begin());
  const auto values = Evaluate(Parse(model), inputs);
  EXPECT_THAT(values.at("y").as<std::int32_t>(), ElementsAre(0, 0, 7));
}

TEST(NotFinite, NanAndInfinities_AreFound) {
  const auto found = [](const Wire& node) {
    WireModel model = OneNode(node, 13);
    model.inputs = {ValueWire("x", {1, 4})};
    const auto values = AnswersOf(model, {1, 4}, {NAN, INFINITY, -INFINITY, 1});
    const auto y = values.at("y").as<bool>();
    return std::vector<int>(y.begin(), y.end());
  };
  EXPECT_THAT(found(NodeWire("IsNaN", {"x"}, {"y"})), ElementsAre(1, 0, 0, 0));
  EXPECT_THAT(found(NodeWire("IsInf", {"x"}, {"y"})), ElementsAre(0, 1, 1, 0));
  const auto one_sided = [&](const std::string& off) {
    return found(NodeWire("IsInf", {"x"}, {"y"}, {IntAttribute(off, 0)}));
  };
  EXPECT_THAT(one_sided("detect_negative"), ElementsAre(0, 1, 0, 0));
  EXPECT_THAT(one_sided("detect_positive"), ElementsAre(0, 0, 1, 0));
}

TEST(Trilu, Diagonal_TellsWhatStays) {
  const auto triangle = [](std::int64_t upper, std::int64_t k) {
    WireModel model =
        OneNode(NodeWire("Trilu", {"x", "k"}, {"y"}, {IntAttribute("upper", upper)}), 14);
    model.inputs = {ValueWire("x", {1, 2, 3})};
    model.initializers = {TensorWire("k", 7, {}, RawData<std::int64_t>({k}))};
    return Floats(AnswersOf(model, {1, 2, 3}, {1, 2, 3, 4, 5, 6}).at("y"));
  };
  EXPECT_THAT(triangle(1, 0), ElementsAre(1, 2, 3, 0, 5, 6));
  EXPECT_THAT(triangle(1, 2), ElementsAre(0, 0, 3, 0, 0, 0));
  EXPECT_THAT(triangle(0, 0), ElementsAre(1, 0, 0, 4, 5, 0));
  EXPECT_THAT(triangle(0, -1), ElementsAre(0, 0, 0, 4, 0, 0));
}

TEST(Trilu, OfWhatIsOnlyDeclared_TakesNoMemory) {
  WireModel model = OneNode(NodeWire("Trilu", {"x"}, {"y"}), 14);
  model.inputs = {ValueWire("x", {1, 32768, 32768})};
  ExpectUnsupported(model, "the triangle takes 1073741824 elements: expected at most 16777216");
}

TEST(OneHot, Indices_CountFromEitherEndAndBeyondThemAreCold) {
  WireModel model = OneNode(NodeWire("OneHot", {"x", "depth", "values"}, {"y"}), 11);
  model.inputs = {ValueWire("x", {3})};
  model.initializers = {TensorWire("depth", 7, {}, RawData<std::int64_t>({2})),
                        FloatsWire("values", {5, 9})};
  EXPECT_THAT(Floats(AnswersOf(model, {3}, {1, -2, 2}).at("y")), ElementsAre(5, 9, 9, 5, 5, 5));
}

TEST(Hardmax, FirstLargest_IsOne) {
  WireModel model = OneNode(NodeWire("Hardmax", {"x"}, {"y"}), 13);
  model.inputs = {ValueWire("x", {2, 3})};
  EXPECT_THAT(Floats(AnswersOf(model, {2, 3}, {1, 7, 7, 3, 2, 1}).at("y")),
              ElementsAre(0, 1, 0, 1, 0, 0));
}

TEST(DynamicQuantizeLinear, Range_GivesScaleAndZeroPoint) {
  WireModel model = OneNode(NodeWire("DynamicQuantizeLinear", {"x"}, {"y", "scale", "zero"}), 11);
  model.inputs = {ValueWire("x", {1, 3})};
  model.outputs = {"y", "scale", "zero"};
  // 255 steps of 2 from -100 to 410; and half a step is even.
  const auto values = AnswersOf(model, {1, 3}, {-100, 410, 1});
  EXPECT_THAT(values.at("y").as<std::uint8_t>(), ElementsAre(0, 255, 50));
  EXPECT_THAT(Floats(values.at("scale")), ElementsAre(2));
  EXPECT_THAT(values.at("zero").as<std::uint8_t>(), ElementsAre(50));
}

TEST(ConstantOutput, WithoutInputs_IsTheAnswer) {
  WireModel model;
  model.nodes = {
      NodeWire("Constant", {}, {"y"}, {TensorAttribute("value", FloatsWire("", {1.5f, -2}))}),
      NodeWire("Identity", {"y"}, {"again"})};
  model.outputs = {"y", "again"};
  const Graph graph = Parse(model);
  EXPECT_TRUE(graph.inputs().empty());
  EXPECT_EQ(graph.batch(), 1);
  EXPECT_THAT(Floats(*graph.value(graph.outputs()[0]).constant), ElementsAre(1.5f, -2));
  EXPECT_EQ(graph.value(graph.outputs()[1]).name, "again");
  EXPECT_THAT(Floats(Evaluate(graph, {}).at("again")), ElementsAre(1.5f, -2));
}

TEST(ConstantOutput, ThatFollowsTheBatch_HoldsTheGraphToIt) {
  WireModel model = OneNode(NodeWire("Shape", {"x"}, {"y"}), 13);
  const Graph graph = Parse(model);
  EXPECT_THAT(graph.value(graph.outputs()[0]).constant->as<std::int64_t>(),
              ElementsAre(1, 2, 4, 4));
  try {
    graph.WithBatch(2);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("batch 2: constant 'y' was computed for batch 1 alone"));
  }
  model.nodes = {NodeWire("Shape", {"x"}, {"y"}, {IntAttribute("start", 1)})};
  model.opset = 15;
  EXPECT_NO_THROW(Parse(model).WithBatch(2)) << "what follows the batch is cut off";
}

TEST(Unsupported, EmptyTensorsHighRanksAndOtherDomains_AreNoErrorsOfTheFile) {
  WireModel model = OneNode(NodeWire("Relu", {"x"}, {"y"}), 13);
  const Wire empty = Wire().Message(1, Wire().Int(1, 2)).Message(1, Wire().Int(1, 0));
  const Wire tensor = Wire().Message(1, Wire().Int(1, 1).Message(2, empty));
  model.inputs = {Wire().Bytes(1, "x").Message(2, tensor)};
  ExpectUnsupported(model, "input 'x': dimension 1 is 0: empty tensors are not supported");
  model.inputs = {ValueWire("x", {1, 2, 1, 1, 1, 1, 1})};
  ExpectUnsupported(model, "shape of rank 7: expected at most 6");
  model = OneNode(NodeWire("Slice", {"x", "at", "at"}, {"y"}), 13);
  model.initializers = {Int64Wire("at", {1, 1, 1, 1})};
  ExpectUnsupported(model, "empty tensors are not supported");

  const Wire graph = Wire().Message(1, NodeWire("Adam", {"x"}, {"y"})).Bytes(2, "g");
  const Wire opset = Wire().Bytes(1, "ai.onnx.preview.training").Int(2, 1);
  const std::string bytes = Wire().Int(1, 7).Message(7, graph).Message(8, opset).bytes();
  try {
    ParseOnnx(std::as_bytes(std::span(bytes)), "test.onnx");
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
    EXPECT_THAT(error.what(), HasSubstr("'ai.onnx.preview.training'"));
  }
}

TEST(Unsupported, InputThatIsASequence_IsNamed) {
  WireModel model = OneNode(NodeWire("Identity", {"x"}, {"y"}), 16);
  const auto path = std::filesystem::path(::testing::TempDir()) / "sequence.onnx";
  const auto write = [&] { std::ofstream(path, std::ios::binary) << model.Bytes(); };
  write();
  EXPECT_NO_THROW(RequireOnnxTensors(path));
  model.inputs = {Wire().Bytes(1, "x").Message(2, Wire().Message(4, Wire().Bytes(1, "")))};
  write();
  try {
    RequireOnnxTensors(path);
    ADD_FAILURE() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
    EXPECT_THAT(error.what(), HasSubstr("'x' is a sequence: only tensors are supported"));
  }
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace vigil
