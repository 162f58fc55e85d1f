// Layers of networks in float16 and in bytes, on every backend.
#include <gtest/gtest.h>

#include "engine/graph/builder.h"
#include "engine/graph/fuse_quantized.h"
#include "engine/graph/half_plan.h"
#include "engine/graph/passes.h"
#include "engine/graph/quantize_model.h"
#include "engine/verify/layers.h"
#include "tests/support/backends.h"
#include "tests/support/evaluate.h"

namespace vigil {
namespace {

// conv -> relu -> depthwise (tapped before its clip) -> + relu -> pool -> gemm.
Graph Network() {
  GraphBuilder builder;
  std::uint64_t seed = 0;
  const auto conv = [&](const std::string& name, ValueId x, std::int64_t in, std::int64_t groups) {
    const ConvAttrs attrs{
        .kernel = {3, 3}, .pads = {1, 1, 1, 1}, .groups = groups, .has_bias = true};
    return builder.Add(
        name, attrs,
        {x, builder.Constant(name + ".w", testing::RandomTensor({6, in / groups, 3, 3}, ++seed)),
         builder.Constant(name + ".b", testing::RandomTensor({6}, ++seed))});
  };
  const ValueId x = builder.Input("x", {DType::kFloat32, {1, 3, 5, 5}});
  const ValueId relu = builder.Add("relu", UnaryAttrs{UnaryKind::kRelu}, {conv("stem", x, 3, 1)});
  const ValueId wise = conv("wise", relu, 6, 6);
  const ValueId clip = builder.Add("clip", UnaryAttrs{UnaryKind::kClip, 0.0f, 2.0f}, {wise});
  const ValueId sum = builder.Add("sum", BinaryAttrs{}, {clip, relu});
  const ValueId flat =
      builder.Add("flat", FlattenAttrs{1}, {builder.Add("pool", GlobalPoolAttrs{}, {sum})});
  builder.Output(builder.Add("y", GemmAttrs{.trans_b = true},
                             {flat, builder.Constant("w", testing::RandomTensor({4, 6}, 9))}));
  return std::move(builder).Build().WithTaps(std::vector<std::string>{"wise"});
}

class LoweredLayers : public ::testing::TestWithParam<std::string> {
 protected:
  void Check(const Graph& graph, const Graph& lowered, std::size_t at_least) {
    const testing::OpenedBackend opened = testing::OpenForTest(GetParam());
    if (!opened.backend) GTEST_SKIP() << opened.reason;
    const LayerReport report =
        VerifyLayers(graph, RandomInputs(graph, 3), *opened.backend, {}, lowered);
    EXPECT_GE(report.layers.size(), at_least);
    for (const LayerCheck& layer : report.layers) {
      EXPECT_TRUE(layer.deviation.within()) << layer.node << ": " << layer.mismatch;
    }
    ASSERT_EQ(report.outputs.size(), 1u);
    EXPECT_LT(report.outputs[0].largest_error, 0.05 * report.outputs[0].root_mean_square);
  }
};

TEST_P(LoweredLayers, OfFloat16_AreWithinTheirTolerance) {
  const Graph graph = Network();
  Check(graph, WithHalfStorage(Optimize(graph), {{{"y", "for the test"}}}), 8);
}

TEST_P(LoweredLayers, OfBytes_AreEqual) {
  const Graph prepared = PrepareToQuantize(Network());
  std::map<std::string, ValueRange> ranges;
  for (const std::string& name : ValuesToQuantize(prepared)) ranges[name] = {-1.0f, 4.0f};
  const Graph graph = QuantizeModel(prepared, ranges);
  Check(graph, FuseQuantized(graph), 10);
}

INSTANTIATE_TEST_SUITE_P(Backends, LoweredLayers, ::testing::ValuesIn(testing::BackendNames()),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace vigil
