#include "engine/graph/passes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/graph/builder.h"
#include "tests/support/evaluate.h"

namespace vigil {
namespace {

using ::testing::ElementsAre;
using testing::Evaluate;
using testing::RandomTensor;

const TensorDesc kImage{DType::kFloat32, {1, 2, 3, 3}};

// Adds networks of 1x1 convolutions with two channels.
class Net {
 public:
  Net() { x = builder.Input("x", kImage); }

  ValueId Conv(const std::string& name, ValueId in) {
    const ValueId weights = builder.Constant(name + ".w", RandomTensor({2, 2, 1, 1}, ++seed_));
    return builder.Add(name, ConvAttrs{}, {in, weights});
  }
  ValueId BatchNorm(const std::string& name, ValueId in) {
    std::vector<ValueId> inputs{in};
    for (const char* part : {".scale", ".bias", ".mean", ".variance"}) {
      Tensor tensor = RandomTensor({2}, ++seed_);
      for (float& v : tensor.as<float>()) v = v * 0.25f + 1.0f;
      inputs.push_back(builder.Constant(name + part, std::move(tensor)));
    }
    return builder.Add(name, BatchNormAttrs{}, inputs);
  }
  ValueId Unary(const std::string& name, UnaryKind kind, ValueId in) {
    return builder.Add(name, UnaryAttrs{kind, 0.0f, 6.0f}, {in});
  }
  ValueId Add(const std::string& name, ValueId a, ValueId b) {
    return builder.Add(name, BinaryAttrs{BinaryKind::kAdd}, {a, b});
  }
  Graph Build(ValueId output) {
    builder.Output(output);
    return std::move(builder).Build();
  }

  GraphBuilder builder;
  ValueId x;

