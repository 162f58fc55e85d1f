// Shape subgraphs: what depends on shapes and constants alone is gone once a file is read, and what
// follows the batch still does.
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/onnx/onnx.h"
#include "tests/onnx/wire.h"
#include "tests/support/evaluate.h"

namespace vigil {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using namespace testing;  // NOLINT(google-build-using-namespace): the tests' own helpers

Graph Parse(const WireModel& model, const OnnxReadOptions& options = {}) {
  const std::string bytes = model.Bytes();
  return ParseOnnx(std::as_bytes(std::span(bytes)), "test.onnx", options);
}

std::string Refusal(const WireModel& model) {
  try {
    Parse(model);
    return "accepted";
  } catch (const Error& error) {
    return error.what();
  }
}

Shape OutputShape(const Graph& graph) { return graph.value(graph.outputs().front()).desc.shape; }

Wire ConstantNode(const std::string& name, const std::vector<std::int64_t>& values) {
  return NodeWire("Constant", {}, {name}, {TensorAttribute("value", Int64Wire("", values))});
}

// x [n, 2, 4, 4] with a symbolic batch.
WireModel Symbolic(std::vector<Wire> nodes, std::vector<Wire> initializers, std::int64_t opset) {
  return {.nodes = std::move(nodes),
          .initializers = std::move(initializers),
          .inputs = {ValueWire("x", {0, 2, 4, 4})},
          .outputs = {"y"},
          .opset = opset};
}

TEST(Fold, ViewByTheBatch_ServesEveryBatch) {
  // x.view(x.size(0), -1), as exporters write it.
  const Graph graph =
      Parse(Symbolic({NodeWire("Shape", {"x"}, {"shape"}), ConstantNode("zero", {0}),
                      NodeWire("Gather", {"shape", "zero"}, {"size"}, {IntAttribute("axis", 0)}),
                      NodeWire("Concat", {"size", "rest"}, {"to"}, {IntAttribute("axis", 0)}),
                      NodeWire("Reshape", {"x", "to"}, {"y"})},
                     {Int64Wire("rest", {-1})}, 11));
  EXPECT_EQ(graph.nodes().size(), 1u);
  EXPECT_EQ(OutputShape(graph.WithBatch(5)), (Shape{5, 32}));
}

TEST(Fold, BatchTimesChannels_IsLeftOpen) {
  // x.view(n * c, h, w): the first dimension is a multiple of the batch.
  const Graph graph = Parse(Symbolic(
      {NodeWire("Shape", {"x"}, {"shape"}), NodeWire("Slice", {"shape", "zero", "two"}, {"nc"}),
       NodeWire("Slice", {"shape", "two", "four"}, {"hw"}),
       NodeWire("ReduceProd", {"nc"}, {"product"}, {IntAttribute("keepdims", 1)}),
       NodeWire("Concat", {"product", "hw"}, {"to"}, {IntAttribute("axis", 0)}),
       NodeWire("Reshape", {"x", "to"}, {"y"})},
      {Int64Wire("zero", {0}), Int64Wire("two", {2}), Int64Wire("four", {4})}, 13));
  EXPECT_EQ(OutputShape(graph), (Shape{2, 4, 4}));
  EXPECT_EQ(OutputShape(graph.WithBatch(5)), (Shape{10, 4, 4}));
}

TEST(Fold, BatchInTheMiddle_IsCopiedFromWhereItStands) {
  // [c, n, h, w] after a Transpose, reshaped to [c, n, h * w] by its own shape.
  const Graph graph = Parse(Symbolic(
      {NodeWire("Transpose", {"x"}, {"t"}, {IntsAttribute("perm", {1, 0, 2, 3})}),
       NodeWire("Shape", {"t"}, {"cn"}, {IntAttribute("start", 0), IntAttribute("end", 2)}),
       NodeWire("Concat", {"cn", "rest"}, {"to"}, {IntAttribute("axis", 0)}),
       NodeWire("Reshape", {"t", "to"}, {"y"})},
      {Int64Wire("rest", {-1})}, 15));
  EXPECT_EQ(OutputShape(graph.WithBatch(5)), (Shape{2, 5, 16}));
}

TEST(Fold, SizesOfAResize_FollowTheBatchButNotTheImage) {
  // interpolate(x, scale_factor=2) of old exporters: sizes by arithmetic in float.
  const Graph graph = Parse(Symbolic(
      {NodeWire("Shape", {"x"}, {"shape"}), NodeWire("Slice", {"shape", "zero", "two"}, {"nc"}),
       NodeWire("Slice", {"shape", "two", "four"}, {"hw"}),
       NodeWire("Cast", {"hw"}, {"hwf"}, {IntAttribute("to", 1)}),
       NodeWire("Mul", {"hwf", "scale"}, {"scaled"}), NodeWire("Floor", {"scaled"}, {"floor"}),
       NodeWire("Cast", {"floor"}, {"size"}, {IntAttribute("to", 7)}),
       NodeWire("Concat", {"nc", "size"}, {"sizes"}, {IntAttribute("axis", 0)}),
       NodeWire("Resize", {"x", "", "", "sizes"}, {"y"})},
      {Int64Wire("zero", {0}), Int64Wire("two", {2}), Int64Wire("four", {4}),
       TensorWire("scale", 1, {2}, RawData<float>({2.0f, 1.5f}))},
      13));
  EXPECT_EQ(graph.nodes().size(), 1u);
  EXPECT_EQ(OutputShape(graph.WithBatch(3)), (Shape{3, 2, 8, 6}));
}

TEST(Fold, ExpandByAChosenShape_KeepsWhatIsThere) {
  // y.expand(n, 3, -1, -1): the exporter replaces -1 by 1 at run time.
  WireModel model = Symbolic({NodeWire("Shape", {"wanted"}, {"rank"}),
                              NodeWire("ConstantOfShape", {"rank"}, {"ones"},
                                       {TensorAttribute("value", Int64Wire("", {1}))}),
                              NodeWire("Mul", {"ones", "minus"}, {"minus_ones"}),
                              NodeWire("Equal", {"wanted", "minus_ones"}, {"open"}),
                              NodeWire("Where", {"open", "ones", "wanted"}, {"to"}),
                              NodeWire("Expand", {"x", "to"}, {"y"})},
                             {Int64Wire("wanted", {1, 3, -1, -1}), Int64Wire("minus", {-1})}, 13);
  model.inputs = {ValueWire("x", {0, 1, 4, 4})};
  const Graph graph = Parse(model);
  EXPECT_EQ(graph.nodes().size(), 1u);
  EXPECT_EQ(OutputShape(graph.WithBatch(2)), (Shape{2, 3, 4, 4}));
}

TEST(Fold, BatchBakedIn_IsReportedWithTheNode) {
  const Graph graph =
      Parse(Symbolic({NodeWire("Reshape", {"x", "to"}, {"y"})}, {Int64Wire("to", {2, 16})}, 13));
  try {
    graph.WithBatch(3);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("node 'the_Reshape' at batch 3"));
  }
}

