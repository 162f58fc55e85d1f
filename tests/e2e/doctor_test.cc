// `vigil doctor` on what is well, and on what is not.
#include <algorithm>
#include <limits>
#include <random>
#include <sstream>

#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "engine/base/text.h"
#include "engine/graph/builder.h"
#include "engine/onnx/onnx.h"
#include "tests/e2e/command_fixture.h"

namespace vigil {
namespace {

using nlohmann::json;

// Three channels in, `dead` of eight feature channels with weights of zero.
Graph SmallTarget(int dead) {
  std::mt19937 generator(3);
  std::normal_distribution<float> normal(0.0f, 0.4f);
  Tensor weights(TensorDesc{DType::kFloat32, {8, 3, 3, 3}}), last({8, 4}, std::vector<float>(32));
  for (float& w : weights.as<float>()) w = normal(generator);
  for (float& w : last.as<float>()) w = normal(generator);
  std::ranges::fill(weights.as<float>().first(static_cast<std::size_t>(dead) * 27), 0.0f);
  GraphBuilder builder;
  const ValueId x = builder.Input("image", {DType::kFloat32, {1, 3, 16, 16}});
  const ValueId conv = builder.Add("conv", ConvAttrs{.kernel = {3, 3}, .pads = {1, 1, 1, 1}},
                                   {x, builder.Constant("conv.weight", std::move(weights))});
  const ValueId relu = builder.Add("relu", UnaryAttrs{.kind = UnaryKind::kRelu}, {conv});
  const ValueId pooled = builder.Add("pooled", GlobalPoolAttrs{}, {relu});
  const ValueId flat = builder.Add("flat", FlattenAttrs{.axis = 1}, {pooled});
  builder.Output(builder.Add("logits", GemmAttrs{},
                             {flat, builder.Constant("logits.weight", std::move(last))}));
  return std::move(builder).Build();
}

class DoctorTest : public testing::CommandFixture {
 protected:
  void SetUp() override {
    if (!VIGIL_COMMAND_HAS_ESTIMATOR) GTEST_SKIP() << "built without the estimator";
  }
  std::string Quoted(const std::string& name) const { return Text("'", Path(name), "'"); }

