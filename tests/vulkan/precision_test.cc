// What a device must have for float16 and for packed dot products, and networks in both.
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/graph/fuse_quantized.h"
#include "engine/graph/half_plan.h"
#include "engine/graph/passes.h"
#include "engine/graph/quantize_model.h"
#include "engine/reference/reference_backend.h"
#include "engine/vulkan/capped_backend.h"
#include "tests/support/backends.h"
#include "tests/vulkan/small_network.h"

namespace vigil::testing {
namespace {

using ::testing::HasSubstr;
using vulkan::DeviceCaps;
using vulkan::PlanDevice;

vulkan::PhysicalDeviceSnapshot AnyDevice() {
  vulkan::PhysicalDeviceSnapshot snapshot;
  snapshot.name = "device";
  snapshot.api_minor = 1;
  snapshot.memory_types = {{0, true, true, true, true, 1u << 30}};
  snapshot.queue_families = {{true, false, 1, 64}};
  snapshot.max_invocations = 128;
  snapshot.max_local_size = {128, 128, 64};
  snapshot.max_groups = {65535, 65535, 65535};
  snapshot.max_shared_bytes = 16384;
  snapshot.max_storage_buffers = 4;
  snapshot.max_push_bytes = 128;
  return snapshot;
}

TEST(PlanDevice, HalfStorage_WantsTheFeature) {
  vulkan::PhysicalDeviceSnapshot snapshot = AnyDevice();
  EXPECT_FALSE(PlanDevice(snapshot).half_storage);
  snapshot.storage_buffer_16bit = true;
  EXPECT_TRUE(PlanDevice(snapshot).half_storage);
  EXPECT_FALSE(PlanDevice(snapshot, {.no_half_storage = true}).half_storage);
}

TEST(PlanDevice, PackedDot_WantsTheFeatureInHardware) {
  vulkan::PhysicalDeviceSnapshot snapshot = AnyDevice();
  snapshot.integer_dot_product = true;
  EXPECT_FALSE(PlanDevice(snapshot).packed_dot);
  EXPECT_TRUE(PlanDevice(snapshot, {.any_packed_dot = true}).packed_dot);
  snapshot.packed_dot_accelerated = true;
  EXPECT_TRUE(PlanDevice(snapshot).packed_dot);
  EXPECT_FALSE(PlanDevice(snapshot, {.no_packed_dot = true}).packed_dot);
  snapshot.integer_dot_product = false;
  EXPECT_FALSE(PlanDevice(snapshot, {.any_packed_dot = true}).packed_dot);
}

std::shared_ptr<Backend> Capped(const DeviceCaps& caps) {
  VulkanOptions options;
  options.validation = true;
  options.on_validation_message = [](const std::string& message) { ADD_FAILURE() << message; };
  return vulkan::MakeCappedBackend(options, caps);
}

class PrecisionOnVulkan : public ::testing::TestWithParam<std::pair<const char*, DeviceCaps>> {
 protected:
  void SetUp() override {
    const OpenedBackend plain = OpenForTest("vulkan");
    if (!plain.backend) GTEST_SKIP() << plain.reason;
    backend_ = Capped(GetParam().second);
  }
  std::shared_ptr<Backend> backend_;
};

TEST_P(PrecisionOnVulkan, HalfNetwork_AgreesWithReference) {
  for (const std::int64_t batch : {1, 3}) {
    const Graph graph = WithHalfStorage(Optimize(SmallNetwork().WithTaps(SmallTaps())),
                                        {{{"point", "for the test"}}});
    const Graph sized = graph.WithBatch(batch);
    const auto reference = MakeReferenceBackend()->Compile(graph, {.batch = batch});
    const auto executable = backend_->Compile(graph, {.batch = batch});
    const RunResult wanted = RunOnce(*reference, sized, 21, true);
    const RunResult got = RunOnce(*executable, sized, 21, true);
    // Values below 8; each of the ten layers may round one unit of float16 apart.
    for (std::size_t i = 0; i < wanted.outputs.size(); ++i) {
      const auto a = wanted.outputs[i].as<float>(), b = got.outputs[i].as<float>();
      for (std::size_t k = 0; k < a.size(); ++k) EXPECT_NEAR(a[k], b[k], 0.02f);
    }
    const RunResult untapped = RunOnce(*executable, sized, 21, false);
    for (std::size_t i = 0; i < got.outputs.size(); ++i) {
      EXPECT_TRUE(std::ranges::equal(got.outputs[i].bytes(), untapped.outputs[i].bytes()));
    }
  }
}

// The pools and the softmax stay in float; what stands before them is the same in all bits.
Graph QuantizedSmallNetwork() {
  const Graph prepared = PrepareToQuantize(SmallNetwork());
  std::map<std::string, ValueRange> ranges;
  for (const std::string& name : ValuesToQuantize(prepared)) ranges[name] = {-3.0f, 5.0f};
  return FuseQuantized(
      QuantizeModel(prepared, ranges)
          .WithTaps(std::vector<std::string>{"clip", "depthwise", "point", "logits"}));
}

TEST_P(PrecisionOnVulkan, QuantizedNetwork_AgreesWithReference) {
  for (const std::int64_t batch : {1, 3}) {
    const Graph graph = QuantizedSmallNetwork();
    const Graph sized = graph.WithBatch(batch);
    const auto reference = MakeReferenceBackend()->Compile(graph, {.batch = batch});
    const auto executable = backend_->Compile(graph, {.batch = batch});
    const RunResult wanted = RunOnce(*reference, sized, 21, true);
    const RunResult got = RunOnce(*executable, sized, 21, true);
    for (std::size_t i = 0; i < wanted.outputs.size(); ++i) {
      const auto a = wanted.outputs[i].as<float>(), b = got.outputs[i].as<float>();
      for (std::size_t k = 0; k < a.size(); ++k) EXPECT_NEAR(a[k], b[k], 1e-3f);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Devices, PrecisionOnVulkan,
    ::testing::Values(std::pair("AsItIs", DeviceCaps{}),
                      std::pair("PackedDot", DeviceCaps{.any_packed_dot = true}),
                      std::pair("SplitNonCoherent",
                                DeviceCaps{.no_coherent_memory = true, .split_memory = true})),
    [](const auto& test) { return test.param.first; });

TEST(HalfOnVulkan, WithoutHalfStorage_IsRefusedWithTheReason) {
  if (!OpenForTest("vulkan").backend) GTEST_SKIP();
  const std::shared_ptr<Backend> backend = Capped({.no_half_storage = true});
  try {
    backend->Compile(WithHalfStorage(Optimize(SmallNetwork()), {}), {});
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
    EXPECT_THAT(error.what(), HasSubstr("is float16: the device has no 16-bit storage"));
  }
}

}  // namespace
}  // namespace vigil::testing