// y = x + float(op(inputs)), so that a folded number can be looked at.
std::vector<float> Folded(const Wire& node, std::vector<Wire> initializers, std::int64_t opset) {
  WireModel model{.nodes = {node, NodeWire("Cast", {"r"}, {"f"}, {IntAttribute("to", 1)}),
                            NodeWire("Add", {"x", "f"}, {"y"})},
                  .initializers = std::move(initializers),
                  .inputs = {ValueWire("x", {1})},
                  .outputs = {"y"},
                  .opset = opset};
  const Graph graph = Parse(model);
  EXPECT_EQ(graph.nodes().size(), 1u);
  std::vector<Tensor> inputs;
  inputs.emplace_back(TensorDesc{DType::kFloat32, Shape{1}});
  const auto values = Evaluate(graph, inputs);
  const auto y = values.at("y").as<float>();
  return {y.begin(), y.end()};
}

std::vector<float> FoldedInts(const std::string& op_type, const std::vector<std::int64_t>& a,
                              const std::vector<std::int64_t>& b,
                              std::initializer_list<Wire> attributes = {}) {
  return Folded(NodeWire(op_type, {"a", "b"}, {"r"}, attributes),
                {Int64Wire("a", a), Int64Wire("b", b)}, 13);
}

TEST(Fold, IntegerArithmetic_IsThatOfTheStandard) {
  EXPECT_THAT(FoldedInts("Add", {7, -7}, {2}), ElementsAre(9, -5));
  EXPECT_THAT(FoldedInts("Sub", {7, -7}, {2}), ElementsAre(5, -9));
  EXPECT_THAT(FoldedInts("Mul", {7, -7}, {2}), ElementsAre(14, -14));
  EXPECT_THAT(FoldedInts("Div", {7, -7}, {2}), ElementsAre(3, -3));
  EXPECT_THAT(FoldedInts("Mod", {7, -7}, {3}), ElementsAre(1, 2));
  EXPECT_THAT(FoldedInts("Mod", {7, -7}, {3}, {IntAttribute("fmod", 1)}), ElementsAre(1, -1));
  EXPECT_THAT(FoldedInts("Pow", {7, -2}, {3}), ElementsAre(343, -8));
  EXPECT_THAT(FoldedInts("Min", {7, -7}, {2}), ElementsAre(2, -7));
  EXPECT_THAT(FoldedInts("Max", {7, -7}, {2}), ElementsAre(7, 2));
  EXPECT_THAT(FoldedInts("Equal", {7, 2}, {2}), ElementsAre(0, 1));
  EXPECT_THAT(FoldedInts("Less", {1, 2, 3}, {2}), ElementsAre(1, 0, 0));
  EXPECT_THAT(FoldedInts("LessOrEqual", {1, 2, 3}, {2}), ElementsAre(1, 1, 0));
  EXPECT_THAT(FoldedInts("Greater", {1, 2, 3}, {2}), ElementsAre(0, 0, 1));
  EXPECT_THAT(FoldedInts("GreaterOrEqual", {1, 2, 3}, {2}), ElementsAre(0, 1, 1));
}

