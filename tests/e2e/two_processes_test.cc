// Two processes on one device at once: each proves its own answers against the reference.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace vigil {
namespace {

namespace fs = std::filesystem;

std::string ReadText(const fs::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

class TwoProcesses : public ::testing::TestWithParam<std::string> {
 protected:
  TwoProcesses() : folder_(fs::temp_directory_path() / ("vigil-two-" + std::to_string(getpid()))) {
    fs::create_directories(folder_);
  }
  ~TwoProcesses() override { fs::remove_all(folder_); }

  // A command line that ends with an exit code of its own in the file `name`.
  std::string Verify(const std::string& name, const std::string& model) const {
    return std::string("('") + VIGIL_COMMAND + "' verify '" + VIGIL_SOURCE_DIR +
           "/estimator/models/" + model + "' --backend " + GetParam() + " >'" +
           (folder_ / (name + ".txt")).string() + "' 2>&1; echo $? >'" + (folder_ / name).string() +
           "')";
  }

  const fs::path folder_;
};

TEST_P(TwoProcesses, TargetAndEstimatorOnOneDevice_BothAgreeWithTheReference) {
  if (GetParam() == "vulkan") {
    const char* required = std::getenv("VIGIL_REQUIRE_BACKENDS");
    const std::string probe = std::string("'") + VIGIL_COMMAND + "' bench '" + VIGIL_SOURCE_DIR +
                              "/estimator/models/cifar10_target.onnx' --backend vulkan >/dev/null";
    const bool has_vulkan = std::system((probe + " 2>&1").c_str()) == 0;
    if (!has_vulkan && (!required || !std::string(required).ends_with("vulkan"))) {
      GTEST_SKIP() << "vulkan does not open on this machine";
    }
  }
  const std::string both = Verify("target", "cifar10_target.onnx") + " & " +
                           Verify("estimator", "cifar10_estimator.onnx") + " & wait";
  ASSERT_EQ(std::system(both.c_str()), 0);
  for (const char* name : {"target", "estimator"}) {
    EXPECT_EQ(ReadText(folder_ / name), "0\n") << ReadText(folder_ / (std::string(name) + ".txt"));
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, TwoProcesses, ::testing::Values("cpu", "vulkan"));

}  // namespace
}  // namespace vigil