  json Doctor(const std::string& arguments, int exit_code) {
    const testing::Outcome outcome = Vigil(Text("doctor --json ", arguments));
    EXPECT_EQ(outcome.exit_code, exit_code) << outcome.output << outcome.errors;
    return json::parse(outcome.output, nullptr, false);
  }
  // The one check of this name and subject.
  static json Find(const json& report, const std::string& check, const std::string& subject) {
    for (const json& finding : report["checks"]) {
      if (finding["check"] == check && finding["subject"] == subject) return finding;
    }
    return json{{"result", "missing"}};
  }
};

TEST_F(DoctorTest, SoundModel_HasNoFailure_AndEveryFamilyIsThere) {
  SaveOnnx(SmallTarget(0), Path("t.onnx"));
  const json report = Doctor(Quoted("t.onnx"), 0);
  EXPECT_EQ(report["fail"], 0);
  EXPECT_EQ(Find(report, "dead weights", "t.onnx")["result"], "ok");
  EXPECT_EQ(Find(report, "activations", "t.onnx")["result"], "ok");
  EXPECT_EQ(Find(report, "schema", "t.onnx")["result"], "warn");
  EXPECT_EQ(Find(report, "results, cpu", "t.onnx")["result"], "ok");
  EXPECT_EQ(Find(report, "opset", "t.onnx")["result"], "ok");
  for (const char* family : {"model", "input", "training", "gpu", "api"}) {
    EXPECT_TRUE(std::ranges::any_of(report["checks"], [&](const json& check) {
      return check["family"] == family;
    })) << family;
  }
}

TEST_F(DoctorTest, DeadChannels_AreFoundInWeightsAndInActivations) {
  SaveOnnx(SmallTarget(3), Path("t.onnx"));
  const json report = Doctor(Quoted("t.onnx"), 0);
  const json weights = Find(report, "dead weights", "t.onnx");
  EXPECT_EQ(weights["result"], "warn");
  EXPECT_NE(weights["found"].get<std::string>().find("3 of 12 output channels"), std::string::npos)
      << weights;
  EXPECT_NE(weights["found"].get<std::string>().find("'conv' (3 of 8)"), std::string::npos);
  const json silent = Find(report, "silent channels", "t.onnx");
  EXPECT_EQ(silent["result"], "warn");
  EXPECT_NE(silent["found"].get<std::string>().find("'relu' (3 of 8)"), std::string::npos)
      << silent;
}

TEST_F(DoctorTest, InfiniteWeights_Fail) {
  Graph graph = SmallTarget(0);
  const ValueId id = *graph.Find("conv.weight");
  Tensor broken = graph.value(id).constant->Clone();
  broken.as<float>()[7] = std::numeric_limits<float>::infinity();
  SaveOnnx(graph.WithConstants({{id, std::make_shared<const Tensor>(std::move(broken))}}),
           Path("t.onnx"));
  const json report = Doctor(Quoted("t.onnx"), 1);
  EXPECT_EQ(Find(report, "dead weights", "t.onnx")["result"], "fail");
  EXPECT_EQ(Find(report, "activations", "t.onnx")["result"], "fail");
}

TEST_F(DoctorTest, BrokenAndMissingModels_AreFailuresWithWhatToDo_AndTheRestGoesOn) {
  SaveOnnx(SmallTarget(0), Path("t.onnx"));
  Write("broken.onnx", "no model");
  const json report =
      Doctor(Text(Quoted("broken.onnx"), " ", Quoted("none.onnx"), " ", Quoted("t.onnx")), 1);
  EXPECT_EQ(Find(report, "reads", "broken.onnx")["result"], "fail");
  EXPECT_NE(Find(report, "reads", "broken.onnx")["remedy"], "");
  EXPECT_EQ(Find(report, "reads", "none.onnx")["result"], "fail");
  EXPECT_EQ(Find(report, "results, cpu", "t.onnx")["result"], "ok");
}

TEST_F(DoctorTest, MachineWithoutADriver_IsCheckedOnItsCpu) {
  SaveOnnx(SmallTarget(0), Path("t.onnx"));
  setenv("VK_ICD_FILENAMES", "/nowhere/none.json", 1);
  setenv("VK_DRIVER_FILES", "/nowhere/none.json", 1);
  const json report = Doctor(Quoted("t.onnx"), 0);
  unsetenv("VK_ICD_FILENAMES");
  unsetenv("VK_DRIVER_FILES");
  const json driver = Find(report, "driver and limits", "Vulkan");
  EXPECT_TRUE(driver["result"] == "skipped" || driver["result"] == "warn") << driver;
  EXPECT_EQ(Find(report, "device-lost drill", "")["result"], "skipped");
  EXPECT_EQ(Find(report, "results, cpu", "small network")["result"], "ok");
}

TEST_F(DoctorTest, Table_KeepsItsWidth_AndSaysWhatToDo) {
  SaveOnnx(SmallTarget(8), Path("t.onnx"));
  const testing::Outcome outcome = Vigil(Text("doctor ", Quoted("t.onnx")));
  EXPECT_EQ(outcome.errors, "");
  for (const char* family : {"\nModel\n", "\nInput\n", "\nTraining\n", "\nGPU\n", "\nAPI\n"})
    EXPECT_NE(outcome.output.find(family), std::string::npos) << family;
  EXPECT_NE(outcome.output.find("-> They cost time and memory"), std::string::npos);
  std::istringstream lines(outcome.output);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 103u) << line;
}

TEST_F(DoctorTest, OpenSecretKeyAndBrokenConfiguration_Fail) {
  SaveOnnx(SmallTarget(0), Path("t.onnx"));
  Write("secret.key", "x");
  chmod(Path("secret.key").c_str(), 0644);
  Write("vigild.toml", Text("[models]\nestimator = \"", Path("t.onnx"), "\"\n[store]\npath = \"",
                            Path("records.db"), "\"\n[keys]\nsecret = \"", Path("secret.key"),
                            "\"\npublic = \"", Path("public.key"), "\"\n"));
  const json report = Doctor(Text(Quoted("t.onnx"), " --config ", Quoted("vigild.toml")), 1);
  const json key = Find(report, "secret key's rights", "");
  EXPECT_EQ(key["result"], "fail") << report.dump(1);
  EXPECT_NE(key["found"].get<std::string>().find("mode 0644"), std::string::npos) << key;
  Write("broken.toml", "[models\n");
  EXPECT_EQ(Find(Doctor(Text(Quoted("t.onnx"), " --config ", Quoted("broken.toml")), 1),
                 "configuration", "broken.toml")["result"],
            "fail");
}

}  // namespace
}  // namespace vigil
