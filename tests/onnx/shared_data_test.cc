// Files that others made: ONNX's own cases for converted operators, and three published models.
#include "tests/support/shared_data.h"

#include <cmath>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/graph/passes.h"
#include "engine/onnx/onnx.h"
#include "tests/support/evaluate.h"

namespace vigil {
namespace {

using testing::Evaluate;
using ::testing::HasSubstr;
using testing::SharedData;

// Compares y with ONNX's own tolerance for these cases (backend tests: rtol 1e-3, atol 1e-7),
// a hundred times tighter where float32 allows: relative to the largest output.
void ExpectClose(const Tensor& actual, const Tensor& expected) {
  ASSERT_EQ(actual.desc(), expected.desc());
  const auto a = actual.as<float>(), e = expected.as<float>();
  float largest = 0.0f;
  for (const float v : e) largest = std::max(largest, std::abs(v));
  for (std::size_t i = 0; i < e.size(); ++i) ASSERT_NEAR(a[i], e[i], 1e-5f * largest) << i;
}

void RunDataSet(const Graph& graph, const std::filesystem::path& folder) {
  std::vector<Tensor> inputs;
  for (std::size_t i = 0; i < graph.inputs().size(); ++i) {
    inputs.push_back(LoadTensorProto(folder / ("input_" + std::to_string(i) + ".pb")));
  }
  const Graph at_batch = graph.WithBatch(inputs.front().shape()[0]);
  for (const Graph& variant : {at_batch, Optimize(at_batch)}) {
    const auto values = Evaluate(variant, inputs);
    for (std::size_t i = 0; i < variant.outputs().size(); ++i) {
      ExpectClose(values.at(variant.value(variant.outputs()[i]).name),
                  LoadTensorProto(folder / ("output_" + std::to_string(i) + ".pb")));
    }
  }
}

TEST(SharedData, ConvertedCases_RunAsExpectedOrNameWhatIsMissing) {
  const auto root = SharedData() / "onnx/pytorch-converted";
  if (!std::filesystem::exists(root)) GTEST_SKIP() << root << " is not there";
  int ran = 0;
  std::string refused;
  for (const auto& entry : std::filesystem::directory_iterator(root)) {
    SCOPED_TRACE(entry.path().filename().string());
    try {
      const Graph graph = LoadOnnx(entry.path() / "model.onnx");
      for (const auto& set : std::filesystem::directory_iterator(entry.path())) {
        if (set.is_directory()) RunDataSet(graph, set.path());
      }
      ++ran;
    } catch (const Error& error) {
      EXPECT_EQ(CodeName(error.code()), CodeName(ErrorCode::kUnsupported)) << error.what();
      refused += std::string("\n  ") + error.what();
    }
  }
  std::cout << ran << " cases ran; refused:" << refused << "\n";
  EXPECT_GE(ran, 29);
}

TEST(SharedData, PublishedModels_LoadOrNameEveryMissingOperator) {
  const auto root = SharedData() / "models";
  if (!std::filesystem::exists(root)) GTEST_SKIP() << root << " is not there";
  for (const char* file : {"ultraface/version-RFB-320_simplified.onnx",
                           "yunet/yunet_n_320_320.onnx", "fsanet/fsanet-1x1-iter-688590.onnx"}) {
    SCOPED_TRACE(file);
    try {
      const Graph graph = LoadOnnx(root / file);
      EXPECT_GT(graph.nodes().size(), 10u);
      std::cout << file << ": " << graph.nodes().size() << " nodes\n";
    } catch (const Error& error) {
      EXPECT_EQ(CodeName(error.code()), CodeName(ErrorCode::kUnsupported)) << error.what();
      EXPECT_THAT(error.what(), HasSubstr(file));
      std::cout << error.what() << "\n";
    }
  }
}

}  // namespace
}  // namespace vigil
