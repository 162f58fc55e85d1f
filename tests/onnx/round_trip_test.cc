// What SaveOnnx writes is what LoadOnnx reads, for every operator.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/half.h"
#include "engine/base/text.h"
#include "engine/graph/builder.h"
#include "engine/onnx/onnx.h"
#include "tests/support/evaluate.h"

namespace vigil {
namespace {

using testing::Evaluate;
using testing::RandomTensor;

std::filesystem::path TempFile(const std::string& name) {
  return std::filesystem::path(::testing::TempDir()) / name;
}

std::string BytesOf(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// A file of its own that goes with the test.
class SavedModel {
 public:
  explicit SavedModel(const Graph& graph, const OnnxWriteOptions& options = {})
      : path_(TempFile(FileName())) {
    SaveOnnx(graph, path_, options);
  }
  ~SavedModel() { std::filesystem::remove(path_); }

  Graph Load() const { return LoadOnnx(path_); }
  std::string bytes() const { return BytesOf(path_); }

 private:
  // Tests may run side by side, each in its own process.
  static std::string FileName() {
    static int count = 0;
    std::string name = ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::ranges::replace(name, '/', '_');
    return name + std::to_string(++count) + ".onnx";
  }

  std::filesystem::path path_;
};

struct OperatorCase {
  std::string name;
  OpAttrs attrs;
  Shape input;
  std::vector<Shape> constants;
  std::size_t nodes = 1;  // more where opset 17 needs several to say the same
};

void PrintTo(const OperatorCase& c, std::ostream* out) { *out << c.name; }

Graph GraphOf(const OperatorCase& c) {
  GraphBuilder builder;
  std::vector<ValueId> inputs{builder.Input("x", {DType::kFloat32, c.input})};
  for (std::size_t i = 0; i < c.constants.size(); ++i) {
    Tensor constant = RandomTensor(c.constants[i], i + 1);
    for (float& v : constant.as<float>()) v = v * 0.5f + 1.0f;  // a variance is positive
    inputs.push_back(builder.Constant(Text("k", i), std::move(constant)));
  }
  builder.Output(builder.Add("y", c.attrs, inputs));
  return std::move(builder).Build();
}

const Shape kImage{1, 4, 7, 9};

std::vector<OperatorCase> ElementwiseCases() {
  const Shape& image = kImage;
  return {
      {"LeakyRelu", UnaryAttrs{UnaryKind::kLeakyRelu, 0.25f}, image, {}},
      {"Elu", UnaryAttrs{UnaryKind::kElu, 1.5f}, image, {}},
      {"Selu", UnaryAttrs{UnaryKind::kSelu, 1.5f, 0.75f}, image, {}},
      {"HardSigmoid", UnaryAttrs{UnaryKind::kHardSigmoid, 0.25f, 0.375f}, image, {}},
      {"HardSwish", UnaryAttrs{UnaryKind::kHardSwish}, image, {}},
      {"Tanh", UnaryAttrs{UnaryKind::kTanh}, image, {}},
      {"Softplus", UnaryAttrs{UnaryKind::kSoftplus}, image, {}},
      {"Softsign", UnaryAttrs{UnaryKind::kSoftsign}, image, {}},
      {"Erf", UnaryAttrs{UnaryKind::kErf}, image, {}},
      {"Exp", UnaryAttrs{UnaryKind::kExp}, image, {}},
      {"Neg", UnaryAttrs{UnaryKind::kNeg}, image, {}},
      {"Abs", UnaryAttrs{UnaryKind::kAbs}, image, {}},
      {"Reciprocal", UnaryAttrs{UnaryKind::kReciprocal}, image, {}},
      {"Floor", UnaryAttrs{UnaryKind::kFloor}, image, {}},
      {"Ceil", UnaryAttrs{UnaryKind::kCeil}, image, {}},
      {"Sub", BinaryAttrs{BinaryKind::kSub}, image, {{4, 1, 9}}},
      {"Div", BinaryAttrs{BinaryKind::kDiv}, image, {{4, 1, 9}}},
      {"Min", BinaryAttrs{BinaryKind::kMin}, image, {{4, 1, 9}}},
      {"Max", BinaryAttrs{BinaryKind::kMax}, image, {{4, 1, 9}}},
      {"PRelu", BinaryAttrs{BinaryKind::kPRelu}, image, {{4, 1, 1}}},
  };
}

std::vector<OperatorCase> ReductionCases() {
  const Shape& image = kImage;
  return {
      {"GlobalMaxPool", GlobalPoolAttrs{PoolKind::kMax}, image, {}},
      {"ReduceSum", ReduceAttrs{ReduceKind::kSum, {1, 3}, false}, image, {}},
      {"ReduceMean", ReduceAttrs{ReduceKind::kMean, {2, 3}, true}, image, {}},
      {"ReduceMax", ReduceAttrs{ReduceKind::kMax, {2}, false}, image, {}},
      {"ReduceMin", ReduceAttrs{ReduceKind::kMin, {1}, true}, image, {}},
      {"ReduceProd", ReduceAttrs{ReduceKind::kProd, {3}, true}, image, {}},
      {"ReduceL1", ReduceAttrs{ReduceKind::kL1, {3}, true}, image, {}},
      {"ReduceL2", ReduceAttrs{ReduceKind::kL2, {3}, true}, image, {}},
      {"ReduceSumSquare", ReduceAttrs{ReduceKind::kSumSquare, {3}, true}, image, {}},
      {"ReduceLogSumExp", ReduceAttrs{ReduceKind::kLogSumExp, {3}, true}, image, {}},
      {"ArgMax", ArgMaxAttrs{2, false, true}, image, {}},
      {"InstanceNormalization", InstanceNormAttrs{0.01f}, image, {{4}, {4}}},
      {"LRN", LrnAttrs{3, 0.5f, 0.25f, 2.0f}, image, {}},
      {"MatMul", MatMulAttrs{}, image, {{9, 5}}},
      {"ConvTranspose",
       ConvTransposeAttrs{.kernel = {3, 2},
                          .strides = {2, 3},
                          .pads = {1, 0, 2, 1},
                          .dilations = {1, 2},
                          .output_pads = {1, 2},
                          .groups = 2,
                          .has_bias = true},
       image,
       {{4, 3, 3, 2}, {6}}},
      {"LogSoftmax", SoftmaxAttrs{2, false, true}, image, {}},
      {"LogSoftmaxFromAxis", SoftmaxAttrs{1, true, true}, image, {}, 3},
  };
}

std::vector<OperatorCase> Cases() {
  const PoolAttrs pool{
      .kernel = {3, 2}, .strides = {2, 1}, .pads = {1, 0, 0, 1}, .ceil_mode = true};
  PoolAttrs average = pool, dilated = pool;
  average.kind = PoolKind::kAverage;
  average.count_include_pad = true;
  dilated.dilations = {2, 3};
  const Shape& image = kImage;
  return {
      {"Conv",
       ConvAttrs{.kernel = {3, 2},
                 .strides = {2, 1},
                 .pads = {1, 0, 2, 1},
                 .dilations = {1, 2},
                 .groups = 2,
                 .has_bias = true},
       image,
       {{6, 2, 3, 2}, {6}}},
      {"ConvWithoutBias", ConvAttrs{}, image, {{3, 4, 1, 1}}},
      {"Gemm",
       GemmAttrs{.alpha = 0.5f, .beta = 2.0f, .trans_b = true, .has_bias = true},
       {1, 5},
       {{3, 5}, {3}}},
      {"GemmTransposed", GemmAttrs{.trans_a = true}, {1, 3}, {{1, 2}}},
      {"BatchNormalization",
       BatchNormAttrs{.epsilon = 0.01f, .momentum = 0.8f},
       image,
       {{4}, {4}, {4}, {4}}},
      {"Relu", UnaryAttrs{UnaryKind::kRelu}, image, {}},
      {"Clip", UnaryAttrs{UnaryKind::kClip, -0.25f, 0.5f}, image, {}},
      {"Sigmoid", UnaryAttrs{UnaryKind::kSigmoid}, image, {}},
      {"Identity", UnaryAttrs{UnaryKind::kIdentity}, image, {}},
      {"Dropout", UnaryAttrs{UnaryKind::kDropout, 0.2f}, image, {}},
      {"Add", BinaryAttrs{BinaryKind::kAdd}, image, {{4, 1, 9}}},
      {"Mul", BinaryAttrs{BinaryKind::kMul}, image, {{1}}},
      {"Concat", ConcatAttrs{2}, image, {{1, 4, 2, 9}}},
      {"MaxPool", pool, image, {}},
      {"MaxPoolDilated", dilated, image, {}},
      {"AveragePool", average, image, {}},
      {"GlobalAveragePool", GlobalPoolAttrs{}, image, {}},
      {"Softmax", SoftmaxAttrs{2, false}, image, {}},
      {"SoftmaxFromAxis", SoftmaxAttrs{1, true}, image, {}, 3},
      {"Flatten", FlattenAttrs{2}, image, {}},
      {"Reshape", ReshapeAttrs{{0, 63, 4}}, image, {}},
      {"Transpose", TransposeAttrs{{0, 2, 3, 1}}, image, {}},
      {"Pad", PadAttrs{.pads = {0, 0, 1, 2, 0, 1, 0, 3}, .value = 0.5f}, image, {}},
      {"PadReflect",
       PadAttrs{.pads = {0, 0, 1, 2, 0, 1, 0, 3}, .mode = PadMode::kReflect},
       image,
       {}},
      {"PadEdge", PadAttrs{.pads = {0, 0, -1, 2, 0, 1, 0, 3}, .mode = PadMode::kEdge}, image, {}},
      {"Squeeze", SqueezeAttrs{{1}}, {1, 1, 5}, {}},
      {"Unsqueeze", UnsqueezeAttrs{{2, 4}}, {1, 4, 7}, {}},
      {"Slice", SliceAttrs{{1, -1}, {3, -9}, {1, 3}, {1, -2}}, image, {}},
      {"Split", SplitAttrs{1, {4}}, image, {}},
      {"Expand", ExpandAttrs{{1, 3, 1, 1, 1}}, image, {}},
      {"Tile", TileAttrs{{1, 2, 1, 3}}, image, {}},
      {"DepthToSpaceDCR", DepthToSpaceAttrs{2, false}, image, {}},
      {"DepthToSpaceCRD", DepthToSpaceAttrs{2, true}, image, {}},
      {"SpaceToDepth", SpaceToDepthAttrs{2}, {1, 3, 4, 6}, {}},
      {"CastToInt", CastAttrs{DType::kInt32}, image, {}},
      {"ResizeScales",
       ResizeAttrs{.mode = ResizeMode::kLinear,
                   .coordinates = ResizeCoordinates::kAlignCorners,
                   .scales = {1, 1, 2, 1.5f}},
       image,
       {}},
      {"ResizeSizes",
       ResizeAttrs{.rounding = ResizeRounding::kCeil, .sizes = {0, 0, 5, 11}},
       image,
       {}},
      {"ResizeCrop",
       ResizeAttrs{.mode = ResizeMode::kCubic,
                   .coordinates = ResizeCoordinates::kTfCropAndResize,
                   .sizes = {0, 0, 5, 0},
                   .roi = {0, 0, 0.25f, 0, 1, 1, 1.5f, 1},
                   .extrapolation = 0.5f,
                   .cubic_a = -0.5f,
                   .exclude_outside = true},
       image,
       {}},
  };
}

class RoundTrip : public ::testing::TestWithParam<OperatorCase> {};

TEST_P(RoundTrip, LoadedGraph_GivesTheSameAnswers) {
  const Graph graph = GraphOf(GetParam());
  const SavedModel saved(graph);
  const Graph loaded = saved.Load();
  std::vector<Tensor> inputs;
  inputs.push_back(RandomTensor(GetParam().input, 77));
  const auto expected = Evaluate(graph, inputs), actual = Evaluate(loaded, inputs);
  EXPECT_EQ(actual.at("y").desc(), expected.at("y").desc());
  EXPECT_TRUE(std::ranges::equal(actual.at("y").bytes(), expected.at("y").bytes()));
}

TEST_P(RoundTrip, LoadedGraph_IsWrittenWithTheSameBytes) {
  const Graph loaded = SavedModel(GraphOf(GetParam())).Load();
  EXPECT_EQ(loaded.nodes().size(), GetParam().nodes);
  // What one operator becomes as several stays as it is from then on.
  const SavedModel saved(GetParam().nodes == 1 ? GraphOf(GetParam()) : loaded);
  EXPECT_EQ(SavedModel(saved.Load()).bytes(), saved.bytes());
}

const auto kCaseName = [](const auto& test) { return test.param.name; };
INSTANTIATE_TEST_SUITE_P(Operators, RoundTrip, ::testing::ValuesIn(Cases()), kCaseName);
INSTANTIATE_TEST_SUITE_P(Elementwise, RoundTrip, ::testing::ValuesIn(ElementwiseCases()),
                         kCaseName);
INSTANTIATE_TEST_SUITE_P(Reductions, RoundTrip, ::testing::ValuesIn(ReductionCases()), kCaseName);

Graph SmallNetwork() {
  GraphBuilder builder;
  const ValueId x = builder.Input("x", {DType::kFloat32, {2, 3, 8, 8}});
  const ValueId w = builder.Constant("w", RandomTensor({8, 3, 3, 3}, 1));
  const ValueId b = builder.Constant("b", RandomTensor({8}, 2));
  const ValueId conv =
      builder.Add("conv", ConvAttrs{.kernel = {3, 3}, .has_bias = true}, {x, w, b});
  const ValueId pool = builder.Add("pool", GlobalPoolAttrs{}, {conv});
  const ValueId flat = builder.Add("flat", FlattenAttrs{1}, {pool});
  const ValueId v = builder.Constant("v", RandomTensor({8, 10}, 3));
  builder.Output(builder.Add("logits", GemmAttrs{}, {flat, v}));
  builder.Metadata("labels", "cat\ndog");
  builder.Metadata("vigil.taps", "conv");
  return std::move(builder).Build();
}

TEST(Save, BatchOfTwo_IsWrittenAsASymbolAndReadAsOne) {
  const SavedModel saved(SmallNetwork());
  EXPECT_EQ(saved.Load().batch(), 1);
  EXPECT_EQ(saved.Load().WithBatch(7).value(saved.Load().outputs()[0]).desc.shape, (Shape{7, 10}));
}

TEST(Save, Metadata_ComesBack) {
  const Graph graph = SmallNetwork();
  EXPECT_EQ(SavedModel(graph).Load().metadata(), graph.metadata());
}

TEST(Save, SameGraph_GivesTheSameBytes) {
  EXPECT_EQ(SavedModel(SmallNetwork()).bytes(), SavedModel(SmallNetwork()).bytes());
}

TEST(Save, HalfWeights_StoresWeightsAsHalfAndReadsThemAsFloat) {
  const Graph graph = SmallNetwork();
  const SavedModel whole(graph), half(graph, {.half_weights = true});
  EXPECT_LT(half.bytes().size(), whole.bytes().size() - 400);  // 216 + 80 weights, 2 bytes each
  const Graph loaded = half.Load();
  EXPECT_EQ(loaded.nodes().size(), graph.nodes().size());
  const auto constant = [](const Graph& g, const char* name) {
    return g.value(*g.Find(name)).constant;
  };
  const auto before = constant(graph, "w")->as<float>();
  const auto after = constant(loaded, "w")->as<float>();
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(after[i], HalfToFloat(FloatToHalf(before[i])));
  }
  EXPECT_TRUE(std::ranges::equal(constant(loaded, "b")->bytes(), constant(graph, "b")->bytes()))
      << "a bias stays float";
  // Values that are halves already are stored without loss.
  EXPECT_EQ(SavedModel(loaded, {.half_weights = true}).bytes(), half.bytes());
}

TEST(Save, WeightBeyondTheRangeOfHalf_KeepsTheTensorInFloat) {
  GraphBuilder builder;
  const ValueId x = builder.Input("x", {DType::kFloat32, {1, 8}});
  Tensor weights = RandomTensor({8, 8}, 1);
  weights.as<float>()[5] = 70000.0f;
  builder.Output(builder.Add("y", GemmAttrs{}, {x, builder.Constant("w", std::move(weights))}));
  const Graph loaded = SavedModel(std::move(builder).Build(), {.half_weights = true}).Load();
  EXPECT_EQ(loaded.value(*loaded.Find("w")).constant->as<float>()[5], 70000.0f);
}

TEST(Save, FolderThatDoesNotExist_IsAnIoErrorThatNamesTheFile) {
  try {
    SaveOnnx(SmallNetwork(), TempFile("no/such/folder/model.onnx"));
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kInput);
    EXPECT_EQ(error.code(), ErrorCode::kIo);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("no/such/folder/model.onnx"));
  }
}