TEST(Fold, IntegersAtTheirLimits_WrapOrAreRefused) {
  constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
  EXPECT_THAT(FoldedInts("Div", {kLowest}, {-1}), ElementsAre(static_cast<float>(kLowest)));
  EXPECT_THAT(FoldedInts("Sub", {kLowest}, {1}), ElementsAre(0x1p63f));
  WireModel model =
      Symbolic({NodeWire("Div", {"a", "b"}, {"to"}), NodeWire("Reshape", {"x", "to"}, {"y"})},
               {Int64Wire("a", {1}), Int64Wire("b", {0})}, 13);
  EXPECT_THAT(Refusal(model), HasSubstr("node 'the_Div' (Div, opset 13): division by 0"));
}

TEST(Fold, UnaryOperators_TakeNumbersAndBool) {
  const auto ints = [](const std::string& op_type) {
    return Folded(NodeWire(op_type, {"a"}, {"r"}), {Int64Wire("a", {-3, 0, 5})}, 13);
  };
  EXPECT_THAT(ints("Neg"), ElementsAre(3, 0, -5));
  EXPECT_THAT(ints("Abs"), ElementsAre(3, 0, 5));
  EXPECT_THAT(ints("Sign"), ElementsAre(-1, 0, 1));
  const auto floats = [](const std::string& op_type) {
    return Folded(NodeWire(op_type, {"a"}, {"r"}),
                  {TensorWire("a", 1, {4}, RawData<float>({-1.5f, 0.5f, 2.25f, 2.5f}))}, 13);
  };
  EXPECT_THAT(floats("Floor"), ElementsAre(-2, 0, 2, 2));
  EXPECT_THAT(floats("Ceil"), ElementsAre(-1, 1, 3, 3));
  EXPECT_THAT(floats("Round"), ElementsAre(-2, 0, 2, 2));
  const Wire truth = TensorWire("a", 9, {2}, RawData<std::uint8_t>({1, 0}));
  EXPECT_THAT(Folded(NodeWire("Not", {"a"}, {"r"}), {truth}, 13), ElementsAre(0, 1));
  EXPECT_THAT(Folded(NodeWire("Xor", {"a", "a"}, {"r"}), {truth}, 13), ElementsAre(0, 0));
  EXPECT_THAT(Folded(NodeWire("Or", {"a", "a"}, {"r"}), {truth}, 13), ElementsAre(1, 0));
}

