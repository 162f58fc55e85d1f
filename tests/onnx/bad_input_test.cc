// Whatever stands in a file, reading it ends with a graph or with one line that says what is wrong.
#include <filesystem>
#include <fstream>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/graph/builder.h"
#include "engine/onnx/onnx.h"
#include "tests/onnx/wire.h"
#include "tests/support/evaluate.h"

namespace vigil {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace testing;  // NOLINT(google-build-using-namespace): the tests' own helpers

// Tests may run side by side, each in its own process.
std::filesystem::path TempFile(const std::string& name) {
  const std::string test = ::testing::UnitTest::GetInstance()->current_test_info()->name();
  return std::filesystem::path(::testing::TempDir()) / (test + "_" + name);
}

struct Failure {
  Fault fault = Fault::kApi;
  ErrorCode code = ErrorCode::kMisuse;
  std::string message = "nothing was thrown";
};

template <typename Call>
Failure FailureOf(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    return {error.fault(), error.code(), error.what()};
  }
  return {};
}

Failure ParseFailure(const WireModel& model) {
  const std::string bytes = model.Bytes();
  return FailureOf([&] { ParseOnnx(std::as_bytes(std::span(bytes)), "bad.onnx"); });
}

void ExpectFailure(const Failure& failure, ErrorCode code, std::vector<std::string> parts) {
  EXPECT_EQ(failure.fault, Fault::kModel);
  EXPECT_EQ(CodeName(failure.code), CodeName(code)) << failure.message;
  EXPECT_THAT(failure.message, AllOf(HasSubstr("bad.onnx: "), Not(HasSubstr("\n"))));
  for (const std::string& part : parts) EXPECT_THAT(failure.message, HasSubstr(part));
}

WireModel Relu() { return OneNode(NodeWire("Relu", {"x"}, {"y"}), 13); }

TEST(BadInput, MissingFile_IsNotFound) {
  const Failure failure = FailureOf([] { LoadOnnx("no/such/model.onnx"); });
  EXPECT_EQ(failure.fault, Fault::kInput);
  EXPECT_EQ(failure.code, ErrorCode::kNotFound);
  EXPECT_THAT(failure.message, HasSubstr("no/such/model.onnx"));
}

TEST(BadInput, Folder_IsAnIoError) {
  const Failure failure = FailureOf([] { LoadOnnx(::testing::TempDir()); });
  EXPECT_EQ(failure.fault, Fault::kInput);
  EXPECT_EQ(failure.code, ErrorCode::kIo);
  EXPECT_THAT(failure.message, HasSubstr("folder"));
}

TEST(BadInput, EmptyAndTextFiles_AreNoModels) {
  for (const std::string text : {"", "# a model\nthis is not one\n", "\x08"}) {
    const auto path = TempFile("bad.onnx");
    std::ofstream(path) << text;
    ExpectFailure(FailureOf([&] { LoadOnnx(path); }), ErrorCode::kMalformed, {"no ONNX model"});
    std::filesystem::remove(path);
  }
}

TEST(BadInput, UnsupportedOperators_AreAllNamedInOneLine) {
  WireModel model = Relu();
  model.nodes = {NodeWire("GRU", {"x"}, {"a"}), NodeWire("LSTM", {"a"}, {"b"}),
                 NodeWire("GRU", {"b"}, {"y"})};
  model.nodes.push_back(NodeWire("Relu", {"x"}, {"z"}).Bytes(7, "com.other"));
  ExpectFailure(ParseFailure(model), ErrorCode::kUnsupported,
                {"opset 13", "GRU x2 (node 'the_GRU')", "LSTM x1", "com.other:Relu x1"});
}

TEST(BadInput, Cycle_NamesANodeOfIt) {
  WireModel model = Relu();
  model.nodes = {NodeWire("Add", {"x", "b"}, {"a"}), NodeWire("Sigmoid", {"a"}, {"b"}),
                 NodeWire("Relu", {"b"}, {"y"})};
  const Failure failure = ParseFailure(model);
  ExpectFailure(failure, ErrorCode::kMalformed, {"cycle"});
  EXPECT_THAT(failure.message, Not(HasSubstr("the_Relu")));
}

