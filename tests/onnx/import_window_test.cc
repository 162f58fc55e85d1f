// How versions of windows, products and reductions are read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/onnx/parse_wire.h"
#include "tests/support/evaluate.h"

namespace vigil {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace testing;  // NOLINT(google-build-using-namespace): the tests' own helpers

template <typename Attrs>
Attrs FirstNode(const WireModel& model) {
  return std::get<Attrs>(Parse(model).nodes().front().attrs);
}

// The values of y where x counts 1, 2, 3, ...
std::vector<float> AnswerOf(const WireModel& model) {
  const Graph graph = Parse(model);
  std::vector<Tensor> inputs;
  inputs.emplace_back(graph.value(graph.inputs()[0]).desc);
  float next = 0.0f;
  for (float& value : inputs[0].as<float>()) value = ++next;
  const auto values = Evaluate(graph, inputs);
  const auto y = values.at("y").as<float>();
  return {y.begin(), y.end()};
}

TEST(ImportLine, ConvAndPools_RunAsImagesOfOneRow) {
  WireModel model =
      OneNode(NodeWire("Conv", {"x", "w"}, {"y"},
                       {IntsAttribute("pads", {1, 0}), IntsAttribute("strides", {2})}),
              11);
  model.inputs = {ValueWire("x", {1, 1, 4})};
  model.initializers = {TensorWire("w", 1, {1, 1, 2}, RawData<float>({1, 10}))};
  EXPECT_EQ(OutputShape(Parse(model)), (Shape{1, 1, 2}));
  EXPECT_THAT(AnswerOf(model), ElementsAre(10, 32));
  EXPECT_EQ(OutputShape(Parse(model).WithBatch(3)), (Shape{3, 1, 2}));

  for (const auto& [op, expected] : std::vector<std::pair<std::string, std::vector<float>>>{
           {"MaxPool", {2, 3, 4}}, {"AveragePool", {1.5f, 2.5f, 3.5f}}}) {
    model.nodes = {NodeWire(op, {"x"}, {"y"}, {IntsAttribute("kernel_shape", {2})})};
    EXPECT_EQ(AnswerOf(model), expected);
  }
  for (const auto& [op, expected] : std::vector<std::pair<std::string, float>>{
           {"GlobalMaxPool", 4}, {"GlobalAveragePool", 2.5f}}) {
    model.nodes = {NodeWire(op, {"x"}, {"y"})};
    EXPECT_EQ(OutputShape(Parse(model)), (Shape{1, 1, 1}));
    EXPECT_THAT(AnswerOf(model), ElementsAre(expected));
  }
}

TEST(ImportLine, SamePadding_IsAlongTheLine) {
  WireModel model = OneNode(
      NodeWire("MaxPool", {"x"}, {"y"},
               {IntsAttribute("kernel_shape", {2}), StringAttribute("auto_pad", "SAME_LOWER")}),
      11);
  model.inputs = {ValueWire("x", {1, 1, 3})};
  EXPECT_THAT(AnswerOf(model), ElementsAre(1, 2, 3));
}

TEST(ImportLine, ConvTranspose_RunsAsAnImageOfOneRow) {
  WireModel model =
      OneNode(NodeWire("ConvTranspose", {"x", "w"}, {"y"},
                       {IntsAttribute("strides", {2}), IntsAttribute("output_padding", {1})}),
              11);
  model.inputs = {ValueWire("x", {1, 1, 2})};
  model.initializers = {TensorWire("w", 1, {1, 1, 2}, RawData<float>({1, 10}))};
  EXPECT_THAT(AnswerOf(model), ElementsAre(1, 10, 2, 20, 0));
}

TEST(ImportWindow, ThreeSpatialDimensions_AreRefusedWithTheReason) {
  WireModel model = OneNode(NodeWire("Conv", {"x", "w"}, {"y"}), 11);
  model.inputs = {ValueWire("x", {1, 1, 2, 3, 4})};
  model.initializers = {TensorWire("w", 1, {1, 1, 1, 1, 1}, RawData<float>({1}))};
  EXPECT_THAT(Refusal(model), AllOf(HasSubstr("'x' is 1x1x2x3x4"),
                                    HasSubstr("windows of three spatial dimensions")));
  model.nodes = {NodeWire("MaxPool", {"x"}, {"y"}, {IntsAttribute("kernel_shape", {1, 1, 1})})};
  EXPECT_THAT(Refusal(model), HasSubstr("windows of three spatial dimensions"));
}

TEST(ImportWindow, WeightsOfAnotherRank_AreRefused) {
  WireModel model = OneNode(NodeWire("Conv", {"x", "w"}, {"y"}), 11);
  model.initializers = {TensorWire("w", 1, {1, 2, 1}, RawData<float>({1, 1}))};
  EXPECT_THAT(Refusal(model), HasSubstr("weights 'w' are 1x2x1: expected rank 4"));
}

TEST(ImportPool, StorageOrderAndIndices_AreRefusedByName) {
  EXPECT_THAT(Refusal(OneNode(NodeWire("MaxPool", {"x"}, {"y"},
                                       {IntsAttribute("kernel_shape", {2, 2}),
                                        IntAttribute("storage_order", 1)}),
                              12)),
              HasSubstr("storage_order is 1"));
  WireModel model = OneNode(
      NodeWire("MaxPool", {"x"}, {"y", "indices"}, {IntsAttribute("kernel_shape", {2, 2})}), 12);
  EXPECT_EQ(Refusal(model), "accepted");
  model.outputs = {"indices"};
  EXPECT_THAT(Refusal(model), HasSubstr("'indices' is a second output"));
}

TEST(ImportPool, CeilMode_IsRead) {
  EXPECT_THAT(
      AnswerOf(OneNode(NodeWire("AveragePool", {"x"}, {"y"},
                                {IntsAttribute("kernel_shape", {3, 3}),
                                 IntsAttribute("strides", {2, 2}), IntAttribute("ceil_mode", 1)}),
                       19)),
      ElementsAre(6, 7.5f, 12, 13.5f, 22, 23.5f, 28, 29.5f));
}

// x [1, 1, 2, 3], weights of ones.
ConvTransposeAttrs Transposed(std::initializer_list<Wire> attributes) {
  WireModel model = OneNode(NodeWire("ConvTranspose", {"x", "w"}, {"y"}, attributes), 11);
  model.inputs = {ValueWire("x", {1, 1, 2, 3})};
  model.initializers = {TensorWire("w", 1, {1, 1, 3, 3}, RawData(std::vector<float>(9, 1.0f)))};
  return FirstNode<ConvTransposeAttrs>(model);
}

TEST(ImportConvTranspose, GivenPads_AreRead) {
  const ConvTransposeAttrs attrs =
      Transposed({IntsAttribute("strides", {2, 3}), IntsAttribute("pads", {1, 0, 1, 2}),
                  IntsAttribute("output_padding", {0, 1})});
  EXPECT_THAT(attrs.kernel, ElementsAre(3, 3));
  EXPECT_THAT(attrs.strides, ElementsAre(2, 3));
  EXPECT_THAT(attrs.pads, ElementsAre(1, 0, 1, 2));
  EXPECT_THAT(attrs.output_pads, ElementsAre(0, 1));
}

TEST(ImportConvTranspose, OutputShape_DecidesThePads) {
  // Without pads: 2 * 1 + 3 = 5 by 2 * 2 + 3 = 7.
  const Wire strides = IntsAttribute("strides", {2, 2});
  const Wire smaller = IntsAttribute("output_shape", {4, 4});
  EXPECT_THAT(Transposed({strides, smaller}).pads, ElementsAre(1, 2, 0, 1));
  EXPECT_THAT(Transposed({strides, smaller, StringAttribute("auto_pad", "SAME_UPPER")}).pads,
              ElementsAre(0, 1, 1, 2));
  const ConvTransposeAttrs larger = Transposed({strides, IntsAttribute("output_shape", {6, 7})});
  EXPECT_THAT(larger.pads, ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(larger.output_pads, ElementsAre(1, 0));
}

TEST(ImportConvTranspose, SamePadding_MultipliesByTheStride) {
  const Wire strides = IntsAttribute("strides", {2, 2});
  EXPECT_THAT(Transposed({strides, StringAttribute("auto_pad", "SAME_UPPER")}).pads,
              ElementsAre(0, 0, 1, 1));
  EXPECT_THAT(Transposed({strides, StringAttribute("auto_pad", "SAME_LOWER")}).pads,
              ElementsAre(1, 1, 0, 0));
  EXPECT_THAT(Transposed({strides, StringAttribute("auto_pad", "VALID")}).pads,
              ElementsAre(0, 0, 0, 0));
}

TEST(ImportConvTranspose, AttributesThatMakeNoSense_NameTheNode) {
  constexpr std::int64_t kHuge = std::int64_t{1} << 62;
  for (const Wire& attribute :
       {IntsAttribute("strides", {0, 1}), IntsAttribute("strides", {kHuge, kHuge}),
        IntsAttribute("output_shape", {kHuge, 1}), IntsAttribute("output_shape", {-1, 1}),
        IntsAttribute("output_padding", {-1, 0}), IntsAttribute("output_padding", {kHuge, 0}),
        IntsAttribute("pads", {9, 9, 9, 9}), IntsAttribute("pads", {1}), IntAttribute("group", 0),
        StringAttribute("auto_pad", "SOMEHOW")}) {
    WireModel model = OneNode(NodeWire("ConvTranspose", {"x", "w"}, {"y"}, {attribute}), 11);
    model.initializers = {TensorWire("w", 1, {2, 1, 1, 1}, RawData<float>({1, 1}))};
    EXPECT_THAT(Refusal(model), HasSubstr("'the_ConvTranspose'"));
  }
}

TEST(ImportMatMul, OtherRanks_StayMatMul) {
  WireModel model = OneNode(NodeWire("MatMul", {"x", "w"}, {"y"}), 13);
  model.initializers = {TensorWire("w", 1, {4}, RawData<float>({1, 1, 1, 1}))};
  EXPECT_EQ(OutputShape(Parse(model)), (Shape{1, 2, 4}));
  EXPECT_THAT(AnswerOf(model), ElementsAre(10, 26, 42, 58, 74, 90, 106, 122));
}

ReduceAttrs Reduce(const std::string& op, std::int64_t opset,
                   std::initializer_list<Wire> attributes = {}) {
  return FirstNode<ReduceAttrs>(OneNode(NodeWire(op, {"x"}, {"y"}, attributes), opset));
}

TEST(ImportReduce, AxesBeforeOpset13And18_AreAttributes) {
  const ReduceAttrs attrs = Reduce("ReduceMean", 17, {IntsAttribute("axes", {-1, 2})});
  EXPECT_EQ(attrs.kind, ReduceKind::kMean);
  EXPECT_THAT(attrs.axes, ElementsAre(2, 3));
  EXPECT_TRUE(attrs.keep_dims);
  EXPECT_THAT(
      Reduce("ReduceSum", 11, {IntsAttribute("axes", {1}), IntAttribute("keepdims", 0)}).axes,
      ElementsAre(1));
  EXPECT_THAT(Reduce("ReduceMax", 6).axes, ElementsAre(0, 1, 2, 3)) << "all where none is named";
}

TEST(ImportReduce, AxesSince_AreAnInput) {
  for (const auto& [op, opset] :
       std::vector<std::pair<std::string, std::int64_t>>{{"ReduceSum", 13}, {"ReduceL2", 18}}) {
    WireModel model =
        OneNode(NodeWire(op, {"x", "axes"}, {"y"}, {IntAttribute("keepdims", 0)}), opset);
    model.initializers = {TensorWire("axes", 7, {2}, RawData<std::int64_t>({-2, 1}))};
    const auto attrs = FirstNode<ReduceAttrs>(model);
    EXPECT_THAT(attrs.axes, ElementsAre(1, 2));
    EXPECT_FALSE(attrs.keep_dims);
  }
  EXPECT_THAT(Reduce("ReduceMin", 18).axes, ElementsAre(0, 1, 2, 3));
}

TEST(ImportReduce, NoopWithoutAxes_IsIdentity) {
  const auto node = NodeWire("ReduceSum", {"x"}, {"y"}, {IntAttribute("noop_with_empty_axes", 1)});
  EXPECT_EQ(FirstNode<UnaryAttrs>(OneNode(node, 13)).kind, UnaryKind::kIdentity);
}

TEST(ImportReduce, AxesThatMakeNoSense_AreRefused) {
  const auto refusal = [](const std::vector<std::int64_t>& axes) {
    return Refusal(OneNode(NodeWire("ReduceMax", {"x"}, {"y"}, {IntsAttribute("axes", axes)}), 11));
  };
  EXPECT_THAT(refusal({4}), HasSubstr("axis is 4: expected -4 to 3"));
  EXPECT_THAT(refusal({1, -3}), HasSubstr("axis 1 is named twice"));
}

TEST(ImportArgMax, Attributes_FollowTheVersion) {
  const auto node = [](std::int64_t opset) {
    return FirstNode<ArgMaxAttrs>(
        OneNode(NodeWire("ArgMax", {"x"}, {"y"},
                         {IntAttribute("axis", -1), IntAttribute("keepdims", 0),
                          IntAttribute("select_last_index", 1)}),
                opset));
  };
  EXPECT_EQ(node(12).axis, 3);
  EXPECT_FALSE(node(12).keep_dims);
  EXPECT_TRUE(node(12).select_last);
  EXPECT_FALSE(node(11).select_last) << "the attribute came with opset 12";
}

TEST(ImportNorm, LogSoftmaxInstanceNormAndLrn_HaveTheVersionsDefaults) {
  const auto before = FirstNode<SoftmaxAttrs>(OneNode(NodeWire("LogSoftmax", {"x"}, {"y"}), 11));
  EXPECT_TRUE(before.log && before.flatten_from_axis);
  EXPECT_EQ(before.axis, 1);
  const auto since = FirstNode<SoftmaxAttrs>(OneNode(NodeWire("LogSoftmax", {"x"}, {"y"}), 13));
  EXPECT_EQ(since.axis, 3);
  const auto lrn =
      FirstNode<LrnAttrs>(OneNode(NodeWire("LRN", {"x"}, {"y"}, {IntAttribute("size", 3)}), 13));
  EXPECT_EQ(lrn.size, 3);
  EXPECT_EQ(lrn.alpha, 1e-4f);
  EXPECT_EQ(lrn.beta, 0.75f);
  EXPECT_EQ(lrn.bias, 1.0f);
  EXPECT_THAT(Refusal(OneNode(NodeWire("LRN", {"x"}, {"y"}), 13)), HasSubstr("'size' is missing"));
  WireModel model = OneNode(NodeWire("InstanceNormalization", {"x", "s", "s"}, {"y"}), 6);
  model.initializers = {TensorWire("s", 1, {2}, RawData<float>({1, 1}))};
  EXPECT_EQ(FirstNode<InstanceNormAttrs>(model).epsilon, 1e-5f);
}

}  // namespace
}  // namespace vigil