TEST(Fold, Reductions_TakeAxesFromWhereTheVersionHasThem) {
  const Wire matrix = TensorWire("a", 7, {2, 3}, RawData<std::int64_t>({1, 2, 3, 4, 5, 6}));
  const auto attribute = NodeWire("ReduceProd", {"a"}, {"r"},
                                  {IntsAttribute("axes", {-1}), IntAttribute("keepdims", 0)});
  EXPECT_THAT(Folded(attribute, {matrix}, 13), ElementsAre(6, 120));
  const auto input = NodeWire("ReduceSum", {"a", "axes"}, {"r"}, {IntAttribute("keepdims", 0)});
  EXPECT_THAT(Folded(input, {matrix, Int64Wire("axes", {0})}, 13), ElementsAre(5, 7, 9));
  EXPECT_THAT(
      Folded(NodeWire("ReduceMax", {"a"}, {"r"}, {IntAttribute("keepdims", 0)}), {matrix}, 13),
      ElementsAre(6));
}

TEST(Fold, RangesShapesAndIndices_AreMade) {
  const auto number = [](const std::string& name, std::int64_t value) {
    return TensorWire(name, 7, {}, RawData<std::int64_t>({value}));
  };
  EXPECT_THAT(Folded(NodeWire("Range", {"a", "b", "c"}, {"r"}),
                     {number("a", 10), number("b", 4), number("c", -2)}, 11),
              ElementsAre(10, 8, 6));
  EXPECT_THAT(Folded(NodeWire("ConstantOfShape", {"a"}, {"r"}), {Int64Wire("a", {2})}, 9),
              ElementsAre(0, 0));
  EXPECT_THAT(Folded(NodeWire("Size", {"a"}, {"r"}), {Int64Wire("a", {5, 6, 7})}, 13),
              ElementsAre(3));
  EXPECT_THAT(Folded(NodeWire("Shape", {"a"}, {"r"}), {Int64Wire("a", {5, 6, 7})}, 13),
              ElementsAre(3));
  EXPECT_THAT(Folded(NodeWire("Split", {"a"}, {"r", "rest"}), {Int64Wire("a", {5, 6, 7, 8})}, 13),
              ElementsAre(5, 6));
  EXPECT_THAT(Folded(NodeWire("Tile", {"a", "b"}, {"r"}),
                     {Int64Wire("a", {5, 6}), Int64Wire("b", {2})}, 13),
              ElementsAre(5, 6, 5, 6));
}

TEST(Fold, EmptyParts_VanishInAConcat) {
  // shape[4:] of a tensor of rank 4 is empty, and may be joined to something.
  const Graph graph = Parse(Symbolic(
      {NodeWire("Shape", {"x"}, {"shape"}), NodeWire("Slice", {"shape", "four", "nine"}, {"none"}),
       NodeWire("Concat", {"flat", "none"}, {"to"}, {IntAttribute("axis", 0)}),
       NodeWire("Reshape", {"x", "to"}, {"y"})},
      {Int64Wire("four", {4}), Int64Wire("nine", {9}), Int64Wire("flat", {0, -1})}, 13));
  EXPECT_EQ(OutputShape(graph), (Shape{1, 32}));
}

TEST(Fold, ConstantsThatWouldFillTheMemory_AreRefused) {
  WireModel model =
      Symbolic({NodeWire("ConstantOfShape", {"a"}, {"big"}), NodeWire("Add", {"x", "big"}, {"y"})},
               {Int64Wire("a", {1 << 15, 1 << 15})}, 13);
  EXPECT_THAT(Refusal(model), HasSubstr("node 'the_ConstantOfShape' (ConstantOfShape, opset 13): "
                                        "its result is constant and takes 4294967296 bytes: "
                                        "1073741824 are left of the 1073741824"));
}

