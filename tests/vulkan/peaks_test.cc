// What a device can do at best, against what a kernel makes of it.
#include "engine/vulkan/peaks/peaks.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/support/backends.h"
#include "tests/vulkan/small_network.h"

namespace vigil::testing {
namespace {

// 3 x 3, 64 to 64 channels at 56 x 56: bound by arithmetic on every device. Dilated, since
// Winograd's algorithm would do with fewer sums than are counted.
Graph OneConvolution() {
  GraphBuilder b;
  const ValueId x = b.Input("x", {DType::kFloat32, {1, 64, 56, 56}});
  ConvAttrs attrs;
  attrs.kernel = {3, 3};
  attrs.dilations = {2, 2};
  attrs.pads = {2, 2, 2, 2};
  b.Output(b.Add("conv", attrs, {x, b.Constant("w", RandomTensor({64, 64, 3, 3}, 1))}));
  return std::move(b).Build();
}

TEST(VulkanPeaks, ArePositive_AndNoConvolutionIsFaster) {
  const OpenedBackend opened = OpenForTest("vulkan");
  if (!opened.backend) GTEST_SKIP() << opened.reason;
  const VulkanPeaks peaks = MeasureVulkanPeaks(-1);
  EXPECT_GT(peaks.gflops, 0.1);
  EXPECT_GT(peaks.copy_gb_second, 0.01);

  const Graph graph = OneConvolution();
  const auto executable = opened.backend->Compile(graph, {});
  const Tensor input = RandomTensor({1, 64, 56, 56}, 2);
  Tensor output(graph.value(graph.outputs()[0]).desc);
  const std::vector<ConstTensorView> in{input.view()};
  const std::vector<TensorView> out{output.view()};
  double least = 1e9;  // milliseconds
  for (int i = 0; i < 10; ++i)
    least = std::min(least, executable->Profile(in, out).at(0).milliseconds);
  const double gflops = 2.0 * static_cast<double>(graph.Cost().macs) / least / 1e6;
  EXPECT_GT(gflops, 0.0);
  // Twice, since others may have been at work while the first was measured.
  const double peak = std::max(peaks.gflops, MeasureVulkanPeaks(-1).gflops);
  EXPECT_LT(gflops / peak, 1.2);
}

TEST(VulkanPeaks, OfADeviceThatThereIsNot_SaysHowManyThereAre) {
  if (!OpenForTest("vulkan").backend) GTEST_SKIP();
  try {
    MeasureVulkanPeaks(1000);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnavailable);
    EXPECT_NE(std::string(error.what()).find("1000"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace vigil::testing
