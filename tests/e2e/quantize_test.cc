// `vigil quantize` on the two targets that ship: what int8 costs, and the same decisions on every
// backend. The whole of CIFAR-10's test set takes minutes on a software rasteriser; the command is
//   vigil quantize estimator/models/cifar10_target.onnx -o OUT --dataset cifar10 --root DIR
//     --test-images 10000 --backend cpu --also-on reference,vulkan
#include <nlohmann/json.hpp>

#include "engine/onnx/onnx.h"
#include "tests/e2e/command_fixture.h"
#include "tests/support/shared_data.h"

namespace vigil {
namespace {

using testing::Outcome;

// Thousands of images take a build without optimisation many minutes: accuracy is the others'.
#ifdef NDEBUG
constexpr bool kOptimised = true;
#else
constexpr bool kOptimised = false;
#endif
constexpr int kImagesElsewhere = kOptimised ? 48 : 16;

class QuantizeCommand : public testing::CommandFixture {
 protected:
  void SetUp() override {
    if (!VIGIL_COMMAND_HAS_ESTIMATOR) GTEST_SKIP() << "built without the estimator";
  }

  nlohmann::json Quantize(const std::string& model, const std::string& data,
                          const std::string& options) {
    const Outcome made = Vigil("quantize " + model + " -o '" + Path("int8.onnx") + "' --dataset " +
                               data + " --backend cpu --json " + options);
    EXPECT_EQ(made.exit_code, 0) << made.errors;
    return nlohmann::json::parse(made.output, nullptr, false);
  }

  // Loses at most a point against fp32.
  void ExpectAccurate(const std::string& model, const std::string& data) {
    if (!kOptimised) return;
    const auto report = Quantize(model, data, "--test-images 1000");
    ASSERT_EQ(report["rows"].size(), 2u) << report;
    EXPECT_GE(report["rows"][1]["accuracy"].get<double>(),
              report["rows"][0]["accuracy"].get<double>() - 1.0)
        << report;
  }

  // No decision differs on another backend. Integers are the same everywhere, so outputs that tie
  // do so everywhere, too.
  void ExpectTheSameElsewhere(const std::string& model, const std::string& data) {
    const bool vulkan = Vigil("bench " + model + " --seconds 0 --backend vulkan").exit_code == 0;
    const std::string images = " --test-images " + std::to_string(kImagesElsewhere);
    const std::string also_on = vulkan ? "reference,vulkan" : "reference";
    const auto report = Quantize(model, data, "--images 64 --also-on " + also_on + images);
    ASSERT_EQ(report["elsewhere"].size(), vulkan ? 2u : 1u) << report;
    for (const auto& row : report["elsewhere"]) {
      EXPECT_EQ(row["same_decisions"], kImagesElsewhere) << row;
    }
  }

  static std::string Shipped(const std::string& model) {
    return "'" VIGIL_SOURCE_DIR "/estimator/models/" + model + "'";
  }
};

TEST_F(QuantizeCommand, TargetOfTheHeads) {
  const std::string model = Shipped("directness_target.onnx");
  ExpectTheSameElsewhere(model, "rendered");
  ExpectAccurate(model, "rendered");
  const Graph graph = LoadOnnx(Path("int8.onnx"));
  EXPECT_EQ(graph.metadata().at("vigil.task"), "directness");
  EXPECT_TRUE(graph.metadata().contains("vigil.quantization"));
  const Outcome ran = Vigil("bench '" + Path("int8.onnx") + "' --backend cpu --seconds 0.05");
  EXPECT_EQ(ran.exit_code, 0) << ran.errors;
  EXPECT_NE(ran.output.find("int8"), std::string::npos) << ran.output;
}

TEST_F(QuantizeCommand, TargetOfCifar10) {
  const std::string folder = (testing::SharedData() / "cifar10").string();
  const std::string unpack = "'" + folder + "/unpack' '" + Path("cifar") + "' >/dev/null 2>&1";
  if (std::system(unpack.c_str()) != 0) GTEST_SKIP() << folder << " cannot be unpacked";
  const std::string set = "cifar10 --root '" + Path("cifar") + "'";
  ExpectTheSameElsewhere(Shipped("cifar10_target.onnx"), set);
  ExpectAccurate(Shipped("cifar10_target.onnx"), set);
}

}  // namespace
}  // namespace vigil
