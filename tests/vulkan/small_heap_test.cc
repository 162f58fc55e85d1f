// The shipped models on a device with 64 MiB, and what does not fit there.
#include <filesystem>

#include <gtest/gtest.h>

#include "engine/graph/builder.h"
#include "engine/onnx/onnx.h"
#include "engine/vulkan/capped_backend.h"
#include "tests/support/backends.h"
#include "tests/vulkan/small_network.h"

namespace vigil::testing {
namespace {

class SmallHeap : public ::testing::Test {
 protected:
  void SetUp() override {
    const OpenedBackend plain = OpenForTest("vulkan");
    if (!plain.backend) GTEST_SKIP() << plain.reason;
    large_ = plain.backend;
    VulkanOptions options;
    options.validation = true;
    options.on_validation_message = [](const std::string& message) { ADD_FAILURE() << message; };
    small_ = vulkan::MakeCappedBackend(options, {.max_invocations = 128,
                                                 .max_shared_bytes = 16384,
                                                 .max_storage_buffers = 4,
                                                 .max_heap_bytes = std::uint64_t{64} << 20});
  }

  std::shared_ptr<Backend> large_, small_;
};

TEST_F(SmallHeap, ShippedModels_RunAndAnswerAsOnAnyDevice) {
  int models = 0;
  const auto folder = std::filesystem::path(VIGIL_SOURCE_DIR) / "estimator/models";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".onnx") continue;
    SCOPED_TRACE(entry.path().filename().string());
    ++models;
    const Graph graph = LoadOnnx(entry.path());
    const auto here = small_->Compile(graph, {});
    EXPECT_LE(here->info().arena_bytes + here->info().weight_bytes, std::size_t{64} << 20);
    const RunResult got = RunOnce(*here, graph, 4, false);
    const RunResult expected = RunOnce(*large_->Compile(graph, {}), graph, 4, false);
    for (std::size_t i = 0; i < got.outputs.size(); ++i) {
      EXPECT_TRUE(std::ranges::equal(got.outputs[i].bytes(), expected.outputs[i].bytes()));
    }
  }
  EXPECT_GE(models, 4);
}

TEST_F(SmallHeap, WhatDoesNotFit_IsRefusedWithTheNumbers) {
  GraphBuilder builder;
  const ValueId x = builder.Input("x", {DType::kFloat32, {1, 16, 1024, 1024}});  // 64 MiB
  builder.Output(builder.Add("y", UnaryAttrs{UnaryKind::kSigmoid}, {x}));        // and as much
  try {
    small_->Compile(std::move(builder).Build(), {});
    FAIL() << "compiled";
  } catch (const Error& error) {
    EXPECT_EQ(FaultName(error.fault()), FaultName(Fault::kGpu));
    EXPECT_EQ(CodeName(error.code()), CodeName(ErrorCode::kOutOfMemory));
    EXPECT_STREQ(error.what(),
                 "vulkan: the network needs 134217728 bytes for values and 0 for weights: the "
                 "device's heap has 67108864");
  }
}

}  // namespace
}  // namespace vigil::testing
