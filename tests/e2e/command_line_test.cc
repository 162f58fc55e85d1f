// The command `vigil` as a user meets it: exit codes, and one line for what is wrong with an input.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/graph/builder.h"
#include "engine/onnx/onnx.h"

namespace vigil {
namespace {

namespace fs = std::filesystem;

struct Outcome {
  int exit_code = -1;
  std::string output, errors;
};

std::string ReadText(const fs::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

class CommandLine : public ::testing::Test {
 protected:
  CommandLine() : folder_(fs::temp_directory_path() / ("vigil-cli-" + std::to_string(getpid()))) {
    fs::create_directories(folder_);
    GraphBuilder builder;
    const ValueId x = builder.Input("x", {DType::kFloat32, {1, 2, 3}});
    const ValueId doubled = builder.Add("doubled", BinaryAttrs{}, {x, x});
    builder.Output(builder.Add("positive", UnaryAttrs{UnaryKind::kRelu}, {doubled}));
    SaveOnnx(std::move(builder).Build(), Path("model.onnx"));
  }
  ~CommandLine() override { fs::remove_all(folder_); }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }

  void Write(const std::string& name, const std::string& bytes) const {
    std::ofstream(Path(name), std::ios::binary) << bytes;
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

  Outcome Vigil(const std::string& arguments) const {
    const std::string command = std::string("'") + VIGIL_COMMAND + "' " + arguments + " >'" +
                                Path("out") + "' 2>'" + Path("err") + "'";
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, ReadText(Path("out")),
            ReadText(Path("err"))};
  }

  // Fails with one line of this family that contains all the words.
  void ExpectFailure(const std::string& arguments, const std::string& family,
                     const std::vector<std::string>& words) const {
    const Outcome outcome = Vigil(arguments);
    EXPECT_EQ(outcome.exit_code, 1) << arguments << "\n" << outcome.errors;
    EXPECT_EQ(outcome.output, "") << arguments;
    EXPECT_EQ(std::ranges::count(outcome.errors, '\n'), 1) << outcome.errors;
    EXPECT_TRUE(outcome.errors.starts_with("vigil: " + family + " error: ")) << outcome.errors;
    for (const std::string& word : words) {
      EXPECT_NE(outcome.errors.find(word), std::string::npos) << word << "\n" << outcome.errors;
    }
  }

  std::string RunWith(const std::string& input) const {
    return "run '" + Path("model.onnx") + "' --backend cpu --input '" + Path(input) + "'";
  }

  const fs::path folder_;
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