TEST(BadInput, NameThatNothingDefines_NamesNodeAndValue) {
  WireModel model = OneNode(NodeWire("Add", {"x", "ghost"}, {"y"}), 13);
  ExpectFailure(ParseFailure(model), ErrorCode::kMalformed, {"'the_Add'", "'ghost'"});
}

TEST(BadInput, OutputThatNothingDefines_IsNamed) {
  WireModel model = Relu();
  model.outputs = {"ghost"};
  ExpectFailure(ParseFailure(model), ErrorCode::kMalformed, {"'ghost'"});
}

TEST(BadInput, NameDefinedTwice_IsNamed) {
  WireModel model = Relu();
  model.nodes.push_back(NodeWire("Sigmoid", {"x"}, {"y"}));
  ExpectFailure(ParseFailure(model), ErrorCode::kMalformed, {"'the_Sigmoid'", "'y'"});
  model = Relu();
  model.nodes.push_back(NodeWire("Sigmoid", {"y"}, {"x"}));
  ExpectFailure(ParseFailure(model), ErrorCode::kMalformed, {"'x'"});
}

TEST(BadInput, SecondOutputOfDropoutThatIsRead_IsRefused) {
  WireModel model = Relu();
  model.nodes = {NodeWire("Dropout", {"x"}, {"a", "mask"}), NodeWire("Add", {"a", "mask"}, {"y"})};
  ExpectFailure(ParseFailure(model), ErrorCode::kUnsupported, {"'the_Add'", "'mask'"});
}

TEST(BadInput, BytesThatDoNotFitTheDimensions_AreCounted) {
  WireModel model = OneNode(NodeWire("Add", {"x", "b"}, {"y"}), 13);
  model.initializers = {TensorWire("b", 1, {3}, RawData<float>({1.0f, 2.0f}))};
  ExpectFailure(ParseFailure(model), ErrorCode::kMalformed, {"'b'", "8 bytes", "expected 12"});
}

TEST(BadInput, AbsurdDimensions_TakeNoMemory) {
  for (const std::vector<std::int64_t>& dims : {std::vector<std::int64_t>{1LL << 62, 1LL << 62},
                                                {-4},
                                                {1LL << 40},
                                                {1, 1, 1, 1, 1, 1, 1, 1},
                                                {2147483647}}) {
    WireModel model = OneNode(NodeWire("Add", {"x", "b"}, {"y"}), 13);
    model.initializers = {TensorWire("b", 1, dims, "")};
    const Failure failure = ParseFailure(model);
    EXPECT_EQ(failure.fault, Fault::kModel) << failure.message;
    EXPECT_THAT(failure.message, HasSubstr("'b'"));
  }
}

TEST(BadInput, ExternalData_IsRefusedWithItsFile) {
  WireModel model = OneNode(NodeWire("Add", {"x", "b"}, {"y"}), 13);
  Wire tensor = TensorWire("b", 1, {1}, "");
  tensor.Message(13, Wire().Bytes(1, "location").Bytes(2, "weights.bin")).Int(14, 1);
  model.initializers = {tensor};
  ExpectFailure(ParseFailure(model), ErrorCode::kUnsupported, {"'b'", "weights.bin"});
}

TEST(BadInput, SymbolicDimensionThatIsNoBatch_IsNamed) {
  WireModel model = Relu();
  model.inputs = {ValueWire("x", {1, 3, 0, 8})};
  ExpectFailure(ParseFailure(model), ErrorCode::kUnsupported, {"'x'", "dimension 2", "'n'"});
}

TEST(BadInput, ShapeKnownOnlyAtRunTime_IsRefusedByName) {
  WireModel model = OneNode(NodeWire("Reshape", {"x", "x"}, {"y"}), 13);
  ExpectFailure(ParseFailure(model), ErrorCode::kUnsupported, {"'the_Reshape'", "'x'", "run time"});
}