 private:
  std::uint64_t seed_ = 0;
};

std::vector<std::string> NodeNames(const Graph& graph) {
  std::vector<std::string> names;
  for (const Node& node : graph.nodes()) names.push_back(node.name);
  return names;
}

std::vector<std::string> Names(const Graph& graph, const std::vector<ValueId>& ids) {
  std::vector<std::string> names;
  for (const ValueId id : ids) names.push_back(graph.value(id).name);
  return names;
}

const Epilogue& ConvEpilogue(const Node& node) { return std::get<ConvAttrs>(node.attrs).epilogue; }

void ExpectSameOutputs(const Graph& before, const Graph& after) {
  const std::vector<Tensor> inputs = [] {
    std::vector<Tensor> tensors;
    tensors.push_back(RandomTensor(kImage.shape, 99));
    return tensors;
  }();
  const auto expected = Evaluate(before, inputs), actual = Evaluate(after, inputs);
  ASSERT_EQ(Names(after, after.outputs()), Names(before, before.outputs()));
  std::vector<std::string> names = Names(before, before.outputs());
  for (const std::string& tap : Names(after, after.taps())) names.push_back(tap);
  for (const std::string& name : names) {
    const auto a = expected.at(name).as<float>(), b = actual.at(name).as<float>();
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 2e-5f) << name << i;
  }
}

// A block of MobileNetV2: its last convolution has no activation and is added to what came in.
Graph LinearBottleneck() {
  Net net;
  const ValueId in = net.Unary("in", UnaryKind::kRelu, net.Conv("stem", net.x));
  const ValueId a = net.BatchNorm("bn_a", net.Conv("a", in));
  const ValueId b = net.BatchNorm("bn_b", net.Conv("b", net.Unary("clip", UnaryKind::kClip, a)));
  const ValueId sum = net.Add("sum", in, b);
  return net.Build(net.Unary("end", UnaryKind::kSigmoid, net.Conv("head", sum)));
}

// A block of ResNet: both inputs of the addition are convolutions.
Graph ResidualBlock() {
  Net net;
  const ValueId in = net.Conv("stem", net.x);
  const ValueId shortcut = net.BatchNorm("bn_shortcut", net.Conv("shortcut", in));
  const ValueId a = net.BatchNorm("bn_a", net.Conv("a", in));
  const ValueId b = net.BatchNorm("bn_b", net.Conv("b", net.Unary("relu", UnaryKind::kRelu, a)));
  const ValueId sum = net.Add("sum", b, shortcut);
  return net.Build(net.Unary("out", UnaryKind::kRelu, sum));
}

TEST(Optimize, LinearBottleneck_FusesToOneNodeAConvolution) {
  const Graph before = LinearBottleneck();
  const Graph after = Optimize(before);
  EXPECT_THAT(NodeNames(after), ElementsAre("stem", "a", "b", "head"));
  EXPECT_EQ(ConvEpilogue(after.nodes()[1]).activation,
            (Activation{Activation::Kind::kClip, 0.0f, 6.0f}));
  EXPECT_TRUE(ConvEpilogue(after.nodes()[2]).residual);
  EXPECT_EQ(ConvEpilogue(after.nodes()[2]).activation, Activation{});
  EXPECT_EQ(ConvEpilogue(after.nodes()[3]).activation.kind, Activation::Kind::kSigmoid);
  ExpectSameOutputs(before, after);
}

TEST(Optimize, ResidualBlock_FusesIntoTheLaterConvolution) {
  const Graph before = ResidualBlock();
  const Graph after = Optimize(before);
  EXPECT_THAT(NodeNames(after), ElementsAre("stem", "shortcut", "a", "b"));
  const Node& last = after.nodes().back();
  EXPECT_TRUE(ConvEpilogue(last).residual);
  EXPECT_EQ(ConvEpilogue(last).activation.kind, Activation::Kind::kRelu);
  EXPECT_EQ(after.value(last.inputs.back()).name, "bn_shortcut");
  EXPECT_THAT(Names(after, last.outputs), ElementsAre("out"));
  ExpectSameOutputs(before, after);
}

TEST(Optimize, EveryActivation_FusesIntoItsConvolution) {
  using enum UnaryKind;
  for (const UnaryKind kind : {kLeakyRelu, kElu, kHardSigmoid, kHardSwish, kTanh}) {
    Net net;
    const ValueId conv = net.Conv("conv", net.x);
    const UnaryAttrs attrs{kind, 0.25f, 0.5f};
    const Graph before = net.Build(net.builder.Add("y", attrs, {conv}));
    const Graph after = Optimize(before);
    ASSERT_EQ(after.nodes().size(), 1u) << OpName(attrs);
    EXPECT_EQ(ConvEpilogue(after.nodes()[0]).activation, ActivationOf(attrs));
    ExpectSameOutputs(before, after);
  }
}

TEST(Optimize, FunctionsThatAreNoActivation_StayNodes) {
  Net net;
  const Graph graph = net.Build(net.Unary("y", UnaryKind::kSoftplus, net.Conv("conv", net.x)));
  EXPECT_THAT(NodeNames(Optimize(graph)), ElementsAre("conv", "y"));
}

TEST(Optimize, ConvTransposeWithBatchNormAndActivation_BecomesOneNode) {
  for (const std::int64_t groups : {1, 2}) {
    Net net;
    const ValueId weights = net.builder.Constant("w", RandomTensor({2, 2 / groups, 2, 2}, 5));
    ConvTransposeAttrs attrs{{2, 2}, {2, 2}};
    attrs.groups = groups;
    const ValueId up = net.builder.Add("up", attrs, {net.x, weights});
    const Graph before = net.Build(net.Unary("y", UnaryKind::kRelu, net.BatchNorm("bn", up)));
    const Graph after = Optimize(before);
    // Weights of several groups keep their outputs apart from each other.
    EXPECT_EQ(after.nodes().size(), groups == 1 ? 1u : 3u);
    ExpectSameOutputs(before, after);
  }
}

TEST(Optimize, ProductOfTwoValues_TakesNoResidual) {
  GraphBuilder builder;
  const TensorDesc square{DType::kFloat32, {3, 3}};
  const ValueId a = builder.Input("a", square), b = builder.Input("b", square);
  const ValueId product = builder.Add("product", GemmAttrs{}, {a, b});
  builder.Output(builder.Add("sum", BinaryAttrs{}, {product, a}));
  EXPECT_THAT(NodeNames(Optimize(std::move(builder).Build())), ElementsAre("product", "sum"));
}

TEST(Optimize, TapsInsideAFusion_BecomeFurtherOutputsInTheDocumentedOrder) {
  const Graph graph = ResidualBlock();
  const std::vector<std::string> taps{"sum", "bn_b"};
  const Graph after = Optimize(graph.WithTaps(taps));
  const Node& last = after.nodes().back();
  EXPECT_TRUE(ConvEpilogue(last).store_accumulator);
  EXPECT_TRUE(ConvEpilogue(last).store_pre_activation);
  EXPECT_THAT(Names(after, last.outputs), ElementsAre("out", "bn_b", "sum"));
  EXPECT_EQ(Names(after, after.taps()), taps);
  ExpectSameOutputs(graph, after);
}

TEST(Optimize, TapOfAFoldedAwayValue_KeepsTheConvolutionAsAnExtraNode) {
  const Graph graph = ResidualBlock();
  const Graph after = Optimize(graph.WithTaps(std::vector<std::string>{"b"}));
  EXPECT_EQ(after.nodes().size(), 5u);
  const ValueId tap = after.taps().front();
  const auto extra = std::ranges::find_if(
      after.nodes(), [&](const Node& node) { return node.outputs.front() == tap; });
  ASSERT_NE(extra, after.nodes().end());
  EXPECT_EQ(ConvEpilogue(*extra), Epilogue{});
  EXPECT_EQ(after.value(extra->inputs[1]).name, "b.w");
  ExpectSameOutputs(graph, after);
}

// What a backend sees of the way to the outputs: attributes and names, stores of taps left out.
std::vector<std::string> PathOf(const Graph& graph) {
  const Graph path = RemoveDead(graph.WithTaps({}));
  std::vector<std::string> lines;
  for (const Node& node : path.nodes()) {
    std::string line = OpName(node.attrs) + " " + node.name + " ->";
    line += " " + path.value(node.outputs.front()).name + " <-";
    for (const std::string& name : Names(path, node.inputs)) line += " " + name;
    if (const auto* conv = std::get_if<ConvAttrs>(&node.attrs)) {
      const Activation& activation = conv->epilogue.activation;
      line += " activation " + std::to_string(static_cast<int>(activation.kind));
    }
    lines.push_back(line);
  }
  return lines;
}

TEST(Optimize, AnyTwoTaps_LeaveThePathAndTheOutputsAsTheyAre) {
  std::vector<Tensor> inputs;
  inputs.push_back(RandomTensor(kImage.shape, 5));
  for (const Graph& graph : {LinearBottleneck(), ResidualBlock()}) {
    const Graph untapped = Optimize(graph);
    const std::string output = Names(graph, graph.outputs()).front();
    const auto expected = Evaluate(untapped, inputs);
    std::vector<std::string> names;
    for (const Value& value : graph.values()) {
      if (!value.constant) names.push_back(value.name);
    }
    for (const std::string& a : names) {
      for (const std::string& b : names) {
        if (a == b) continue;
        const Graph tapped = Optimize(graph.WithTaps(std::vector<std::string>{a, b}));
        EXPECT_EQ(PathOf(tapped), PathOf(untapped)) << a << ", " << b;
        const auto actual = Evaluate(tapped, inputs);
        EXPECT_TRUE(std::ranges::equal(actual.at(output).bytes(), expected.at(output).bytes()))
            << a << ", " << b;
        ExpectSameOutputs(graph, tapped);
      }
    }
  }
}

TEST(RemoveIdentities, TappedIdentity_DoesNotKeepItsInputFromFusing) {
  Net net;
  const ValueId conv = net.Conv("conv", net.x);
  const ValueId copy = net.Unary("copy", UnaryKind::kIdentity, conv);
  const Graph graph = net.Build(net.Unary("relu", UnaryKind::kRelu, copy));
  EXPECT_THAT(NodeNames(Optimize(graph)), ElementsAre("conv"));
  const Graph tapped = Optimize(graph.WithTaps(std::vector<std::string>{"copy"}));
  EXPECT_THAT(NodeNames(tapped), ElementsAre("conv", "copy"));
  EXPECT_EQ(PathOf(tapped), PathOf(Optimize(graph)));
  ExpectSameOutputs(graph, tapped);
}

TEST(RemoveIdentities, ChainOfIdentityAndDropout_Goes) {
  Net net;
  const ValueId a = net.Unary("a", UnaryKind::kIdentity, net.x);
  const ValueId b = net.Unary("b", UnaryKind::kDropout, a);
  const Graph after = RemoveIdentities(net.Build(net.Unary("relu", UnaryKind::kRelu, b)));
  EXPECT_THAT(NodeNames(after), ElementsAre("relu"));
  EXPECT_THAT(Names(after, after.nodes()[0].inputs), ElementsAre("x"));
}

TEST(RemoveIdentities, IdentityThatIsAnOutput_Stays) {
  Net net;
  const Graph after = RemoveIdentities(net.Build(net.Unary("a", UnaryKind::kIdentity, net.x)));
  EXPECT_THAT(NodeNames(after), ElementsAre("a"));
}

TEST(FuseEpilogues, ValueReadTwice_IsNotSwallowed) {
  Net net;
  const ValueId conv = net.Conv("conv", net.x);
  const ValueId relu = net.Unary("relu", UnaryKind::kRelu, conv);
  const Graph graph = net.Build(net.Add("sum", relu, net.Conv("other", conv)));
  const Graph after = FuseEpilogues(graph);
  EXPECT_THAT(NodeNames(after), ElementsAre("conv", "relu", "other"));
  ExpectSameOutputs(graph, after);
}

TEST(FuseEpilogues, ConvolutionAddedToItself_StaysAnAddition) {
  Net net;
  const ValueId conv = net.Conv("conv", net.x);
  const Graph after = FuseEpilogues(net.Build(net.Add("sum", conv, conv)));
  EXPECT_THAT(NodeNames(after), ElementsAre("conv", "sum"));
}

TEST(FuseEpilogues, ValueThatIsAnOutput_IsNotSwallowed) {
  Net net;
  const ValueId conv = net.Conv("conv", net.x);
  net.builder.Output(conv);
  const Graph after = FuseEpilogues(net.Build(net.Unary("relu", UnaryKind::kRelu, conv)));
  EXPECT_THAT(NodeNames(after), ElementsAre("conv", "relu"));
}

TEST(FuseEpilogues, AddWithoutConvolution_TakesTheActivation) {
  Net net;
  const ValueId a = net.Unary("a", UnaryKind::kSigmoid, net.x);
  const Graph graph = net.Build(net.Unary("relu", UnaryKind::kRelu, net.Add("sum", a, net.x)));
  const Graph after = FuseEpilogues(graph);
  EXPECT_THAT(NodeNames(after), ElementsAre("a", "sum"));
  EXPECT_EQ(std::get<BinaryAttrs>(after.nodes()[1].attrs).epilogue.activation.kind,
            Activation::Kind::kRelu);
  ExpectSameOutputs(graph, after);
}

TEST(FuseEpilogues, BroadcastAddition_IsNoResidual) {
  Net net;
  const ValueId conv = net.Conv("conv", net.x);
  const ValueId row = net.builder.Input("row", {DType::kFloat32, {1, 2, 1, 1}});
  const Graph after = FuseEpilogues(net.Build(net.Add("sum", conv, row)));
  EXPECT_THAT(NodeNames(after), ElementsAre("conv", "sum"));
}

TEST(FoldBatchNorm, AfterConvWithBias_HandComputed) {
  // conv: 2x + 1; batch norm: (y - 3) / sqrt(4 - 0) * 5 + 7 with epsilon 0, so 5x + 2.
  GraphBuilder builder;
  const TensorDesc one{DType::kFloat32, {1, 1, 1, 1}};
  const auto scalar = [&](const char* name, const Shape& shape, float value) {
    return builder.Constant(name, Tensor(shape, std::vector<float>{value}));
  };
  const ValueId x = builder.Input("x", one);
  const ValueId conv = builder.Add("conv", ConvAttrs{.has_bias = true},
                                   {x, scalar("w", {1, 1, 1, 1}, 2.0f), scalar("b", {1}, 1.0f)});
  builder.Output(builder.Add("bn", BatchNormAttrs{.epsilon = 0.0f},
                             {conv, scalar("scale", {1}, 5.0f), scalar("bias", {1}, 7.0f),
                              scalar("mean", {1}, 3.0f), scalar("variance", {1}, 4.0f)}));
  const Graph after = FoldBatchNorm(std::move(builder).Build());
  ASSERT_EQ(after.nodes().size(), 1u);
  const Node& node = after.nodes().front();
  EXPECT_EQ(after.value(node.inputs[1]).constant->as<float>()[0], 5.0f);
  EXPECT_EQ(after.value(node.inputs[2]).constant->as<float>()[0], 2.0f);
}

TEST(FoldBatchNorm, AfterGemm_KeepsTheAnswers) {
  for (const bool trans_b : {false, true}) {
    GraphBuilder builder;
    const ValueId x = builder.Input("x", {DType::kFloat32, {1, 3}});
    const ValueId w = builder.Constant("w", RandomTensor(trans_b ? Shape{5, 3} : Shape{3, 5}, 1));
    const ValueId c = builder.Constant("c", RandomTensor({1, 5}, 2));
    const GemmAttrs attrs{.alpha = 0.5f, .beta = 3.0f, .trans_b = trans_b, .has_bias = true};
    std::vector<ValueId> inputs{builder.Add("fc", attrs, {x, w, c})};
    for (int i = 0; i < 4; ++i) {
      Tensor part = RandomTensor({5}, static_cast<std::uint64_t>(3 + i));
      for (float& v : part.as<float>()) v += 1.5f;
      inputs.push_back(builder.Constant("bn" + std::to_string(i), std::move(part)));
    }
    builder.Output(builder.Add("bn", BatchNormAttrs{}, inputs));
    const Graph before = std::move(builder).Build();
    const Graph after = FoldBatchNorm(before);
    EXPECT_THAT(NodeNames(after), ElementsAre("fc"));
    std::vector<Tensor> input;
    input.push_back(RandomTensor({1, 3}, 9));
    const auto expected = Evaluate(before, input), actual = Evaluate(after, input);
    for (std::size_t i = 0; i < 5; ++i) {
      EXPECT_NEAR(expected.at("bn").as<float>()[i], actual.at("bn").as<float>()[i], 2e-5f);
    }
  }
}

TEST(FoldConstants, NodesOfConstants_BecomeOneConstant) {
  Net net;
  const ValueId k = net.builder.Constant("k", Tensor(Shape{1}, std::vector<float>{-2.0f}));
  const ValueId relu = net.Unary("relu", UnaryKind::kRelu, net.Add("twice", k, k));
  const Graph after = FoldConstants(net.Build(net.Add("sum", net.x, relu)));
  EXPECT_THAT(NodeNames(after), ElementsAre("sum"));
  const Value& folded = after.value(after.nodes()[0].inputs[1]);
  EXPECT_EQ(folded.name, "relu");
  EXPECT_EQ(folded.constant->as<float>()[0], 0.0f);
}

TEST(FoldConstants, ConstantOutput_KeepsItsNode) {
  Net net;
  const ValueId k = net.builder.Constant("k", Tensor(Shape{1}, std::vector<float>{3.0f}));
  const ValueId twice = net.Add("twice", k, k);
  net.builder.Output(twice);
  const Graph after = FoldConstants(net.Build(net.Add("sum", net.x, twice)));
  EXPECT_THAT(NodeNames(after), ElementsAre("twice", "sum"));
  EXPECT_EQ(after.value(after.nodes()[1].inputs[1]).constant->as<float>()[0], 6.0f);
}

TEST(RemoveDead, BranchThatNobodyReads_GoesUnlessTapped) {
  Net net;
  net.Unary("branch", UnaryKind::kRelu, net.Conv("side", net.x));
  const Graph graph = net.Build(net.Conv("main", net.x));
  EXPECT_THAT(NodeNames(RemoveDead(graph)), ElementsAre("main"));
  EXPECT_FALSE(RemoveDead(graph).Find("side.w"));
  EXPECT_THAT(NodeNames(RemoveDead(graph.WithTaps(std::vector<std::string>{"side"}))),
              ElementsAre("side", "main"));
}

}  // namespace
}  // namespace vigil
