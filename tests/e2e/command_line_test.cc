// The command `vigil` as a user meets it: exit codes, and one line for what is wrong with an input.
#include <limits>
#include <sstream>

#include "engine/graph/builder.h"
#include "engine/onnx/onnx.h"
#include "tests/e2e/command_fixture.h"
#include "tests/onnx/wire.h"

namespace vigil {
namespace {

namespace fs = std::filesystem;
using testing::Outcome;

class CommandLine : public testing::CommandFixture {
 protected:
  CommandLine() {
    GraphBuilder builder;
    const ValueId x = builder.Input("x", {DType::kFloat32, {1, 2, 3}});
    const ValueId doubled = builder.Add("doubled", BinaryAttrs{}, {x, x});
    builder.Output(builder.Add("positive", UnaryAttrs{UnaryKind::kRelu}, {doubled}));
    SaveOnnx(std::move(builder).Build(), Path("model.onnx"));
  }
  // Version 1 of NumPy's format, as its documentation describes it.
  void WriteNpy(const std::string& name, const std::string& shape,
                const std::vector<float>& values) const {
    std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + ", }";
    header.resize((10 + header.size() + 1 + 63) / 64 * 64 - 11, ' ');
    header += '\n';
    std::string bytes("\x93NUMPY\x01\x00", 8);
    bytes += static_cast<char>(header.size() & 255);
    bytes += static_cast<char>(header.size() >> 8);
    bytes += header;
    bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
    Write(name, bytes);
  }

