// A small network on every shape of device against the reference, validation layer on.
#include <cmath>
#include <cstring>

#include <gtest/gtest.h>

#include "engine/base/text.h"
#include "engine/reference/reference_backend.h"
#include "engine/vulkan/capped_backend.h"
#include "tests/support/backends.h"
#include "tests/vulkan/small_network.h"

namespace vigil::testing {
namespace {

struct DeviceCase {
  std::string name;
  vulkan::DeviceCaps caps;
};

std::vector<DeviceCase> DeviceCases() {
  return {{"AsItIs", {}},
          {"MinimumLimits",
           {.max_invocations = 128, .max_shared_bytes = 16384, .max_storage_buffers = 4}},
          {"NonCoherent", {.no_coherent_memory = true}},
          {"Split", {.split_memory = true}},
          {"SplitNonCoherent", {.no_coherent_memory = true, .split_memory = true}}};
}

class NetworkOnVulkan : public ::testing::TestWithParam<std::tuple<DeviceCase, std::int64_t>> {
 protected:
  void SetUp() override {
    const OpenedBackend plain = OpenForTest("vulkan");
    if (!plain.backend) GTEST_SKIP() << plain.reason;
    VulkanOptions options;
    options.validation = true;
    options.on_validation_message = [](const std::string& message) { ADD_FAILURE() << message; };
    backend_ = vulkan::MakeCappedBackend(options, std::get<0>(GetParam()).caps);
  }

  std::shared_ptr<Backend> backend_;
};

void ExpectNear(std::span<const float> got, std::span<const float> wanted, float tolerance,
                const std::string& what) {
  ASSERT_EQ(got.size(), wanted.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    ASSERT_NEAR(got[i], wanted[i], tolerance) << what << " at " << i;
  }
}

// What encoding alone may cost, beside the arithmetic: half a unit in the last place of half
// precision, one step of the bytes.
float QuantumOf(Encoding encoding, std::span<const float> values) {
  const auto [low, high] = std::ranges::minmax(values);
  if (encoding == Encoding::kFloat16) return std::max(std::abs(low), std::abs(high)) / 2048;
  if (encoding == Encoding::kInt8) return (high - low) / 255;
  return 0.0f;
}

TEST_P(NetworkOnVulkan, OutputsAndTaps_AgreeWithReference) {
  const Graph plain = SmallNetwork().WithTaps(SmallTaps());
  const std::int64_t batch = std::get<1>(GetParam());
  const Graph graph = plain.WithBatch(batch);
  const std::unique_ptr<Executable> reference =
      MakeReferenceBackend()->Compile(plain, {.batch = batch});
  const RunResult wanted = RunOnce(*reference, graph, 21, true);
  for (const Encoding encoding : {Encoding::kFloat32, Encoding::kFloat16, Encoding::kInt8}) {
    CompileOptions options{.batch = batch};
    options.tap_encodings.assign(graph.taps().size(), encoding);
    const std::unique_ptr<Executable> executable = backend_->Compile(plain, options);
    const RunResult got = RunOnce(*executable, graph, 21, true);
    // The longest chain: 27 + 9 + 12 products of numbers below 10 in float32.
    constexpr float kArithmetic = 2e-5f;
    for (std::size_t i = 0; i < graph.outputs().size(); ++i) {
      ExpectNear(got.outputs[i].as<float>(), wanted.outputs[i].as<float>(), kArithmetic,
                 graph.value(graph.outputs()[i]).name);
    }
    std::size_t at = 0, wanted_at = 0;
    for (const ValueId id : graph.taps()) {
      const TensorDesc& desc = graph.value(id).desc;
      Tensor tap(desc), expected(desc);
      const std::size_t bytes =
          static_cast<std::size_t>(batch) * EncodedSampleBytes(desc.shape, encoding);
      Decode(std::span(got.taps).subspan(at, bytes), encoding, tap.view());
      std::memcpy(expected.bytes().data(), wanted.taps.data() + wanted_at, desc.bytes());
      at += bytes;
      wanted_at += desc.bytes();
      const float quantum = QuantumOf(encoding, expected.as<float>());
      ExpectNear(tap.as<float>(), expected.as<float>(), kArithmetic + quantum,
                 Text(graph.value(id).name, " as ", EncodingName(encoding)));
    }
  }
}

TEST_P(NetworkOnVulkan, Outputs_AreBitIdenticalWithAndWithoutTaps) {
  const Graph plain = SmallNetwork();
  const Graph tapped = plain.WithTaps(SmallTaps());
  const std::int64_t batch = std::get<1>(GetParam());
  const auto without = backend_->Compile(plain, {.batch = batch});
  const auto with = backend_->Compile(tapped, {.batch = batch});
  const Graph graph = plain.WithBatch(batch);
  const RunResult first = RunOnce(*without, graph, 5, false);
  for (const bool keep : {false, true}) {
    const RunResult second = RunOnce(*with, graph, 5, keep);
    for (std::size_t i = 0; i < first.outputs.size(); ++i) {
      EXPECT_TRUE(std::ranges::equal(first.outputs[i].bytes(), second.outputs[i].bytes()))
          << "taps kept: " << keep;
    }
  }
}

TEST_P(NetworkOnVulkan, Profile_GivesATimeForEveryNodeThatRuns) {
  const Graph plain = SmallNetwork();
  const auto executable = backend_->Compile(plain, {.batch = std::get<1>(GetParam())});
  const Graph graph = plain.WithBatch(std::get<1>(GetParam()));
  Tensor input = RandomTensor(graph.value(graph.inputs()[0]).desc.shape, 3);
  Tensor soft(graph.value(graph.outputs()[0]).desc), logits(graph.value(graph.outputs()[1]).desc);
  const std::vector<ConstTensorView> in{input.view()};
  const std::vector<TensorView> out{soft.view(), logits.view()};
  const std::vector<NodeTime> times = executable->Profile(in, out);
  EXPECT_EQ(times.size(), 9u);  // the batch norm is folded, three activations and a sum fused
  for (const NodeTime& time : times) {
    EXPECT_GT(time.milliseconds, 0.0) << time.node;
    EXPECT_LT(time.milliseconds, 10000.0) << time.node;
  }
}

INSTANTIATE_TEST_SUITE_P(Devices, NetworkOnVulkan,
                         ::testing::Combine(::testing::ValuesIn(DeviceCases()),
                                            ::testing::Values(1, 3)),
                         [](const auto& param_info) {
                           return Text(std::get<0>(param_info.param).name, "Batch",
                                       std::get<1>(param_info.param));
                         });

}  // namespace
}  // namespace vigil::testing