TEST(BadInput, AttributesThatMakeNoSense_NameTheNode) {
  const auto conv = [](const Wire& attribute) {
    WireModel model = OneNode(NodeWire("Conv", {"x", "w"}, {"y"}, {attribute}), 13);
    model.initializers = {TensorWire("w", 1, {1, 2, 1, 1}, RawData<float>({1.0f, 1.0f}))};
    return ParseFailure(model);
  };
  constexpr std::int64_t kHuge = std::int64_t{1} << 62;
  for (const Wire& attribute :
       {IntsAttribute("strides", {0, 0}), IntsAttribute("strides", {1}),
        IntsAttribute("pads", {-1, 0, 0, 0}), IntsAttribute("pads", {kHuge, kHuge, kHuge, kHuge}),
        IntsAttribute("dilations", {kHuge, 1}), IntsAttribute("kernel_shape", {9, 9}),
        IntAttribute("group", 0), IntAttribute("group", -1), IntAttribute("strides", 2),
        StringAttribute("auto_pad", "SOMEHOW")}) {
    const Failure failure = conv(attribute);
    EXPECT_EQ(failure.fault, Fault::kModel);
    EXPECT_THAT(failure.message, AllOf(HasSubstr("bad.onnx: "), HasSubstr("'the_Conv'")));
  }
}

TEST(BadInput, NamesWithLineBreaks_StayInOneLine) {
  WireModel model = Relu();
  model.nodes = {NodeWire("Two\nLines", {"x"}, {"y"})};
  ExpectFailure(ParseFailure(model), ErrorCode::kUnsupported, {"Two?Lines"});
}

TEST(BadInput, MissingOpset_IsSaid) {
  WireModel model = Relu();
  model.opset = 0;
  ExpectFailure(ParseFailure(model), ErrorCode::kMalformed, {"opset 0"});
}

TEST(BadInput, DeeplyNestedMessage_IsRefused) {
  // A group of a field that we do not know (100) opens within itself, 100,000 times.
  std::string bytes;
  for (int depth = 0; depth < 100000; ++depth) bytes += "\xa3\x06";
  ExpectFailure(FailureOf([&] { ParseOnnx(std::as_bytes(std::span(bytes)), "bad.onnx"); }),
                ErrorCode::kMalformed, {"no ONNX model"});
}

// A small model as our writer makes it.
std::string SmallModelBytes() {
  GraphBuilder builder;
  const ValueId x = builder.Input("x", {DType::kFloat32, {1, 2, 5, 5}});
  const ValueId w = builder.Constant("w", RandomTensor({4, 2, 3, 3}, 1));
  const ValueId conv = builder.Add("conv", ConvAttrs{.kernel = {3, 3}}, {x, w});
  builder.Output(builder.Add("relu", UnaryAttrs{UnaryKind::kRelu}, {conv}));
  builder.Metadata("labels", "a,b");
  const auto path = TempFile("small.onnx");
  SaveOnnx(std::move(builder).Build(), path);
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  std::filesystem::remove(path);
  return bytes;
}

TEST(BadInput, ModelCutAnywhere_IsMalformed) {
  const std::string bytes = SmallModelBytes();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const Failure failure =
        FailureOf([&] { ParseOnnx(std::as_bytes(std::span(bytes)).first(size), "bad.onnx"); });
    ExpectFailure(failure, ErrorCode::kMalformed, {"truncated"});
  }
}

TEST(BadInput, ModelWithFlippedBytes_GivesAGraphOrOneLine) {
  const std::string bytes = SmallModelBytes();
  std::mt19937 random(3);
  int refused = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string broken = bytes;
    for (int flips = 1 + static_cast<int>(random() % 3); flips > 0; --flips) {
      broken[random() % broken.size()] = static_cast<char>(random());
    }
    const Failure failure =
        FailureOf([&] { ParseOnnx(std::as_bytes(std::span(broken)), "bad.onnx"); });
    if (failure.message == Failure().message) continue;
    ++refused;
    EXPECT_THAT(failure.message, AllOf(HasSubstr("bad.onnx: "), Not(HasSubstr("\n"))));
  }
  EXPECT_GT(refused, 0);
}

TEST(BadInput, TensorFileThatIsNone_IsMalformed) {
  const auto path = TempFile("bad.onnx");
  std::ofstream(path) << "text";
  ExpectFailure(FailureOf([&] { LoadTensorProto(path); }), ErrorCode::kMalformed,
                {"no ONNX tensor"});
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace vigil
