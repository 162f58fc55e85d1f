// How work is cut for lanes, and which kernel takes which layer (kernels/lanes.h).
#include "engine/vulkan/kernels/lanes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/vulkan/kernels/lowering.h"
#include "tests/support/op_case.h"

namespace vigil::testing {
namespace {

using ::testing::ElementsAre;
using vulkan::DevicePlan;
using vulkan::LaneTile;
using vulkan::LaneWork;

TEST(LaneTile, Chosen_CoversTheUsualPlanesWithoutOverhang) {
  for (const std::uint64_t size : {7, 14, 28, 56, 112}) {
    const LaneWork work{.channels = 64, .height = size, .width = size, .terms = 576};
    const LaneTile tile = vulkan::ChooseLaneTile(work, 8);
    EXPECT_EQ(size % tile.rows, 0u) << size;
    EXPECT_EQ(size % tile.columns, 0u) << size;
    EXPECT_EQ(64 % (tile.vectors * 8), 0u) << size;
    EXPECT_LE(tile.vectors * tile.rows * tile.columns, 64u) << size;
  }
}

TEST(LaneTile, OfQuads_IsOfWholeTexels) {
  for (const std::uint64_t width : {4, 12, 196, 3136}) {
    const LaneWork work{.channels = 24, .width = width, .terms = 96, .quads = true};
    EXPECT_EQ(vulkan::ChooseLaneTile(work, 8).columns % 4, 0u) << width;
  }
}

TEST(LaneTile, FewChannels_LeaveNoVectorEmpty) {
  const LaneWork work{.channels = 5, .height = 14, .width = 14, .terms = 27};
  EXPECT_EQ(vulkan::ChooseLaneTile(work, 8).vectors, 1u);
}

TEST(LaneLocalSize, FewUnits_AreSpreadOverWorkgroups) {
  EXPECT_EQ(vulkan::LaneLocalSize(10000, 8), 64u);
  EXPECT_EQ(vulkan::LaneLocalSize(40, 8), 16u);
  EXPECT_EQ(vulkan::LaneLocalSize(1, 16), 16u);
}

TEST(LaneWeights, Packed_LieInFoursOfTermsALane) {
  std::vector<float> packed{-1.0f};  // what stands before stays
  const auto weight = [](std::size_t channel, std::size_t term) {
    return static_cast<float>(10 * channel + term);
  };
  vulkan::AppendLaneWeights(packed, 1, 2, 5, 1, 4, weight);
  EXPECT_THAT(packed, ElementsAre(-1, 0, 1, 2, 3, 10, 11, 12, 13, 0, 0, 0, 0, 0, 0, 0, 0,  //
                                  4, 0, 0, 0, 14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
}

TEST(LaneBias, OfGroups_BeginsABlockEach) {
  std::vector<float> packed;
  const std::vector<float> bias{1.0f, 2.0f, 3.0f, 4.0f};
  vulkan::AppendLaneBias(packed, 2, 2, 1, 4, bias);
  EXPECT_THAT(packed, ElementsAre(1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  //
                                  3, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
}

struct Choice {
  const char* shader;           // on lanes
  const char* shader_of_a_gpu;  // elsewhere
  OpCase op_case;
};

std::vector<Choice> Choices() {
  ConvAttrs plain, window, strided, depthwise, dilated;
  window.kernel = depthwise.kernel = dilated.kernel = {3, 3};
  window.pads = depthwise.pads = {1, 1, 1, 1};
  strided.strides = {2, 2};
  depthwise.groups = dilated.groups = 8;
  dilated.dilations = {2, 2};
  const PoolAttrs maximum{PoolKind::kMax, {2, 2}, {2, 2}};
  const PoolAttrs average{PoolKind::kAverage, {2, 2}, {2, 2}};
  return {
      {"pointwise_lanes", "conv_f32", {plain, {{1, 8, 4, 4}, {8, 8, 1, 1}}}},
      {"conv_lanes", "conv_f32", {plain, {{1, 8, 7, 7}, {8, 8, 1, 1}}}},
      {"conv_lanes", "conv_f32", {strided, {{1, 8, 8, 8}, {8, 8, 1, 1}}}},
      {"conv_lanes", "conv_f32", {window, {{1, 8, 8, 8}, {8, 8, 3, 3}}}},
      {"winograd_input_lanes", "conv_f32", {window, {{1, 64, 16, 16}, {64, 64, 3, 3}}}},
      {"depthwise_quads_lanes", "conv_depthwise_f32", {depthwise, {{1, 8, 8, 8}, {8, 1, 3, 3}}}},
      {"depthwise_lanes", "conv_depthwise_f32", {depthwise, {{1, 8, 7, 7}, {8, 1, 3, 3}}}},
      {"conv_depthwise_f32", "conv_depthwise_f32", {dilated, {{1, 8, 8, 8}, {8, 1, 3, 3}}}},
      {"conv_lanes", "gemm_f32", {GemmAttrs{}, {{2, 8}, {8, 8}}, true}},
      {"max_pool_quads_lanes", "pool_f32", {maximum, {{1, 8, 8, 8}}}},
      {"max_pool_lanes", "pool_f32", {maximum, {{1, 8, 6, 6}}}},
      {"pool_f32", "pool_f32", {average, {{1, 8, 8, 8}}}},
      {"global_pool_lanes", "global_pool_f32", {GlobalPoolAttrs{}, {{1, 8, 8, 8}}}},
  };
}

TEST(KernelsOnLanes, OfEachKind_AreTakenWhereTheDeviceHasLanes) {
  DevicePlan lanes, gpu;
  lanes.offset_alignment = gpu.offset_alignment = 64;
  lanes.lanes = 8;
  lanes.max_texels = 1 << 20;
  for (const Choice& choice : Choices()) {
    SCOPED_TRACE(ToString(choice.op_case));
    const Graph graph = MakeGraph(choice.op_case, MakeInputs(choice.op_case));
    const auto shader = [&](const DevicePlan& plan) {
      return vulkan::LowerGraph(graph, plan).dispatches().at(0).shader;
    };
    EXPECT_EQ(shader(lanes), choice.shader);
    EXPECT_EQ(shader(gpu), choice.shader_of_a_gpu);
  }
}

TEST(KernelsOnLanes, WithTooFewTexels_AreRefused) {
  DevicePlan plan;
  plan.offset_alignment = 64;
  plan.lanes = 8;
  plan.max_texels = 100;
  const OpCase op_case{ConvAttrs{}, {{1, 8, 4, 4}, {8, 8, 1, 1}}};
  const Graph graph = MakeGraph(op_case, MakeInputs(op_case));
  EXPECT_EQ(vulkan::LowerGraph(graph, plan).dispatches().at(0).shader, "conv_f32");
}

}  // namespace
}  // namespace vigil::testing
