// How each version of the operators that move values is read.
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/onnx/parse_wire.h"

namespace vigil {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace testing;  // NOLINT(google-build-using-namespace): the tests' own helpers

template <typename Attrs>
Attrs OnlyNode(const WireModel& model) {
  const Graph graph = Parse(model);
  EXPECT_EQ(graph.nodes().size(), 1u);
  return std::get<Attrs>(graph.nodes().front().attrs);
}

WireModel With(const Wire& node, std::int64_t opset, std::vector<Wire> initializers) {
  WireModel model = OneNode(node, opset);
  model.initializers = std::move(initializers);
  return model;
}

TEST(ImportSlice, AttributesBeforeOpset10_InputsAfter) {
  const auto before = OnlyNode<SliceAttrs>(OneNode(
      NodeWire(
          "Slice", {"x"}, {"y"},
          {IntsAttribute("starts", {1}), IntsAttribute("ends", {-1}), IntsAttribute("axes", {2})}),
      9));
  EXPECT_THAT(before.starts, ElementsAre(1));
  EXPECT_THAT(before.axes, ElementsAre(2));
  EXPECT_THAT(before.steps, ElementsAre(1));
  const auto after =
      OnlyNode<SliceAttrs>(With(NodeWire("Slice", {"x", "s", "e", "a", "t"}, {"y"}), 13,
                                {Int64Wire("s", {-1, 0}), Int64Wire("e", {-9, 1}),
                                 Int64Wire("a", {-1, 1}), Int64Wire("t", {-1, 1})}));
  EXPECT_THAT(after.axes, ElementsAre(3, 1));
  EXPECT_THAT(after.steps, ElementsAre(-1, 1));
  const auto bare = OnlyNode<SliceAttrs>(With(NodeWire("Slice", {"x", "s", "e"}, {"y"}), 10,
                                              {Int64Wire("s", {0, 1}), Int64Wire("e", {1, 2})}));
  EXPECT_THAT(bare.axes, ElementsAre(0, 1));
}

TEST(ImportSplit, SizesComeFromAttributeInputOrTheOutputs) {
  const auto attribute = OnlyNode<SplitAttrs>(
      OneNode(NodeWire("Split", {"x"}, {"y", "z"},
                       {IntAttribute("axis", 2), IntsAttribute("split", {1, 3})}),
              11));
  EXPECT_THAT(attribute.sizes, ElementsAre(1, 3));
  const auto input = OnlyNode<SplitAttrs>(
      With(NodeWire("Split", {"x", "s"}, {"y", "z"}, {IntAttribute("axis", -1)}), 13,
           {Int64Wire("s", {3, 1})}));
  EXPECT_EQ(input.axis, 3);
  EXPECT_THAT(input.sizes, ElementsAre(3, 1));
  const auto equal = OnlyNode<SplitAttrs>(
      OneNode(NodeWire("Split", {"x"}, {"y", "z"}, {IntAttribute("axis", 1)}), 13));
  EXPECT_THAT(equal.sizes, ElementsAre(1, 1));
  WireModel uneven = OneNode(NodeWire("Split", {"x"}, {"y", "z", "w"},
                                      {IntAttribute("axis", 2), IntAttribute("num_outputs", 3)}),
                             18);
  EXPECT_THAT(Refusal(uneven), HasSubstr("leaves nothing for the last"));
  uneven.inputs = {ValueWire("x", {1, 2, 7, 4})};
  EXPECT_THAT(OnlyNode<SplitAttrs>(uneven).sizes, ElementsAre(3, 3, 1));
}

TEST(ImportSplit, OutputsWithoutAName_AreGivenOne) {
  WireModel model = OneNode(NodeWire("Split", {"x"}, {"a", ""}, {IntAttribute("axis", 1)}), 13);
  model.nodes.push_back(NodeWire("Relu", {"a"}, {"y"}));
  EXPECT_EQ(Parse(model).nodes().front().outputs.size(), 2u);
}

TEST(ImportSplit, EveryOutput_CanBeRead) {
  WireModel model = OneNode(NodeWire("Split", {"x"}, {"a", "b"}, {IntAttribute("axis", 1)}), 13);
  model.nodes.push_back(NodeWire("Add", {"b", "a"}, {"y"}));
  const Graph graph = Parse(model);
  EXPECT_EQ(graph.value(*graph.Find("b")).desc.shape, (Shape{1, 1, 4, 4}));
}

TEST(ImportSqueeze, AxesMoveFromAttributeToInputInOpset13) {
  WireModel model = OneNode(NodeWire("Squeeze", {"x"}, {"y"}, {IntsAttribute("axes", {-1})}), 11);
  model.inputs = {ValueWire("x", {2, 3, 1})};
  EXPECT_THAT(OnlyNode<SqueezeAttrs>(model).axes, ElementsAre(2));
  model.nodes = {NodeWire("Squeeze", {"x"}, {"y"})};
  model.inputs = {ValueWire("x", {2, 1, 3, 1})};
  EXPECT_THAT(OnlyNode<SqueezeAttrs>(model).axes, ElementsAre(1, 3));
  const auto after = OnlyNode<UnsqueezeAttrs>(
      With(NodeWire("Unsqueeze", {"x", "a"}, {"y"}), 13, {Int64Wire("a", {-1, 1})}));
  EXPECT_THAT(after.axes, ElementsAre(5, 1));
}

TEST(ImportGather, ConstantIndices_AreCheckedWhenTheFileIsRead) {
  const auto model = [](std::vector<std::int64_t> indices) {
    return With(NodeWire("Gather", {"x", "i"}, {"y"}, {IntAttribute("axis", 2)}), 13,
                {Int64Wire("i", indices)});
  };
  EXPECT_EQ(OnlyNode<GatherAttrs>(model({3, -4})).axis, 2);
  EXPECT_THAT(Refusal(model({4})), HasSubstr("index 4 into dimension 2 of 1x2x4x4"));
}

TEST(ImportPad, Modes_AreReadInTheirVersions) {
  const auto mode = [](const std::string& name, std::int64_t opset) {
    return With(NodeWire("Pad", {"x", "p"}, {"y"}, {StringAttribute("mode", name)}), opset,
                {Int64Wire("p", {0, 0, 1, -1, 0, 0, 1, 1})});
  };
  EXPECT_EQ(OnlyNode<PadAttrs>(mode("reflect", 11)).mode, PadMode::kReflect);
  EXPECT_EQ(OnlyNode<PadAttrs>(mode("edge", 13)).mode, PadMode::kEdge);
  EXPECT_EQ(OnlyNode<PadAttrs>(mode("wrap", 19)).mode, PadMode::kWrap);
  EXPECT_THAT(Refusal(mode("wrap", 18)), HasSubstr("mode is 'wrap'"));
}

TEST(ImportDepthToSpace, Mode_ComesWithOpset11) {
  const auto node = NodeWire("DepthToSpace", {"x"}, {"y"},
                             {IntAttribute("blocksize", 1), StringAttribute("mode", "CRD")});
  EXPECT_TRUE(OnlyNode<DepthToSpaceAttrs>(OneNode(node, 11)).column_row_depth);
  EXPECT_THAT(Refusal(OneNode(node, 10)), HasSubstr("mode is 'CRD'"));
  EXPECT_THAT(Refusal(OneNode(NodeWire("SpaceToDepth", {"x"}, {"y"}), 13)),
              HasSubstr("'blocksize' is missing"));
}

TEST(ImportResize, UpsampleAndOpset10_AreAsymmetric) {
  const std::vector<float> twice{1, 1, 2, 2};
  const auto upsample = OnlyNode<ResizeAttrs>(
      OneNode(NodeWire("Upsample", {"x"}, {"y"},
                       {FloatsAttribute("scales", twice), StringAttribute("mode", "linear")}),
              7));
  EXPECT_EQ(upsample.mode, ResizeMode::kLinear);
  EXPECT_EQ(upsample.coordinates, ResizeCoordinates::kAsymmetric);
  const Wire scales = TensorWire("s", 1, {4}, RawData(twice));
  const auto nine =
      OnlyNode<ResizeAttrs>(With(NodeWire("Upsample", {"x", "s"}, {"y"}), 9, {scales}));
  EXPECT_EQ(nine.rounding, ResizeRounding::kFloor);
  const auto ten = OnlyNode<ResizeAttrs>(With(NodeWire("Resize", {"x", "s"}, {"y"}), 10, {scales}));
  EXPECT_EQ(ten.rounding, ResizeRounding::kFloorOrCeil);
  EXPECT_EQ(ten.coordinates, ResizeCoordinates::kAsymmetric);
  const auto six = OnlyNode<ResizeAttrs>(
      OneNode(NodeWire("Upsample", {"x"}, {"y"},
                       {FloatAttribute("height_scale", 2.0f), FloatAttribute("width_scale", 3.0f),
                        StringAttribute("mode", "bilinear")}),
              6));
  EXPECT_THAT(six.scales, ElementsAre(1, 1, 2, 3));
}

TEST(ImportResize, Opset11_ReadsScalesOrSizesAndItsModes) {
  const auto node =
      NodeWire("Resize", {"x", "", "", "z"}, {"y"},
               {StringAttribute("mode", "cubic"),
                StringAttribute("coordinate_transformation_mode", "align_corners"),
                StringAttribute("nearest_mode", "ceil"), FloatAttribute("cubic_coeff_a", -0.5f),
                IntAttribute("exclude_outside", 1)});
  const auto attrs = OnlyNode<ResizeAttrs>(With(node, 13, {Int64Wire("z", {1, 2, 8, 4})}));
  EXPECT_EQ(attrs.mode, ResizeMode::kCubic);
  EXPECT_EQ(attrs.coordinates, ResizeCoordinates::kAlignCorners);
  EXPECT_EQ(attrs.rounding, ResizeRounding::kCeil);
  EXPECT_EQ(attrs.cubic_a, -0.5f);
  EXPECT_TRUE(attrs.exclude_outside);
  EXPECT_THAT(attrs.sizes, ElementsAre(0, 0, 8, 0)) << "what stays follows the batch";
}

TEST(ImportResize, ModesOfOtherVersions_AreRefused) {
  const auto mode = [](const std::string& name, std::int64_t opset) {
    return With(NodeWire("Resize", {"x", "", "s"}, {"y"},
                         {StringAttribute("coordinate_transformation_mode", name)}),
                opset, {TensorWire("s", 1, {4}, RawData<float>({1, 1, 2, 2}))});
  };
  EXPECT_EQ(OnlyNode<ResizeAttrs>(mode("tf_half_pixel_for_nn", 11)).coordinates,
            ResizeCoordinates::kTfHalfPixelForNn);
  EXPECT_THAT(Refusal(mode("tf_half_pixel_for_nn", 13)), HasSubstr("'tf_half_pixel_for_nn'"));
  EXPECT_THAT(Refusal(mode("half_pixel_symmetric", 18)), HasSubstr("'half_pixel_symmetric'"));
  EXPECT_THAT(Refusal(mode("tf_crop_and_resize", 13)), HasSubstr("roi is missing"));
}

TEST(ImportResize, Opset18_SpreadsAxesAndKeepsProportions) {
  const auto model = [](const std::string& policy) {
    return With(NodeWire("Resize", {"x", "", "", "z"}, {"y"},
                         {IntsAttribute("axes", {3, 2}),
                          StringAttribute("keep_aspect_ratio_policy", policy)}),
                18, {Int64Wire("z", {6, 12})});
  };
  EXPECT_THAT(OnlyNode<ResizeAttrs>(model("stretch")).sizes, ElementsAre(0, 0, 12, 6));
  const auto fits = OnlyNode<ResizeAttrs>(model("not_larger"));
  EXPECT_THAT(fits.sizes, ElementsAre(0, 0, 6, 6));
  EXPECT_THAT(fits.scales, ElementsAre(1, 1, 1.5f, 1.5f));
  EXPECT_THAT(OnlyNode<ResizeAttrs>(model("not_smaller")).sizes, ElementsAre(0, 0, 12, 12));
}

TEST(ImportConstant, Text_IsRefused) {
  WireModel model = OneNode(NodeWire("Add", {"x", "k"}, {"y"}), 13);
  model.nodes.push_back(NodeWire("Constant", {}, {"k"}, {StringAttribute("value_string", "a")}));
  EXPECT_THAT(Refusal(model), HasSubstr("value_string is text"));
}

TEST(ImportCast, AmongFloats_DoesNothing) {
  const auto to = [](std::int64_t type) {
    return OneNode(NodeWire("Cast", {"x"}, {"y"}, {IntAttribute("to", type)}), 13);
  };
  EXPECT_EQ(OnlyNode<UnaryAttrs>(to(10)).kind, UnaryKind::kIdentity);
  EXPECT_EQ(OnlyNode<CastAttrs>(to(6)).to, DType::kInt32);
  EXPECT_EQ(OnlyNode<CastAttrs>(to(9)).to, DType::kBool);
  EXPECT_THAT(Refusal(to(8)), HasSubstr("cast to type 8"));
}

}  // namespace
}  // namespace vigil