  std::string RunWith(const std::string& input) const {
    return "run '" + Path("model.onnx") + "' --backend cpu --input '" + Path(input) + "'";
  }
};

TEST_F(CommandLine, Run_Npy_PrintsTheOutputAndTheTap) {
  WriteNpy("x.npy", "(1, 2, 3)", {1.5f, -2.0f, 3.0f, 0.0f, -0.5f, 4.0f});
  const Outcome outcome = Vigil(RunWith("x.npy") + " --taps doubled");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(outcome.errors, "");
  EXPECT_NE(outcome.output.find("3.0000 0.0000 6.0000 0.0000 0.0000 8.0000"), std::string::npos)
      << outcome.output;
  EXPECT_NE(outcome.output.find("3.0000 -4.0000 6.0000 0.0000 -1.0000 8.0000"), std::string::npos)
      << outcome.output;
  EXPECT_NE(outcome.output.find("on cpu ("), std::string::npos) << outcome.output;
}

TEST_F(CommandLine, Run_IndicesAndTruths_PrintsThemAsNumbers) {
  GraphBuilder builder;
  const ValueId x = builder.Input("x", {DType::kFloat32, {1, 2, 3}});
  const ValueId truth = builder.Add("truth", CastAttrs{DType::kBool}, {x});
  builder.Output(builder.Add("number", CastAttrs{DType::kFloat32}, {truth}));
  builder.Output(builder.Add("best", ArgMaxAttrs{2}, {x}));
  SaveOnnx(std::move(builder).Build(), Path("model.onnx"));
  WriteNpy("x.npy", "(1, 2, 3)", {1.5f, 2.0f, 0.0f, 0.0f, -0.5f, 4.0f});
  const Outcome outcome = Vigil(RunWith("x.npy") + " --taps truth");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_NE(outcome.output.find("1.0000 2.0000"), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find("1.0000 1.0000 0.0000 0.0000 1.0000 1.0000"), std::string::npos)
      << outcome.output;
}

TEST_F(CommandLine, Run_NotANumber_NamesFileAndIndex) {
  WriteNpy("x.npy", "(1, 2, 3)", {1, 1, 1, 1, 1, std::numeric_limits<float>::quiet_NaN()});
  ExpectFailure(RunWith("x.npy"), "input", {"x.npy", "[0, 1, 2]", "nan"});
}

TEST_F(CommandLine, Run_WrongShape_NamesFileInputAndShapes) {
  WriteNpy("x.npy", "(1, 3, 2)", std::vector<float>(6));
  ExpectFailure(RunWith("x.npy"), "input", {"x.npy", "'x'", "1x3x2", "Nx2x3"});
}

TEST_F(CommandLine, Run_NpyCutShort_SaysHowManyBytesAreMissing) {
  WriteNpy("x.npy", "(1, 2, 3)", std::vector<float>(5));
  ExpectFailure(RunWith("x.npy"), "input", {"x.npy", "24", "20"});
}

TEST_F(CommandLine, Run_UnreadableImage_NamesTheFile) {
  Write("x.png", "no image");
  ExpectFailure(RunWith("x.png"), "input", {"x.png"});
}

TEST_F(CommandLine, Run_MissingInput_NamesTheFile) {
  ExpectFailure(RunWith("absent.npy"), "input", {"absent.npy"});
}

TEST_F(CommandLine, Run_TooManyInputs_NamesTheModelsInputs) {
  WriteNpy("x.npy", "(1, 2, 3)", std::vector<float>(6));
  ExpectFailure(RunWith("x.npy") + " '" + Path("x.npy") + "'", "input", {"2", "1", "'x'"});
}

TEST_F(CommandLine, Run_UnknownTap_NamesCloseOnes) {
  WriteNpy("x.npy", "(1, 2, 3)", std::vector<float>(6));
  ExpectFailure(RunWith("x.npy") + " --taps doubt", "api", {"'doubt'", "'doubled'"});
}

TEST_F(CommandLine, Inspect_MissingModel_IsAnInputError) {
  ExpectFailure("inspect '" + Path("absent.onnx") + "'", "input", {"absent.onnx"});
}

TEST_F(CommandLine, Inspect_TextInsteadOfAModel_IsAModelError) {
  Write("text.onnx", "this is no model, only a line of text\n");
  ExpectFailure("inspect '" + Path("text.onnx") + "'", "model", {"text.onnx"});
}

TEST_F(CommandLine, Inspect_SaysWhatATapCosts) {
  const Outcome outcome = Vigil("inspect '" + Path("model.onnx") + "'");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_NE(outcome.output.find("second store"), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find("24 B"), std::string::npos) << outcome.output;
}

// Conv, BatchNormalization, Relu: folding removes the first value, fusion swallows the second.
Graph FoldedModel() {
  GraphBuilder builder;
  const ValueId x = builder.Input("image", {DType::kFloat32, {1, 2, 4, 4}});
  const auto constant = [&](const char* name, const Shape& shape) {
    const std::vector<float> ones(static_cast<std::size_t>(shape.elements()), 1.0f);
    return builder.Constant(name, Tensor(shape, ones));
  };
  const ValueId conv = builder.Add("raw", ConvAttrs{.kernel = {3, 3}, .pads = {1, 1, 1, 1}},
                                   {x, constant("w", {3, 2, 3, 3})});
  const ValueId norm = builder.Add("normal", BatchNormAttrs{},
                                   {conv, constant("scale", {3}), constant("bias", {3}),
                                    constant("mean", {3}), constant("variance", {3})});
  builder.Output(builder.Add("positive", UnaryAttrs{UnaryKind::kRelu}, {norm}));
  return std::move(builder).Build();
}

// The words of the line that starts with `name`, one space between them.
std::string LineOf(const std::string& output, const std::string& name) {
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string joined;
    for (std::string word; words >> word;) joined += (joined.empty() ? "" : " ") + word;
    if (joined.starts_with(name + " ")) return joined;
  }
  return "";
}

TEST_F(CommandLine, Inspect_ListsEveryTapWithBytesARecordAndItsCost) {
  SaveOnnx(FoldedModel(), Path("folded.onnx"));
  const Outcome outcome = Vigil("inspect '" + Path("folded.onnx") + "'");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  const std::string taps = outcome.output.substr(outcome.output.find("Tap candidates"));
  // 2 or 3 planes of 16 elements: 4, 2, and 1 byte each with 8 bytes a plane beside.
  EXPECT_EQ(LineOf(taps, "image"), "image 1x2x4x4 128 B 64 B 48 B - (an input as it came)");
  // 3 x 16 outputs of 18 products each.
  EXPECT_EQ(LineOf(taps, "raw"), "raw 1x3x4x4 192 B 96 B 72 B 1 extra dispatch, 864 MAC");
  EXPECT_EQ(LineOf(taps, "normal"), "normal 1x3x4x4 192 B 96 B 72 B second store");
  EXPECT_EQ(LineOf(taps, "positive"), "positive 1x3x4x4 192 B 96 B 72 B -");
}

TEST_F(CommandLine, Verify_PrintsTheWorstLayersAndEndToEnd) {
  SaveOnnx(FoldedModel(), Path("folded.onnx"));
  for (const std::string backend : {"reference", "cpu"}) {
    const Outcome outcome =
        Vigil("verify '" + Path("folded.onnx") + "' --backend " + backend + " --taps all");
    EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
    EXPECT_NE(outcome.output.find(backend + " ("), std::string::npos) << outcome.output;
    for (const std::string word :
         {"seed 1", "Conv", "tolerance", "End to end", "all layers are within their tolerance"}) {
      EXPECT_NE(outcome.output.find(word), std::string::npos) << word << "\n" << outcome.output;
    }
  }
}

TEST_F(CommandLine, Verify_TakesInputFilesBatchesAndSeeds) {
  WriteNpy("x.npy", "(2, 2, 3)", std::vector<float>(12, -1.5f));
  const std::string model = "verify '" + Path("model.onnx") + "' --backend cpu";
  EXPECT_NE(Vigil(model + " --input '" + Path("x.npy") + "'").output.find("batch 2"),
            std::string::npos);
  const std::string json = Vigil(model + " --batch 3 --seed 7 --json").output;
  for (const std::string word : {"\"passed\": true", "\"batch\": 3", "seed 7", "\"fp32\""}) {
    EXPECT_NE(json.find(word), std::string::npos) << word << "\n" << json;
  }
}

TEST_F(CommandLine, Verify_WrongUsage_ExitsWithTwo) {
  const std::string model = "verify '" + Path("model.onnx") + "'";
  EXPECT_EQ(Vigil("verify").exit_code, 2);
  EXPECT_EQ(Vigil(model + " --backend cpu,reference").exit_code, 2);
  EXPECT_EQ(Vigil(model + " --onnx-test '" + Path("") + "'").exit_code, 2);
  EXPECT_EQ(Vigil(model + " --batch 2 --input '" + Path("x.npy") + "'").exit_code, 2);
}

TEST_F(CommandLine, VerifyOnnxTest_ClosesWithTheCounts) {
  const auto tensor = [](const std::vector<float>& values) {
    return testing::TensorWire("t", 1, {1, 2, 3}, testing::RawData(values)).bytes();
  };
  for (const std::string name : {"good", "incomplete", "unknown"}) {
    fs::create_directories(Path("cases/" + name + "/test_data_set_0"));
    fs::copy_file(Path("model.onnx"), Path("cases/" + name + "/model.onnx"));
    Write("cases/" + name + "/test_data_set_0/input_0.pb", tensor({1, -1, 2, -2, 3, -3}));
    Write("cases/" + name + "/test_data_set_0/output_0.pb", tensor({2, 0, 4, 0, 6, 0}));
  }
  const std::string verify = "verify --onnx-test '" + Path("cases") + "' --backend reference,cpu";
  const Outcome good = Vigil("verify --onnx-test '" + Path("cases/good") + "' --backend cpu");
  EXPECT_EQ(good.exit_code, 0) << good.output << good.errors;
  EXPECT_TRUE(good.output.ends_with("\n1 passed, 0 failed, 0 skipped\n")) << good.output;

  fs::remove(Path("cases/incomplete/test_data_set_0/output_0.pb"));
  const auto node = testing::NodeWire("Cholesky", {"x"}, {"y"});
  Write("cases/unknown/model.onnx", testing::OneNode(node, 13).Bytes());
  const Outcome outcome = Vigil(verify);
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.errors, "");
  EXPECT_NE(outcome.output.find("\nfailed: incomplete on reference: "), std::string::npos);
  EXPECT_NE(outcome.output.find("\nskipped: unknown on cpu: "), std::string::npos);
  EXPECT_NE(outcome.output.find("Cholesky"), std::string::npos);
  EXPECT_TRUE(outcome.output.ends_with("\n2 passed, 2 failed, 2 skipped\n")) << outcome.output;
  EXPECT_NE(Vigil(verify + " --json").output.find("\"failed\": 2"), std::string::npos);
}

