// --precision and `vigil quantize` as a user meets them.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
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

// y = x * 300 * 300: beyond float16 from 0.73 on.
Graph Large() {
  GraphBuilder builder;
  const float factor = 300.0f;
  const ValueId x = builder.Input("x", {DType::kFloat32, {1, 8}});
  const ValueId k = builder.Constant("k", Tensor(Shape{1}, std::span(&factor, 1)));
  const BinaryAttrs multiply{BinaryKind::kMul};
  builder.Output(builder.Add("y", multiply, {builder.Add("a", multiply, {x, k}), k}));
  return std::move(builder).Build();
}

class PrecisionCommand : public ::testing::Test {
 protected:
  PrecisionCommand()
      : folder_(fs::temp_directory_path() / ("vigil-precision-" + std::to_string(getpid()))) {
    fs::create_directories(folder_);
    SaveOnnx(Large(), Path("large.onnx"));
  }
  ~PrecisionCommand() override { fs::remove_all(folder_); }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }

  Outcome Vigil(const std::string& arguments) const {
    const std::string command = std::string("'") + VIGIL_COMMAND + "' " + arguments + " >'" +
                                Path("out") + "' 2>'" + Path("err") + "'";
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, ReadText(Path("out")),
            ReadText(Path("err"))};
  }

  fs::path folder_;
};

TEST_F(PrecisionCommand, Inspect_SaysWhichLayersStayInFloat32AndWhy) {
  const Outcome outcome =
      Vigil("inspect " + Path("large.onnx") + " --precision fp16 --backend cpu");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_NE(outcome.output.find("'y' stays in fp32: output 'y' reached"), std::string::npos)
      << outcome.output;
  EXPECT_EQ(outcome.output.find("'a' stays"), std::string::npos) << outcome.output;
}

TEST_F(PrecisionCommand, Bench_Auto_PrintsWhatItTried) {
  const Outcome outcome =
      Vigil("bench " + Path("large.onnx") + " --precision auto --backend cpu --seconds 0.05");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_NE(outcome.output.find("    fp16  "), std::string::npos) << outcome.output;
}

TEST_F(PrecisionCommand, Int8OfAFloatModel_NamesTheWayToMakeOne) {
  const Outcome outcome = Vigil("bench " + Path("large.onnx") + " --precision int8 --backend cpu");
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.errors.find("see `vigil quantize`"), std::string::npos) << outcome.errors;
}

// Few images: that the whole way works, not how good it is (the model cards say that).
TEST_F(PrecisionCommand, Quantize_WritesAModelThatRunsInIntegersOnEveryBackend) {
  if (Vigil("quantize --help").exit_code != 0) GTEST_SKIP() << "built without the estimator";
  const std::string model = VIGIL_SOURCE_DIR "/estimator/models/directness_target.onnx";
  const Outcome made = Vigil("quantize " + model + " -o " + Path("int8.onnx") +
                             " --dataset rendered --images 16 --test-images 16 --backend cpu "
                             "--json");
  ASSERT_EQ(made.exit_code, 0) << made.errors;
  const auto report = nlohmann::json::parse(made.output);
  EXPECT_EQ(report["rows"].size(), 2u);
  EXPECT_LT(report["rows"][1]["relative_error"].get<double>(), 0.2) << made.output;
  const Graph graph = LoadOnnx(Path("int8.onnx"));
  EXPECT_EQ(graph.metadata().at("vigil.task"), "directness");
  EXPECT_TRUE(graph.metadata().contains("vigil.quantization"));
  const Outcome ran = Vigil("bench " + Path("int8.onnx") + " --backend cpu --seconds 0.05");
  EXPECT_EQ(ran.exit_code, 0) << ran.errors;
  EXPECT_NE(ran.output.find("int8"), std::string::npos) << ran.output;
}

}  // namespace
}  // namespace vigil