TEST(Fold, ConstantsOfOneFile_ShareOneLimit) {
  // 16 bytes and 64: in the file's order.
  const WireModel model = Symbolic(
      {NodeWire("ConstantOfShape", {"a"}, {"small"}), NodeWire("ConstantOfShape", {"b"}, {"large"}),
       NodeWire("Add", {"small", "large"}, {"both"}), NodeWire("Add", {"x", "both"}, {"y"})},
      {Int64Wire("a", {4}), Int64Wire("b", {4, 4})}, 13);
  try {
    Parse(model, {.max_folded_bytes = 79});
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
    EXPECT_THAT(error.what(), HasSubstr("takes 64 bytes: 63 are left of the 79"));
  }
  // The sum, which the graph may compute as well, is left to it.
  EXPECT_EQ(Parse(model, {.max_folded_bytes = 80}).nodes().size(), 2u);
  EXPECT_EQ(Parse(model, {.max_folded_bytes = 144}).nodes().size(), 1u);
}

TEST(Fold, OperatorThatIsFoldedAlone_IsRefusedAtRunTime) {
  const WireModel model = Symbolic({NodeWire("NonZero", {"x"}, {"y"})}, {}, 13);
  EXPECT_THAT(Refusal(model),
              HasSubstr("node 'the_NonZero' (NonZero, opset 13): an input is known only at run"));
}

TEST(InputSizes, Symbols_TakeTheirSizeFromTheOptions) {
  WireModel model = OneNode(NodeWire("Relu", {"x"}, {"y"}), 13);
  model.inputs = {ValueWire("x", {1, 3, 0, 0})};
  EXPECT_EQ(OutputShape(Parse(model, {.sizes = {{"n", 8}}})), (Shape{1, 3, 8, 8}));
  EXPECT_EQ(OutputShape(Parse(model, {.sizes = {{"x", 6}}})), (Shape{1, 3, 6, 6}));
  EXPECT_EQ(OutputShape(Parse(model, {.sizes = {{"x:3", 5}, {"n", 8}}})), (Shape{1, 3, 8, 5}));
}

TEST(InputSizes, WithoutASize_TheInputTheDimensionAndItsSymbolAreNamed) {
  WireModel model = OneNode(NodeWire("Relu", {"x"}, {"y"}), 13);
  model.inputs = {ValueWire("x", {1, 3, 0, 4})};
  EXPECT_THAT(Refusal(model), HasSubstr("input 'x': dimension 2 is symbolic ('n')"));
}

TEST(InputSizes, SizeThatNobodyWants_IsRefused) {
  WireModel model = OneNode(NodeWire("Relu", {"x"}, {"y"}), 13);
  model.inputs = {ValueWire("x", {0, 3})};
  try {
    Parse(model, {.sizes = {{"heigth", 8}}});
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kApi);
    EXPECT_THAT(error.what(), HasSubstr("'heigth' is wanted by no input: expected one of 'n'"));
  }
}

TEST(InputTypes, IntegersStayAndReachTheOperatorThatRefusesThem) {
  WireModel model = OneNode(NodeWire("Cast", {"x"}, {"y"}, {IntAttribute("to", 1)}), 13);
  model.inputs = {ValueWire("x", {1, 3}, 2)};
  const Graph graph = Parse(model);
  EXPECT_EQ(graph.value(graph.inputs()[0]).desc.dtype, DType::kUInt8);
  model = OneNode(NodeWire("Sigmoid", {"x"}, {"y"}), 13);
  model.inputs = {ValueWire("x", {1, 3}, 7)};
  EXPECT_THAT(Refusal(model), HasSubstr("input 0 is int64: expected float32"));
  model.inputs = {ValueWire("x", {1, 3}, 10)};
  EXPECT_EQ(Parse(model).value(0).desc.dtype, DType::kFloat32);
  model.inputs = {ValueWire("x", {1, 3}, 8)};
  EXPECT_THAT(Refusal(model), HasSubstr("'x' has elements of type 8"));
}

}  // namespace
}  // namespace vigil
