// Winograd's convolutions on lanes (kernels/winograd_lanes.cc): which layers take them, and their
// errors against sums in double.
#include <ostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/graph/builder.h"
#include "engine/graph/passes.h"
#include "engine/vulkan/kernels/lanes.h"
#include "engine/vulkan/network.h"
#include "tests/support/backends.h"
#include "tests/support/conformance.h"
#include "tests/support/tolerance.h"
#include "tests/support/window_case.h"

namespace vigil::testing {
namespace {

using vulkan::DevicePlan;
using vulkan::Dispatch;
using vulkan::WinogradTile;
using vulkan::WinogradWork;

DevicePlan PlanWithLanes() {
  DevicePlan plan;
  plan.offset_alignment = 64;
  plan.lanes = 8;
  plan.max_texels = 1 << 27;
  plan.max_binding_bytes = 1 << 27;
  return plan;
}

std::vector<std::string_view> ShadersOf(const vulkan::Lowering& lowering) {
  std::vector<std::string_view> shaders;
  for (const Dispatch& dispatch : lowering.dispatches()) shaders.push_back(dispatch.shader);
  return shaders;
}

// Of the tiles, one for each part of each convolution that Winograd's algorithm takes.
std::vector<std::uint32_t> SidesOf(const vulkan::Lowering& lowering) {
  std::vector<std::uint32_t> sides;
  for (const Dispatch& dispatch : lowering.dispatches()) {
    if (dispatch.shader == "winograd_input_lanes") sides.push_back(dispatch.specialization[4]);
  }
  return sides;
}

std::vector<std::string_view> ShadersOf(const WindowCase& of) {
  const Graph graph = Optimize(MakeGraph(of, WindowData(of)));
  return ShadersOf(vulkan::LowerGraph(graph, PlanWithLanes()));
}

struct Case {
  WindowCase window;
  std::uint32_t side;                // of a tile
  std::int64_t other_weights = 100;  // of the network, which make room for the tile's
};
void PrintTo(const Case& of, std::ostream* out) {
  *out << of.window.x << " to " << of.window.y() << " by " << of.side;
}

constexpr std::int64_t kMany = 1 << 19;

const Case kCases[] = {
    {{{1, 64, 56, 56}, 64, {1, 1, 1, 1}}, 2},  // parts, whole tiles
    {{{1, 64, 56, 56}, 64, {1, 1, 1, 1}}, 4, kMany},
    {{{1, 40, 19, 27}, 24, {1, 1, 1, 1}}, 2, 12000},  // cut off, rows begin anywhere in a texel
    {{{1, 40, 35, 27}, 24, {1, 1, 1, 1}}, 4, kMany},
    {{{3, 32, 23, 22}, 48, {0, 1, 2, 0}}, 2, 14000},  // several samples, other pads
    {{{3, 32, 23, 22}, 48, {0, 1, 2, 0}}, 4, kMany},
    {{{1, 64, 14, 14}, 70, {0, 2, 0, 0}}, 2, 40000},  // rows at even places, a block cut off
    {{{1, 64, 28, 28}, 70, {0, 2, 0, 0}}, 4, kMany},
    {{{1, 512, 7, 7}, 128, {1, 1, 1, 1}}, 2},
};

class WinogradOnLanes : public ::testing::TestWithParam<Case> {};

// Lavin and Gray (2015, Table 3) measured 0.4 times the error of the plain sum in float32 with
// tiles of 2, 7 times with tiles of 4.
TEST_P(WinogradOnLanes, Answers_AreTheSums) {
  const auto& [window, side, other_weights] = GetParam();
  const WindowData data(window);
  const Graph graph = Optimize(MakeGraph(window, data, other_weights));
  ASSERT_THAT(SidesOf(vulkan::LowerGraph(graph, PlanWithLanes())),
              ::testing::AllOf(::testing::Not(::testing::IsEmpty()), ::testing::Each(side)));
  const OpenedBackend opened = OpenForTest("vulkan");
  if (!opened.backend) GTEST_SKIP() << opened.reason;
  Tensor y(data.residual.desc()), one(TensorDesc{DType::kFloat32, {window.x[0], 1}}),
      product(TensorDesc{DType::kFloat32, {window.x[0], other_weights}});
  const std::vector<ConstTensorView> inputs{data.x.view(), data.residual.view(),
                                            std::as_const(one).view()};
  const std::vector<TensorView> outputs{y.view(), product.view()};
  opened.backend->Compile(graph, {.batch = window.x[0]})->Run(inputs, outputs);
  const WindowErrors errors = ErrorsOf(window, data, y);
  EXPECT_LT(errors.of_answer, (side == 4 ? 12 : 2) * errors.of_plain_sums);
  EXPECT_THAT(TakeValidationMessages(), ::testing::IsEmpty());
}

// The sums before the residual and before the activation, where the residual holds the binding that
// a tap would be written to.
TEST(WinogradOnLanes, TapsBesideAResidual_AgreeWithReference) {
  ConvAttrs attrs{.kernel = {3, 3}, .pads = {1, 1, 1, 1}};
  attrs.epilogue = {{Activation::Kind::kRelu}, true, true, true};
  const OpCase op_case{attrs, {{2, 64, 21, 17}, {64, 64, 3, 3}, {2, 64, 21, 17}}};
  const std::vector<Tensor> inputs = MakeInputs(op_case);
  const vulkan::Lowering lowering = vulkan::LowerGraph(MakeGraph(op_case, inputs), PlanWithLanes());
  ASSERT_THAT(ShadersOf(lowering), ::testing::Contains("winograd_lanes").Times(3));
  const OpenedBackend opened = OpenForTest("vulkan");
  if (!opened.backend) GTEST_SKIP() << opened.reason;
  EXPECT_EQ(Disagreement(RunReference(op_case.attrs, inputs), TolerancesOf(op_case, inputs),
                         [&] { return RunOn(*opened.backend, op_case, inputs); }),
            std::nullopt);
  EXPECT_THAT(TakeValidationMessages(), ::testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Shapes, WinogradOnLanes, ::testing::ValuesIn(kCases));

TEST(WinogradOnLanes, WhereSumsAreFasterOrChannelsFew_IsNotUsed) {
  for (const WindowCase& of : {WindowCase{{1, 3, 32, 32}, 64, {1, 1, 1, 1}},      // three lanes
                               WindowCase{{1, 20, 32, 32}, 64, {1, 1, 1, 1}},     // no whole lanes
                               WindowCase{{1, 512, 3, 3}, 512, {0, 0, 0, 0}}}) {  // one output
    EXPECT_THAT(ShadersOf(of), ::testing::Not(::testing::Contains("winograd_lanes"))) << of.x;
  }
}

TEST(WinogradTile, Chosen_CoversTheUsualPlanesWithoutOverhang) {
  for (const std::uint32_t side : {2u, 4u}) {
    for (const std::uint64_t size : {14, 28, 56}) {
      const WinogradWork work{
          .height = size, .width = size, .in_channels = 128, .out_channels = 128};
      const WinogradTile tile = vulkan::ChooseWinogradTile(work, side, 8);
      EXPECT_EQ(128 % (tile.vectors * 8), 0u) << size;
      EXPECT_EQ(work.tiles(side) % tile.group, 0u) << size;
    }
  }
}

// Tiles of 4 outputs a side for as many layers as the network's weights may grow by.
TEST(WinogradWeights, OfANetwork_GrowByFourFifthsAtMost) {
  GraphBuilder builder;
  ValueId x = builder.Input("x", {DType::kFloat32, {1, 64, 28, 28}});
  const auto window = [&](const std::string& name, std::int64_t in, std::int64_t out,
                          std::int64_t stride) {
    const Tensor weights(TensorDesc{DType::kFloat32, {out, in, 3, 3}});
    x = builder.Add(name,
                    ConvAttrs{.kernel = {3, 3}, .strides = {stride, stride}, .pads = {1, 1, 1, 1}},
                    {x, builder.Constant(name + "_w", weights.Clone())});
  };
  window("first", 64, 64, 1);
  window("second", 64, 64, 1);
  window("third", 64, 256, 1);  // would be by 4 as well
  window("down", 256, 96, 2);
  builder.Output(x);
  const Graph graph = std::move(builder).Build();
  const vulkan::Lowering lowering = vulkan::LowerGraph(graph, PlanWithLanes());
  EXPECT_THAT(SidesOf(lowering), ::testing::ElementsAre(4, 4, 2));
  std::size_t raw = 0;
  for (const Value& value : graph.values()) raw += value.constant ? value.desc.bytes() : 0;
  EXPECT_LE(static_cast<double>(lowering.constants().size()), 1.85 * static_cast<double>(raw));
}

TEST(WinogradScratch, OfANode_LiesBesideWhatItReadsAndWrites) {
  const WindowCase of{{1, 64, 28, 28}, 64, {1, 1, 1, 1}};
  const Graph graph = Optimize(MakeGraph(of, WindowData(of)));
  const vulkan::Network network(graph, {}, PlanWithLanes());
  ASSERT_EQ(network.lowering.scratch().size(), 1u);
  const std::size_t begin = network.scratch_offsets[0],
                    end = begin + network.lowering.scratch()[0].bytes;
  EXPECT_LE(end, network.arena_bytes);
  for (std::size_t i = 0; i < graph.values().size(); ++i) {
    if (graph.values()[i].constant) continue;
    const std::size_t at = network.value_offsets[i];
    EXPECT_TRUE(at + graph.values()[i].desc.bytes() <= begin || at >= end)
        << graph.values()[i].name;
  }
}

}  // namespace
}  // namespace vigil::testing
