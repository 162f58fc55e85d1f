// Every Vulkan call fails once, in every way that drivers fail.
#include <filesystem>
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/text.h"
#include "engine/cpu/cpu_backend.h"
#include "engine/reference/reference_backend.h"
#include "engine/session/session.h"
#include "engine/vulkan/capped_backend.h"
#include "tests/support/backends.h"
#include "tests/vulkan/fault_injection.h"
#include "tests/vulkan/small_network.h"

namespace vigil::testing {
namespace {

constexpr vulkan::DeviceCaps kMapped{};
// Unmapped device memory and flushed host memory: every call that any device sees.
constexpr vulkan::DeviceCaps kSplit{.no_coherent_memory = true, .split_memory = true};

// Few pipelines, but weights, a fused activation whose input is a tap, and encoded taps.
Graph TinyNetwork() {
  GraphBuilder b;
  const ValueId x = b.Input("x", {DType::kFloat32, {1, 2, 5, 3}});
  ConvAttrs conv;
  conv.kernel = {1, 1};
  conv.has_bias = true;
  const ValueId y = b.Add(
      "y", conv,
      {x, b.Constant("w", RandomTensor({4, 2, 1, 1}, 1)), b.Constant("b", RandomTensor({4}, 2))});
  b.Output(b.Add("z", UnaryAttrs{UnaryKind::kRelu}, {y}));
  return std::move(b).Build().WithTaps(std::vector<std::string>{"x", "y"});
}

CompileOptions Options() {
  CompileOptions options;
  options.tap_encodings = {Encoding::kFloat32, Encoding::kInt8};
  return options;
}

ErrorCode CodeOf(VkResult result) {
  if (result == VK_ERROR_DEVICE_LOST) return ErrorCode::kDeviceLost;
  return result == VK_TIMEOUT ? ErrorCode::kTimeout : ErrorCode::kOutOfMemory;
}

class FaultOnVulkan : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const OpenedBackend plain = OpenForTest("vulkan"); !plain.backend) {
      GTEST_SKIP() << plain.reason;
    }
    injector_.Arm({});
    ASSERT_EQ(injector_.Alive(), "");
    std::string name = (std::filesystem::path(::testing::TempDir()) / "vigil-fault-XXXXXX");
    folder_ = mkdtemp(name.data());
    const std::unique_ptr<Executable> reference =
        MakeReferenceBackend()->Compile(graph_, Options());
    wanted_ = std::move(RunOnce(*reference, graph_, 3, false).outputs);
  }
  void TearDown() override {
    injector_.Arm({});
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }

  std::shared_ptr<Backend> Open(const vulkan::DeviceCaps& caps) {
    VulkanOptions options;
    options.pipeline_cache = folder_;
    options.get_instance_proc_addr = InjectingEntryPoint();
    return vulkan::MakeCappedBackend(options, caps);
  }

  // Opens, compiles, runs with and without taps, profiles; everything is gone afterwards.
  void DoEverything(const vulkan::DeviceCaps& caps) {
    const std::shared_ptr<Backend> backend = Open(caps);
    const std::unique_ptr<Executable> executable = backend->Compile(graph_, Options());
    for (const bool keep_taps : {true, false}) {
      ExpectWanted(RunOnce(*executable, graph_, 3, keep_taps).outputs);
    }
    Tensor x = RandomTensor({1, 2, 5, 3}, 3), z(wanted_[0].desc());
    executable->Profile(std::array{ConstTensorView(x.view())}, std::array{z.view()});
    executable->Profile(std::array{ConstTensorView(x.view())}, std::array{z.view()});
  }

  void ExpectWanted(const std::vector<Tensor>& outputs) {
    ASSERT_EQ(outputs.size(), 1u);
    const auto got = outputs[0].as<float>();
    const auto wanted = wanted_[0].as<float>();
    // Two products and a bias, all below 1.
    for (std::size_t i = 0; i < wanted.size(); ++i) ASSERT_NEAR(got[i], wanted[i], 1e-6f) << i;
  }

  // Whether the k-th call failed; expects that it was reported as `fault` says and left nothing.
  bool FailsAt(const vulkan::DeviceCaps& caps, InjectedFault fault, int k) {
    fault.call = k;
    injector_.Arm(fault);
    std::string message;
    std::optional<ErrorCode> code;
    try {
      DoEverything(caps);
    } catch (const Error& error) {
      EXPECT_EQ(error.fault(), Fault::kGpu);
      code = error.code();
      message = error.what();
    }
    const std::string failed = injector_.failed();
    SCOPED_TRACE(Text("call ", k, " (", failed, ") gave ", fault.result, ": ", message));
    EXPECT_EQ(injector_.Alive(), "");
    EXPECT_THAT(injector_.destroyed_in_flight(), ::testing::IsEmpty());
    // The cache on disk only saves time: that it cannot be had is no failure.
    if (failed.empty() || (failed == "vkGetPipelineCacheData" && !fault.for_good)) {
      EXPECT_FALSE(code.has_value());
    } else {
      EXPECT_EQ(code, CodeOf(fault.result));
      EXPECT_THAT(message, ::testing::StartsWith("vulkan: "));
    }
    return !failed.empty();
  }

  // Fails every call in turn, and then runs undisturbed. Returns how many calls there were.
  int FailEach(const vulkan::DeviceCaps& caps, const InjectedFault& fault) {
    int k = 1;
    while (k < 1000 && FailsAt(caps, fault, k)) {
      if (HasFailure()) return k;
      ++k;
    }
    EXPECT_LT(k, 1000);
    return k - 1;
  }

  const Graph graph_ = TinyNetwork();
  FaultInjector& injector_ = FaultInjector::Get();
  std::filesystem::path folder_;
  std::vector<Tensor> wanted_;
};

