#include "engine/graph/fuse_quantized.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/graph/builder.h"
#include "engine/graph/passes.h"
#include "engine/graph/quantize_model.h"
#include "tests/support/evaluate.h"

namespace vigil {
namespace {

using ::testing::ElementsAre;
using testing::Evaluate;
using ::testing::IsSubsetOf;
using testing::RandomTensor;

const TensorDesc kImage{DType::kFloat32, {1, 3, 6, 6}};

// conv (and batch norm) -> clip -> depthwise -> relu, added to the clip's output -> conv -> gemm.
Graph SmallFloatNetwork() {
  GraphBuilder builder;
  std::uint64_t seed = 0;
  const auto constant = [&](const std::string& name, const Shape& shape) {
    return builder.Constant(name, RandomTensor(shape, ++seed));
  };
  const auto conv = [&](const std::string& name, ValueId x, std::int64_t in, std::int64_t out,
                        std::int64_t groups) {
    ConvAttrs attrs{.kernel = {3, 3}, .pads = {1, 1, 1, 1}, .groups = groups, .has_bias = true};
    return builder.Add(
        name, attrs,
        {x, constant(name + ".w", {out, in / groups, 3, 3}), constant(name + ".b", {out})});
  };
  const ValueId x = builder.Input("x", kImage);
  Tensor variance({DType::kFloat32, {8}});
  std::ranges::fill(variance.as<float>(), 1.5f);
  const ValueId norm =
      builder.Add("norm", BatchNormAttrs{},
                  {conv("stem", x, 3, 8, 1), constant("scale", {8}), constant("shift", {8}),
                   constant("mean", {8}), builder.Constant("variance", std::move(variance))});
  const ValueId clip = builder.Add("clip", UnaryAttrs{UnaryKind::kClip, 0.0f, 6.0f}, {norm});
  const ValueId wise = conv("wise", clip, 8, 8, 8);
  const ValueId relu = builder.Add("relu", UnaryAttrs{UnaryKind::kRelu}, {wise});
  const ValueId sum = builder.Add("sum", BinaryAttrs{}, {clip, relu});
  const ValueId last =
      conv("last", builder.Add("drop", UnaryAttrs{UnaryKind::kDropout}, {sum}), 8, 5, 1);
  const ValueId pool = builder.Add("pool", GlobalPoolAttrs{}, {last});
  const ValueId flat = builder.Add("flat", FlattenAttrs{1}, {pool});
  builder.Output(builder.Add("logits", GemmAttrs{.trans_b = true, .has_bias = true},
                             {flat, constant("w", {4, 5}), constant("c", {4})}));
  builder.Metadata("key", "kept");
  return std::move(builder).Build();
}

std::vector<Tensor> OneInput() {
  std::vector<Tensor> inputs;
  inputs.push_back(RandomTensor(kImage.shape, 77));
  return inputs;
}

Graph QuantizedNetwork() {
  const Graph prepared = PrepareToQuantize(SmallFloatNetwork());
  std::map<std::string, ValueRange> ranges;
  const auto values = Evaluate(prepared, OneInput());
  for (const std::string& name : ValuesToQuantize(prepared)) {
    const auto [low, high] = std::ranges::minmax(values.at(name).as<float>());
    ranges[name] = {low, high};
  }
  return QuantizeModel(prepared, ranges);
}

std::vector<std::string> OperatorsOf(const Graph& graph) {
  std::vector<std::string> names;
  for (const Node& node : graph.nodes()) names.push_back(OpName(node.attrs));
  return names;
}

TEST(QuantizeModel, ValuesToQuantize_AreWhatConvAndGemmRead) {
  EXPECT_THAT(ValuesToQuantize(PrepareToQuantize(SmallFloatNetwork())),
              ElementsAre("x", "clip", "sum", "flat"));
}

TEST(QuantizeModel, KeepsInterfaceMetadataAndNames) {
  const Graph graph = QuantizedNetwork();
  EXPECT_EQ(graph.value(graph.inputs()[0]).name, "x");
  EXPECT_EQ(graph.value(graph.outputs()[0]).name, "logits");
  EXPECT_EQ(graph.metadata().at("key"), "kept");
  EXPECT_TRUE(IsQuantized(graph));
  // `clip` is also added in float and stays what it was; `sum` is only read by a convolution.
  EXPECT_TRUE(graph.Find("clip.dequantized").has_value());
  EXPECT_TRUE(graph.Find("sum.raw").has_value());
  const auto scale = std::ranges::find_if(
      graph.nodes(), [&](const Node& node) { return node.name == "stem.w.folded.dequantized"; });
  ASSERT_NE(scale, graph.nodes().end());
  EXPECT_EQ(std::get<DequantizeAttrs>(scale->attrs).scale.scales.size(), 8u);
}

TEST(QuantizeModel, Outputs_AreNearTheFloatOnes) {
  const auto expected = Evaluate(SmallFloatNetwork(), OneInput());
  const auto actual = Evaluate(QuantizedNetwork(), OneInput());
  const auto a = expected.at("logits").as<float>(), b = actual.at("logits").as<float>();
  double largest = 0.0;
  for (const float v : a) largest = std::max<double>(largest, std::abs(v));
  // Four layers in steps of 1/255 of their range.
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 0.03 * largest);
}

TEST(FuseQuantized, EveryProduct_RunsInIntegers) {
  const Graph fused = FuseQuantized(QuantizedNetwork());
  // The clip is read in float, too, so the stem's sums are dequantised first.
  EXPECT_THAT(OperatorsOf(Optimize(fused)),
              ElementsAre("QuantizeLinear", "ConvInteger", "DequantizeLinear", "Clip",
                          "QuantizeLinear", "ConvInteger", "DequantizeLinear", "Relu", "Add",
                          "QuantizeLinear", "ConvInteger", "DequantizeLinear", "GlobalAveragePool",
                          "Flatten", "QuantizeLinear", "MatMulInteger", "DequantizeLinear"));
}

TEST(FuseQuantized, Outputs_AreThoseOfTheFloatNodesButForTies) {
  const Graph graph = QuantizedNetwork();
  const auto expected = Evaluate(graph, OneInput());
  const auto actual = Evaluate(FuseQuantized(graph), OneInput());
  const auto a = expected.at("logits").as<float>(), b = actual.at("logits").as<float>();
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 0.02);
}