TEST(Save, FileThatCannotBeReplaced_LeavesNothingBehind) {
  const auto folder = TempFile("a_folder.onnx");
  std::filesystem::create_directories(folder / "inside");
  EXPECT_THROW(SaveOnnx(SmallNetwork(), folder), Error);
  for (const auto& entry : std::filesystem::directory_iterator(::testing::TempDir())) {
    EXPECT_THAT(entry.path().filename().string(),
                ::testing::Not(::testing::StartsWith("a_folder.onnx.")));
  }
  std::filesystem::remove_all(folder);
}

TEST(Save, ResizeBySizes_ServesEveryBatchWhenItIsReadAgain) {
  GraphBuilder builder;
  const ValueId x = builder.Input("x", {DType::kFloat32, {3, 2, 4, 4}});
  builder.Output(builder.Add("y", ResizeAttrs{.sizes = {0, 0, 7, 0}}, {x}));
  const Graph loaded = SavedModel(std::move(builder).Build()).Load();
  const Graph at_five = loaded.WithBatch(5);
  EXPECT_EQ(at_five.value(at_five.outputs()[0]).desc.shape, (Shape{5, 2, 7, 4}));
}

TEST(Save, WhatOpset17CannotSay_IsRefusedByName) {
  const auto refusal = [](const OpAttrs& attrs) {
    GraphBuilder builder;
    const ValueId x = builder.Input("x", {DType::kFloat32, {1, 1, 5, 5}});
    builder.Output(builder.Add("node", attrs, {x}));
    try {
      SaveOnnx(std::move(builder).Build(), TempFile("never.onnx"));
      return std::string("accepted");
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
      return std::string(error.what());
    }
  };
  using ::testing::HasSubstr;
  EXPECT_THAT(refusal(PadAttrs{{0, 0, 1, 1, 0, 0, 1, 1}, 0.0f, PadMode::kWrap}),
              HasSubstr("node 'node': a wrapping Pad needs opset 19"));
  const std::vector<float> twice{1, 1, 2, 2};
  EXPECT_THAT(refusal(ResizeAttrs{.mode = ResizeMode::kLinear, .scales = twice, .antialias = true}),
              HasSubstr("antialias needs opset 18"));
  EXPECT_THAT(
      refusal(ResizeAttrs{.coordinates = ResizeCoordinates::kHalfPixelSymmetric, .scales = twice}),
      HasSubstr("half_pixel_symmetric stands in opset 19"));
  EXPECT_THAT(refusal(ResizeAttrs{.scales = twice, .sizes = {0, 0, 9, 9}}),
              HasSubstr("proportions needs opset 18"));
}