TEST_F(FaultOnVulkan, DeviceLostAtEveryCall_IsReportedAndLeavesNothing) {
  EXPECT_GT(FailEach(kSplit, {.result = VK_ERROR_DEVICE_LOST}), 70);
  EXPECT_GT(FailEach(kMapped, {.result = VK_ERROR_DEVICE_LOST}), 50);
}

TEST_F(FaultOnVulkan, DeviceLostForGoodAtEveryCall_IsReportedAndLeavesNothing) {
  FailEach(kSplit, {.result = VK_ERROR_DEVICE_LOST, .for_good = true});
}

TEST_F(FaultOnVulkan, OutOfDeviceMemoryAtEveryCall_IsReportedAndLeavesNothing) {
  FailEach(kSplit, {.result = VK_ERROR_OUT_OF_DEVICE_MEMORY});
  FailEach(kMapped, {.result = VK_ERROR_OUT_OF_DEVICE_MEMORY});
}

TEST_F(FaultOnVulkan, OutOfHostMemoryAtEveryCall_IsReportedAndLeavesNothing) {
  FailEach(kSplit, {.result = VK_ERROR_OUT_OF_HOST_MEMORY});
}

// Commands stay in flight then: nothing of theirs may be destroyed before they end.
TEST_F(FaultOnVulkan, TimeoutAtEveryWait_IsReportedAndDestroysNothingInFlight) {
  const InjectedFault timeout{.result = VK_TIMEOUT, .only = "vkWaitForFences"};
  EXPECT_EQ(FailEach(kSplit, timeout), 6) << "upload of weights, warm-up, two runs, two profiles";
  EXPECT_EQ(FailEach(kMapped, timeout), 5);
}

TEST_F(FaultOnVulkan, AfterwardsOnTheSystemsEntryPoint_EverythingWorks) {
  FailsAt(kSplit, {.result = VK_ERROR_DEVICE_LOST}, 20);
  const std::unique_ptr<Executable> executable = MakeVulkanBackend()->Compile(graph_, Options());
  ExpectWanted(RunOnce(*executable, graph_, 3, true).outputs);
}