TEST_F(CommandLine, VerifyOnnxTest_WithoutCasesOrFolder_Fails) {
  fs::create_directories(Path("empty"));
  const Outcome none = Vigil("verify --onnx-test '" + Path("empty") + "' --backend cpu");
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_TRUE(none.output.ends_with("\n0 passed, 0 failed, 0 skipped\n")) << none.output;
  ExpectFailure("verify --onnx-test '" + Path("absent") + "'", "input", {"no such folder"});
}

TEST_F(CommandLine, BenchStartup_PrintsColdAndWarmStarts) {
  const std::string bench =
      "bench '" + Path("model.onnx") + "' --backend cpu --startup --repeats 2";
  const Outcome outcome = Vigil(bench);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  for (const std::string word : {"cpu (", "median of 2", "cold", "warm", "compile", "first run"}) {
    EXPECT_NE(outcome.output.find(word), std::string::npos) << word << "\n" << outcome.output;
  }
  const std::string json = Vigil(bench + " --json").output;
  for (const std::string word : {"\"cold\"", "\"warm\"", "\"open_ms\"", "\"second_run_ms\""}) {
    EXPECT_NE(json.find(word), std::string::npos) << word << "\n" << json;
  }
}

TEST_F(CommandLine, BenchStartup_FailureInTheChild_IsOneLine) {
  ExpectFailure("bench '" + Path("absent.onnx") + "' --startup --backend cpu", "input",
                {"absent.onnx"});
}

TEST_F(CommandLine, Devices_ListsEveryBackend) {
  const Outcome outcome = Vigil("devices");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  for (const std::string name : {"vulkan", "cpu", "reference"}) {
    EXPECT_NE(outcome.output.find(name), std::string::npos) << outcome.output;
  }
}

TEST_F(CommandLine, Bench_PrintsFiguresWithBackendAndPrecision) {
  const Outcome outcome =
      Vigil("bench '" + Path("model.onnx") + "' --backend cpu --seconds 0 --batch 2 --profile");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  for (const std::string word : {"cpu (", "fp32", "batch 2", "median", "p95", "GFLOP/s", "Add"}) {
    EXPECT_NE(outcome.output.find(word), std::string::npos) << word << "\n" << outcome.output;
  }
}

TEST_F(CommandLine, WrongUsage_ExitsWithTwo) {
  EXPECT_EQ(Vigil("").exit_code, 2);
  EXPECT_EQ(Vigil("run").exit_code, 2);
  EXPECT_EQ(Vigil("devices --colour").exit_code, 2);
  EXPECT_EQ(Vigil("bench '" + Path("model.onnx") + "' --backend cuda").exit_code, 2);
}

TEST_F(CommandLine, Help_ExitsWithZero) { EXPECT_EQ(Vigil("--help").exit_code, 0); }

}  // namespace
}  // namespace vigil
