// How versions of an operator are read. Files are written byte by byte (wire.h).
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/onnx/parse_wire.h"
#include "tests/support/evaluate.h"

namespace vigil {
namespace {

using ::testing::ElementsAre;
using namespace testing;  // NOLINT(google-build-using-namespace): the tests' own helpers

template <typename Attrs>
Attrs OnlyNode(const Graph& graph) {
  EXPECT_EQ(graph.nodes().size(), 1u);
  return std::get<Attrs>(graph.nodes().front().attrs);
}

TEST(Import, ClipBeforeOpset11_TakesBoundsFromAttributes) {
  const auto node =
      NodeWire("Clip", {"x"}, {"y"}, {FloatAttribute("min", -1.0f), FloatAttribute("max", 6.0f)});
  const auto attrs = OnlyNode<UnaryAttrs>(Parse(OneNode(node, 6)));
  EXPECT_EQ(attrs.kind, UnaryKind::kClip);
  EXPECT_EQ(attrs.alpha, -1.0f);
  EXPECT_EQ(attrs.beta, 6.0f);
}

TEST(Import, ClipSinceOpset11_TakesBoundsFromInputs) {
  WireModel model = OneNode(NodeWire("Clip", {"x", "", "high"}, {"y"}), 11);
  model.initializers = {TensorWire("high", 1, {}, RawData<float>({6.0f}))};
  const Graph graph = Parse(model);
  const auto attrs = OnlyNode<UnaryAttrs>(graph);
  EXPECT_EQ(attrs.alpha, std::numeric_limits<float>::lowest());
  EXPECT_EQ(attrs.beta, 6.0f);
  EXPECT_FALSE(graph.Find("high")) << "a bound is an attribute, not a value of the graph";
}

TEST(Import, PadBeforeOpset11_TakesPadsFromAttributes) {
  const auto node = NodeWire("Pad", {"x"}, {"y"},
                             {IntsAttribute("pads", {0, 0, 1, 2, 0, 0, 3, 4}),
                              FloatAttribute("value", 0.5f), StringAttribute("mode", "constant")});
  const Graph graph = Parse(OneNode(node, 2));
  EXPECT_THAT(OnlyNode<PadAttrs>(graph).pads, ElementsAre(0, 0, 1, 2, 0, 0, 3, 4));
  EXPECT_EQ(OnlyNode<PadAttrs>(graph).value, 0.5f);
  EXPECT_EQ(OutputShape(graph), (Shape{1, 2, 8, 10}));
}

TEST(Import, PadSinceOpset18_TakesPadsOfSomeAxes) {
  WireModel model = OneNode(NodeWire("Pad", {"x", "pads", "value", "axes"}, {"y"}), 18);
  model.initializers = {TensorWire("pads", 7, {4}, RawData<std::int64_t>({1, 2, 3, 4})),
                        TensorWire("value", 1, {}, RawData<float>({2.5f})),
                        TensorWire("axes", 7, {2}, RawData<std::int64_t>({-1, 2}))};
  const auto attrs = OnlyNode<PadAttrs>(Parse(model));
  EXPECT_THAT(attrs.pads, ElementsAre(0, 0, 2, 1, 0, 0, 4, 3));
  EXPECT_EQ(attrs.value, 2.5f);
}

TEST(Import, SoftmaxBeforeOpset13_FlattensFromTheAxis) {
  const auto node = NodeWire("Softmax", {"x"}, {"y"});
  const auto before = OnlyNode<SoftmaxAttrs>(Parse(OneNode(node, 12)));
  EXPECT_EQ(before.axis, 1);
  EXPECT_TRUE(before.flatten_from_axis);
  const auto since = OnlyNode<SoftmaxAttrs>(Parse(OneNode(node, 13)));
  EXPECT_EQ(since.axis, 3);
  EXPECT_FALSE(since.flatten_from_axis);
}

TEST(Import, NegativeAxes_CountFromTheEnd) {
  const auto concat = NodeWire("Concat", {"x", "x"}, {"y"}, {IntAttribute("axis", -3)});
  EXPECT_EQ(OnlyNode<ConcatAttrs>(Parse(OneNode(concat, 11))).axis, 1);
  const auto flatten = NodeWire("Flatten", {"x"}, {"y"}, {IntAttribute("axis", -2)});
  EXPECT_EQ(OnlyNode<FlattenAttrs>(Parse(OneNode(flatten, 11))).axis, 2);
}

TEST(Import, TransposeWithoutPermutation_Reverses) {
  EXPECT_THAT(OnlyNode<TransposeAttrs>(Parse(OneNode(NodeWire("Transpose", {"x"}, {"y"}), 1))).perm,
              ElementsAre(3, 2, 1, 0));
}

TEST(Import, AutoPad_FollowsTheStandardsFormula) {
  // 4 wide, kernel 3, stride 3: ceil(4 / 3) = 2 outputs reach over 6, so 2 pads; kernel 2, stride 1
  // needs 1, which goes to the end (UPPER) or to the beginning (LOWER).
  const auto pool = [](const std::string& auto_pad, std::int64_t kernel, std::int64_t stride) {
    const auto node = NodeWire(
        "MaxPool", {"x"}, {"y"},
        {IntsAttribute("kernel_shape", {kernel, kernel}),
         IntsAttribute("strides", {stride, stride}), StringAttribute("auto_pad", auto_pad)});
    return OnlyNode<PoolAttrs>(Parse(OneNode(node, 12))).pads;
  };
  EXPECT_THAT(pool("SAME_UPPER", 3, 3), ElementsAre(1, 1, 1, 1));
  EXPECT_THAT(pool("SAME_UPPER", 2, 1), ElementsAre(0, 0, 1, 1));
  EXPECT_THAT(pool("SAME_LOWER", 2, 1), ElementsAre(1, 1, 0, 0));
  EXPECT_THAT(pool("VALID", 2, 1), ElementsAre(0, 0, 0, 0));
}

TEST(Import, ReshapeToALeadingOneOrMinusOne_ServesEveryBatch) {
  for (const std::vector<std::int64_t>& shape :
       {std::vector<std::int64_t>{1, 32}, {-1, 32}, {0, 32}, {1, -1}}) {
    WireModel model = OneNode(NodeWire("Reshape", {"x", "shape"}, {"y"}), 13);
    model.initializers = {TensorWire("shape", 7, {2}, RawData(shape))};
    const Graph graph = Parse(model);
    EXPECT_EQ(OutputShape(graph), (Shape{1, 32}));
    EXPECT_EQ(OutputShape(graph.WithBatch(5)), (Shape{5, 32}));
  }
}

TEST(Import, ReshapeBeforeOpset5_TakesTheShapeFromItsAttribute) {
  const auto node = NodeWire("Reshape", {"x"}, {"y"}, {IntsAttribute("shape", {-1, 16})});
  EXPECT_EQ(OutputShape(Parse(OneNode(node, 1))), (Shape{2, 16}));
}

TEST(Import, AddBeforeOpset7_LaysTheSecondInputAlongTheAxis) {
  WireModel model = OneNode(
      NodeWire("Add", {"x", "b"}, {"y"}, {IntAttribute("broadcast", 1), IntAttribute("axis", 1)}),
      6);
  model.initializers = {TensorWire("b", 1, {2}, RawData<float>({10.0f, 20.0f}))};
  const Graph graph = Parse(model);
  EXPECT_EQ(graph.Descs(graph.nodes()[0].inputs)[1].shape, (Shape{2, 1, 1}));
}

TEST(Import, SymbolicBatch_ReadsAsOne) {
  WireModel model = OneNode(NodeWire("Relu", {"x"}, {"y"}), 13);
  model.inputs = {ValueWire("x", {0, 3})};
  EXPECT_EQ(OutputShape(Parse(model)), (Shape{1, 3}));
}

TEST(Import, InitializerListedAmongTheInputs_IsAConstant) {
  WireModel model = OneNode(NodeWire("Add", {"x", "b"}, {"y"}), 7);
  model.initializers = {TensorWire("b", 1, {1}, RawData<float>({1.0f}))};
  model.inputs.push_back(ValueWire("b", {1}));
  const Graph graph = Parse(model);
  EXPECT_EQ(graph.inputs().size(), 1u);
  EXPECT_TRUE(graph.value(*graph.Find("b")).constant);
}

TEST(Import, ConstantsOfEveryType_KeepTheirValues) {
  // 1.5 as float16 is 0x3e00; in typed data it stands in int32_data.
  const Wire half_raw = TensorWire("b", 10, {1}, RawData<std::uint16_t>({0x3e00}));
  const Wire half_typed = Wire().Int(1, 1).Int(2, 10).Bytes(8, "b").Int(5, 0x3e00);
  const Wire double_raw = TensorWire("b", 11, {1}, RawData<double>({1.5}));
  const Wire float_typed = Wire().Int(1, 1).Int(2, 1).Bytes(8, "b").Float(4, 1.5f);
  for (const Wire& tensor : {half_raw, half_typed, double_raw, float_typed}) {
    WireModel model = OneNode(NodeWire("Mul", {"x", "b"}, {"y"}), 13);
    model.initializers = {tensor};
    const Graph graph = Parse(model);
    EXPECT_EQ(graph.value(*graph.Find("b")).constant->as<float>()[0], 1.5f);
  }
}

TEST(Import, ConstantNodeAndIdentityOfIt_BecomeOneConstant) {
  WireModel model = OneNode(NodeWire("Add", {"x", "same"}, {"y"}), 13);
  const Wire value = Wire()
                         .Bytes(1, "value")
                         .Message(5, TensorWire("", 1, {1}, RawData<float>({3.0f})))
                         .Int(20, 4);
  model.nodes.insert(model.nodes.begin(), {NodeWire("Constant", {}, {"k"}, {value}),
                                           NodeWire("Identity", {"k"}, {"same"})});
  const Graph graph = Parse(model);
  EXPECT_EQ(graph.nodes().size(), 1u);
  EXPECT_EQ(graph.value(graph.nodes()[0].inputs[1]).constant->as<float>()[0], 3.0f);
}

TEST(Import, DropoutWithUnusedMask_IsRead) {
  const Graph graph = Parse(OneNode(NodeWire("Dropout", {"x"}, {"y", "mask"}), 10));
  EXPECT_EQ(OnlyNode<UnaryAttrs>(graph).kind, UnaryKind::kDropout);
}

TEST(Import, MatMulOfMatrices_BecomesGemm) {
  WireModel model = OneNode(NodeWire("MatMul", {"x", "w"}, {"y"}), 13);
  model.inputs = {ValueWire("x", {1, 2})};
  model.initializers = {TensorWire("w", 1, {2, 3}, RawData<float>({1, 2, 3, 4, 5, 6}))};
  const Graph graph = Parse(model);
  std::vector<Tensor> inputs;
  inputs.emplace_back(Shape{1, 2}, std::vector<float>{10.0f, 1.0f});
  const auto values = Evaluate(graph, inputs);
  EXPECT_THAT(values.at("y").as<float>(), ElementsAre(14.0f, 25.0f, 36.0f));
}

TEST(Import, NodesOutOfOrder_AreSorted) {
  WireModel model = OneNode(NodeWire("Relu", {"between"}, {"y"}), 13);
  model.nodes.push_back(NodeWire("Sigmoid", {"x"}, {"between"}));
  EXPECT_EQ(OpName(Parse(model).nodes().front().attrs), "Sigmoid");
}

}  // namespace
}  // namespace vigil