TEST_F(FaultOnVulkan, ListingDevices_NeverThrowsAndSaysWhy) {
  int k = 1;
  for (; k < 20; ++k) {
    injector_.Arm(InjectedFault{.result = VK_ERROR_OUT_OF_HOST_MEMORY, .call = k});
    const std::vector<BackendOffer> offers = ListVulkanDevices(InjectingEntryPoint());
    EXPECT_EQ(injector_.Alive(), "");
    ASSERT_FALSE(offers.empty());
    if (injector_.failed().empty()) {
      EXPECT_TRUE(offers[0].available);
      break;
    }
    ASSERT_EQ(offers.size(), 1u);
    EXPECT_FALSE(offers[0].available);
    EXPECT_THAT(offers[0].reason, ::testing::HasSubstr("OutOfHostMemory")) << injector_.failed();
  }
  EXPECT_GT(k, 2);
  EXPECT_LT(k, 20);
}

// An executable that failed refuses to go on with memory that it cannot vouch for.
TEST_F(FaultOnVulkan, RunAfterAFailedRun_IsRefused) {
  const std::unique_ptr<Executable> executable = Open(kSplit)->Compile(graph_, Options());
  injector_.Arm(InjectedFault{.result = VK_TIMEOUT, .only = "vkWaitForFences"});
  EXPECT_THROW(RunOnce(*executable, graph_, 3, false), Error);
  try {
    RunOnce(*executable, graph_, 3, false);
    FAIL() << "ran";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kDeviceLost);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("compile again"));
  }
}

class SessionOnVulkan : public FaultOnVulkan {
 protected:
  // Prepares undisturbed, then runs with `fault`, and once more without.
  RunReport RunWith(const InjectedFault& fault) {
    injector_.Arm({});
    RunReport report;
    {
      Session session(graph_, Open(kSplit), Options(), [] { return MakeCpuBackend(); });
      session.Prepare(1);
      injector_.Arm(fault);
      report = RunSession(session);
      EXPECT_FALSE(injector_.failed().empty());
      injector_.Arm({});
      EXPECT_FALSE(RunSession(session).recovered) << "the fault is over";
    }
    EXPECT_EQ(injector_.Alive(), "");
    EXPECT_THAT(injector_.destroyed_in_flight(), ::testing::IsEmpty());
    return report;
  }

  RunReport RunSession(Session& session) {
    Tensor x = RandomTensor({1, 2, 5, 3}, 3);
    std::vector<Tensor> z;
    z.emplace_back(wanted_[0].desc());
    std::vector<std::byte> slot(session.tap_slot_bytes(1));
    const RunReport report =
        session.Run(std::array{ConstTensorView(x.view())}, std::array{z[0].view()}, slot);
    ExpectWanted(z);
    return report;
  }
};

TEST_F(SessionOnVulkan, OneFaultInARun_IsAnsweredByCompilingAnew) {
  for (const char* function : {"vkQueueSubmit", "vkWaitForFences", "vkFlushMappedMemoryRanges",
                               "vkInvalidateMappedMemoryRanges", "vkResetFences"}) {
    for (const VkResult result : {VK_ERROR_DEVICE_LOST, VK_ERROR_OUT_OF_DEVICE_MEMORY}) {
      SCOPED_TRACE(Text(function, " gives ", result));
      const RunReport report = RunWith({.result = result, .only = function});
      EXPECT_TRUE(report.recovered);
      EXPECT_EQ(report.backend, "vulkan");
    }
  }
  const RunReport report = RunWith({.result = VK_TIMEOUT, .only = "vkWaitForFences"});
  EXPECT_TRUE(report.recovered);
  EXPECT_EQ(report.backend, "vulkan");
}

TEST_F(SessionOnVulkan, DeviceLostForGood_IsAnsweredByTheCpuWhereverItHappens) {
  for (int k = 1; k <= 5; ++k) {  // flush, reset, submit, wait, invalidate
    SCOPED_TRACE(Text("lost from call ", k));
    const RunReport report = RunWith({.result = VK_ERROR_DEVICE_LOST, .call = k, .for_good = true});
    EXPECT_TRUE(report.recovered);
    EXPECT_EQ(report.backend, "cpu");
  }
}

}  // namespace
}  // namespace vigil::testing