// quantize -> dequantize -> conv -> relu -> quantize -> dequantize: what becomes one node.
Graph Chain(const std::vector<std::string>& taps = {}) {
  GraphBuilder builder;
  const QuantizeScale in{0, {0.1f}, {10}}, out{0, {0.2f}, {0}};
  const ValueId x = builder.Input("x", kImage);
  const ValueId q = builder.Add("q", QuantizeAttrs{in, DType::kUInt8}, {x});
  const ValueId dq = builder.Add("dq", DequantizeAttrs{in}, {q});
  Tensor weights({DType::kInt8, {2, 3, 1, 1}});
  for (int i = 0; i < 6; ++i) weights.as<std::int8_t>()[i] = static_cast<std::int8_t>(20 * i - 40);
  const ValueId w = builder.Add("w", DequantizeAttrs{{0, {0.01f, 0.02f}, {0, 0}}},
                                {builder.Constant("w.q", std::move(weights))});
  const ValueId b = builder.Constant("b", RandomTensor({2}, 3));
  const ValueId conv = builder.Add("conv", ConvAttrs{.has_bias = true}, {dq, w, b});
  const ValueId relu = builder.Add("relu", UnaryAttrs{UnaryKind::kRelu}, {conv});
  const ValueId q2 = builder.Add("q2", QuantizeAttrs{out, DType::kUInt8}, {relu});
  builder.Output(builder.Add("y", DequantizeAttrs{out}, {q2}));
  return std::move(builder).Build().WithTaps(taps);
}

TEST(FuseQuantized, ConvReluAndQuantize_BecomeOneNode) {
  const Graph fused = FuseQuantized(Chain());
  EXPECT_THAT(OperatorsOf(fused), ElementsAre("QuantizeLinear", "QLinearConv", "DequantizeLinear"));
  const auto& product = std::get<QConvAttrs>(fused.nodes()[1].attrs).product;
  EXPECT_EQ(product.activation, Activation{Activation::Kind::kRelu});
  EXPECT_EQ(product.x_zero_point, 10);
  EXPECT_THAT(product.weight_scales, ElementsAre(0.01f, 0.02f));
  EXPECT_EQ(fused.value(fused.nodes()[1].inputs[2]).desc.dtype, DType::kInt32);
}

TEST(FuseQuantized, ATapInside_KeepsTheFloatNodesForItAlone) {
  const Graph fused = FuseQuantized(Chain({"conv"}));
  EXPECT_THAT(std::vector<std::string>({"QLinearConv", "Conv"}), IsSubsetOf(OperatorsOf(fused)));
  const auto plain = Evaluate(FuseQuantized(Chain()), OneInput());
  const auto tapped = Evaluate(fused, OneInput());
  EXPECT_TRUE(std::ranges::equal(plain.at("y").bytes(), tapped.at("y").bytes()));
  const auto original = Evaluate(Chain(), OneInput());
  EXPECT_TRUE(std::ranges::equal(original.at("conv").bytes(), tapped.at("conv").bytes()));
}

TEST(FoldConstants, DequantizedWeights_BecomeFloat) {
  const Graph folded = FoldConstants(Chain());
  EXPECT_TRUE(folded.value(*folded.Find("w")).constant != nullptr);
}

TEST(FuseQuantized, OfAFloatGraph_ChangesNothing) {
  const Graph graph = PrepareToQuantize(SmallFloatNetwork());
  EXPECT_FALSE(IsQuantized(graph));
  EXPECT_EQ(FuseQuantized(graph).nodes().size(), graph.nodes().size());
}

}  // namespace
}  // namespace vigil