TEST(Save, ConstantsOfEveryType_ComeBack) {
  GraphBuilder builder;
  const ValueId x = builder.Input("x", {DType::kFloat32, {1, 4}});
  Tensor indices({DType::kInt64, Shape{2}}), condition({DType::kBool, Shape{2}});
  indices.as<std::int64_t>()[0] = 3;
  condition.as<bool>()[1] = true;
  const ValueId picked =
      builder.Add("picked", GatherAttrs{1}, {x, builder.Constant("i", std::move(indices))});
  builder.Output(builder.Add("chosen", WhereAttrs{},
                             {builder.Constant("c", std::move(condition)), picked, picked}));
  const Graph graph = std::move(builder).Build();
  const SavedModel saved(graph);
  const Graph loaded = saved.Load();
  EXPECT_EQ(loaded.value(*loaded.Find("i")).constant->as<std::int64_t>()[0], 3);
  EXPECT_TRUE(loaded.value(*loaded.Find("c")).constant->as<bool>()[1]);
  EXPECT_EQ(SavedModel(loaded).bytes(), saved.bytes());
}

TEST(Save, DilatedAveragePool_IsRefusedByName) {
  GraphBuilder builder;
  const ValueId x = builder.Input("x", {DType::kFloat32, {1, 1, 5, 5}});
  builder.Output(builder.Add(
      "pool", PoolAttrs{.kind = PoolKind::kAverage, .kernel = {2, 2}, .dilations = {2, 2}}, {x}));
  try {
    SaveOnnx(std::move(builder).Build(), TempFile("never.onnx"));
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("node 'pool'"));
  }
}

}  // namespace
}  // namespace vigil
