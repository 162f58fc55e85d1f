// How versions of element-wise operators are read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/onnx/parse_wire.h"
#include "tests/support/evaluate.h"

namespace vigil {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace testing;  // NOLINT(google-build-using-namespace): the tests' own helpers

UnaryAttrs Unary(const Wire& node, std::int64_t opset) {
  return std::get<UnaryAttrs>(Parse(OneNode(node, opset)).nodes().front().attrs);
}

TEST(ImportUnary, MissingAttributes_HaveTheVersionsDefaults) {
  EXPECT_EQ(Unary(NodeWire("LeakyRelu", {"x"}, {"y"}), 6).alpha, 0.01f);
  EXPECT_EQ(Unary(NodeWire("Elu", {"x"}, {"y"}), 6).alpha, 1.0f);
  const UnaryAttrs hard = Unary(NodeWire("HardSigmoid", {"x"}, {"y"}), 6);
  EXPECT_EQ(hard.alpha, 0.2f);
  EXPECT_EQ(hard.beta, 0.5f);
  const UnaryAttrs selu = Unary(NodeWire("Selu", {"x"}, {"y"}), 6);
  EXPECT_EQ(selu.alpha, 1.67326319217681884765625f);
  EXPECT_EQ(selu.beta, 1.05070102214813232421875f);
  EXPECT_EQ(Unary(NodeWire("Selu", {"x"}, {"y"}), 5).alpha, 1.6732f);
}

TEST(ImportUnary, GivenAttributes_AreRead) {
  EXPECT_EQ(Unary(NodeWire("Elu", {"x"}, {"y"}, {FloatAttribute("alpha", 2.0f)}), 22).alpha, 2.0f);
  const UnaryAttrs selu = Unary(
      NodeWire("Selu", {"x"}, {"y"}, {FloatAttribute("alpha", 2), FloatAttribute("gamma", 3)}), 6);
  EXPECT_EQ(selu.alpha, 2.0f);
  EXPECT_EQ(selu.beta, 3.0f);
}

TEST(ImportUnary, Gelu_FollowsItsApproximation) {
  EXPECT_EQ(Unary(NodeWire("Gelu", {"x"}, {"y"}), 20).kind, UnaryKind::kGelu);
  const auto with = [](const std::string& approximate) {
    return NodeWire("Gelu", {"x"}, {"y"}, {StringAttribute("approximate", approximate)});
  };
  EXPECT_EQ(Unary(with("tanh"), 20).kind, UnaryKind::kGeluTanh);
  EXPECT_THAT(Refusal(OneNode(with("cubic"), 20)), HasSubstr("approximate is 'cubic'"));
}

// y of `model` where x [1, 2, 1, 2] holds 1, 2, 3, 4.
std::vector<float> AnswerOf(WireModel model) {
  model.inputs = {ValueWire("x", {1, 2, 1, 2})};
  const Graph graph = Parse(model);
  std::vector<Tensor> inputs;
  inputs.emplace_back(Shape{1, 2, 1, 2}, std::vector<float>{1, 2, 3, 4});
  const auto values = Evaluate(graph, inputs);
  const auto y = values.at("y").as<float>();
  return {y.begin(), y.end()};
}

TEST(ImportBinary, PowWithWholeExponents_TakesThemAsFloat) {
  WireModel model = OneNode(NodeWire("Pow", {"x", "e"}, {"y"}), 12);
  model.initializers = {TensorWire("e", 7, {}, RawData<std::int64_t>({3}))};
  EXPECT_THAT(AnswerOf(model), ElementsAre(1, 8, 27, 64));
}

TEST(ImportBinary, BeforeOpset7_TheSecondInputIsLaidAlongTheAxis) {
  for (const char* op : {"Sub", "Div"}) {
    WireModel model = OneNode(
        NodeWire(op, {"x", "b"}, {"y"}, {IntAttribute("broadcast", 1), IntAttribute("axis", 1)}),
        6);
    model.initializers = {TensorWire("b", 1, {2}, RawData<float>({1.0f, 2.0f}))};
    if (op == std::string("Sub")) {
      EXPECT_THAT(AnswerOf(model), ElementsAre(0, 1, 1, 2));
    } else {
      EXPECT_THAT(AnswerOf(model), ElementsAre(1, 2, 1.5f, 2));
    }
  }
}

TEST(ImportBinary, BeforeOpset7_AValueIsLaidAlongTheAxisToo) {
  // x [1, 2, 1, 2] flattened to rows is no constant.
  WireModel model = OneNode(NodeWire("Flatten", {"x"}, {"flat"}, {IntAttribute("axis", 2)}), 6);
  model.nodes.push_back(NodeWire("Mul", {"flat", "row"}, {"y"},
                                 {IntAttribute("broadcast", 1), IntAttribute("axis", 0)}));
  model.nodes.push_back(NodeWire("Reshape", {"mean", "two"}, {"row"}));
  model.nodes.push_back(
      NodeWire("AveragePool", {"x"}, {"mean"}, {IntsAttribute("kernel_shape", {1, 2})}));
  model.initializers = {TensorWire("two", 7, {1}, RawData<std::int64_t>({2}))};
  EXPECT_THAT(AnswerOf(model), ElementsAre(1.5f, 3, 10.5f, 14));
}

TEST(ImportVariadic, SeveralInputs_BecomeAChain) {
  const auto run = [](const char* op) {
    WireModel model = OneNode(NodeWire(op, {"x", "b", "c"}, {"y"}), 13);
    model.initializers = {TensorWire("b", 1, {1}, RawData<float>({2.5f})),
                          TensorWire("c", 1, {2, 1, 1}, RawData<float>({2.0f, 5.0f}))};
    return AnswerOf(model);
  };
  EXPECT_THAT(run("Sum"), ElementsAre(5.5f, 6.5f, 10.5f, 11.5f));
  EXPECT_THAT(run("Mean"), ElementsAre(5.5f / 3, 6.5f / 3, 3.5f, 11.5f / 3));
  EXPECT_THAT(run("Min"), ElementsAre(1, 2, 2.5f, 2.5f));
  EXPECT_THAT(run("Max"), ElementsAre(2.5f, 2.5f, 5, 5));
}

TEST(ImportVariadic, OneInput_IsItself) {
  for (const char* op : {"Sum", "Mean", "Min", "Max"}) {
    EXPECT_THAT(AnswerOf(OneNode(NodeWire(op, {"x"}, {"y"}), 13)), ElementsAre(1, 2, 3, 4));
  }
}

TEST(ImportPRelu, SlopesBeforeOpset7_BelongToTheChannels) {
  WireModel model = OneNode(NodeWire("Neg", {"x"}, {"minus"}), 6);
  model.nodes.push_back(NodeWire("PRelu", {"minus", "slope"}, {"y"}));
  model.initializers = {TensorWire("slope", 1, {2}, RawData<float>({0.5f, 0.25f}))};
  EXPECT_THAT(AnswerOf(model), ElementsAre(-0.5f, -1, -0.75f, -1));
  model.opset = 9;  // now along the width
  EXPECT_THAT(AnswerOf(model), ElementsAre(-0.5f, -0.5f, -1.5f, -1));
}

}  // namespace
}  // namespace vigil
