// Models that others trained and exported: our importer and references against OpenCV DNN's own
// reading of the same file.
#include <cmath>
#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include "engine/onnx/onnx.h"
#include "engine/reference/reference_backend.h"
#include "tests/oracle_opencv/opencv_net.h"
#include "tests/support/evaluate.h"

namespace vigil::testing {
namespace {

std::filesystem::path ModelFile(const std::string& name) {
  const char* folder = std::getenv("VIGIL_DATA");
  const std::filesystem::path data =
      folder ? folder : std::filesystem::path(VIGIL_SOURCE_DIR) / "../shared/data";
  return data / "models" / name;
}

// Length of the difference over the length of what was expected.
double RelativeDistance(const Tensor& expected, const Tensor& actual) {
  double difference = 0.0, length = 0.0;
  const auto e = expected.as<float>(), a = actual.as<float>();
  for (std::size_t i = 0; i < e.size(); ++i) {
    difference += (double{a[i]} - e[i]) * (double{a[i]} - e[i]);
    length += double{e[i]} * e[i];
  }
  return std::sqrt(difference / length);
}

class OpenCvModels : public ::testing::TestWithParam<std::string> {};

TEST_P(OpenCvModels, Outputs_Agree) {
  const std::filesystem::path file = ModelFile(GetParam());
  if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is not there";
  const Graph graph = LoadOnnx(file);
  const Value& input = graph.value(graph.inputs()[0]);
  const Tensor x = RandomTensor(input.desc.shape, 1);
  std::vector<Tensor> ours;
  std::vector<TensorView> views;
  std::vector<std::string> names;
  for (const ValueId id : graph.outputs()) {
    names.push_back(graph.value(id).name);
    views.push_back(ours.emplace_back(graph.value(id).desc).view());
  }
  const ConstTensorView in = x.view();
  MakeReferenceBackend()->Compile(graph, {})->Run({&in, 1}, views);
  const std::vector<Tensor> theirs = RunOpenCv(file, {{input.name, &x}}, names);
  for (std::size_t i = 0; i < names.size(); ++i) {
    ASSERT_EQ(ours[i].shape().elements(), theirs[i].shape().elements()) << names[i];
    EXPECT_LT(RelativeDistance(theirs[i], ours[i]), 1e-4) << names[i];
  }
}

// Those of the published models whose operators are all there; others are refused by name, which
// tests/onnx holds.
INSTANTIATE_TEST_SUITE_P(Files, OpenCvModels,
                         ::testing::Values("ultraface/version-RFB-320_simplified.onnx"),
                         [](const auto& test) {
                           return test.param.substr(0, test.param.find('/'));
                         });

}  // namespace
}  // namespace vigil::testing
