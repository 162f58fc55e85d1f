#include "engine/graph/half_plan.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/half.h"
#include "engine/graph/builder.h"
#include "engine/graph/half_emulation.h"
#include "tests/support/evaluate.h"

namespace vigil {
namespace {

using ::testing::ElementsAre;
using testing::Evaluate;
using ::testing::HasSubstr;
using testing::RandomTensor;
using ::testing::UnorderedElementsAre;

// x -> a = x * w -> b = relu(a) -> c = b + b, the output.
Graph Chain(float weight = 0.5f) {
  GraphBuilder builder;
  const ValueId x = builder.Input("x", {DType::kFloat32, {1, 4}});
  const ValueId w = builder.Constant("w", Tensor(Shape{1}, std::span(&weight, 1)));
  const ValueId a = builder.Add("a", BinaryAttrs{BinaryKind::kMul}, {x, w});
  const ValueId b = builder.Add("b", UnaryAttrs{UnaryKind::kRelu}, {a});
  builder.Output(builder.Add("c", BinaryAttrs{}, {b, b}));
  return std::move(builder).Build();
}

std::map<std::string, DType> Types(const Graph& graph) {
  std::map<std::string, DType> types;
  for (const Value& value : graph.values()) types[value.name] = value.desc.dtype;
  return types;
}

std::vector<Tensor> OneInput() {
  std::vector<Tensor> inputs;
  inputs.push_back(RandomTensor({1, 4}, 7));
  return inputs;
}

TEST(WithHalfStorage, EverythingInside_IsFloat16) {
  const Graph half = WithHalfStorage(Chain(), {});
  const auto types = Types(half);
  EXPECT_EQ(types.at("x"), DType::kFloat32);
  EXPECT_EQ(types.at("c"), DType::kFloat32);
  for (const char* name : {"x.f16", "w.f16", "a.f16", "b.f16", "c.f16"}) {
    EXPECT_EQ(types.at(name), DType::kFloat16) << name;
  }
  EXPECT_EQ(types.size(), 7u);
  EXPECT_EQ(half.nodes().size(), 5u);
}

TEST(WithHalfStorage, AKeptNode_StandsBetweenCasts) {
  const Graph half = WithHalfStorage(Chain(), {{{"b", "for the test"}}});
  const auto types = Types(half);
  EXPECT_EQ(types.at("b"), DType::kFloat32);
  EXPECT_EQ(types.at("a"), DType::kFloat32);
  EXPECT_EQ(types.at("b.f16"), DType::kFloat16);
  std::vector<std::string> names;
  for (const Node& node : half.nodes()) names.push_back(node.name);
  EXPECT_THAT(names,
              UnorderedElementsAre("x.to_f16", "a", "a.to_f32", "b", "b.to_f16", "c", "c.to_f32"));
}

TEST(WithHalfStorage, Taps_KeepTheirNamesAndAreFloat32) {
  const Graph half = WithHalfStorage(Chain().WithTaps(std::vector<std::string>{"a", "x"}), {});
  ASSERT_EQ(half.taps().size(), 2u);
  EXPECT_EQ(half.value(half.taps()[0]).name, "a");
  EXPECT_EQ(half.value(half.taps()[0]).desc.dtype, DType::kFloat32);
  EXPECT_EQ(half.value(half.taps()[1]).name, "x");
}

TEST(WithHalfStorage, Numbers_AreRoundedOnceANode) {
  const std::vector<Tensor> inputs = OneInput();
  const auto values = Evaluate(WithHalfStorage(Chain(0.3f), {}), inputs);
  for (std::size_t i = 0; i < 4; ++i) {
    const float a = RoundToHalf(RoundToHalf(inputs[0].as<float>()[i]) * RoundToHalf(0.3f));
    const float b = a < 0.0f ? 0.0f : a;
    EXPECT_EQ(values.at("c").as<float>()[i], RoundToHalf(b + b));
  }
}

TEST(EmulateHalf, HasTheSameNumbersInFloat32) {
  const Graph half = WithHalfStorage(Chain(0.3f).WithTaps(std::vector<std::string>{"a"}),
                                     {{{"b", "for the test"}}});
  const Graph emulated = EmulateHalf(half);
  for (const auto& [name, type] : Types(emulated)) EXPECT_EQ(type, DType::kFloat32) << name;
  const std::vector<Tensor> inputs = OneInput();
  const auto expected = Evaluate(half, inputs), actual = Evaluate(emulated, inputs);
  for (const char* name : {"a", "c"}) {
    EXPECT_TRUE(std::ranges::equal(expected.at(name).bytes(), actual.at(name).bytes())) << name;
  }
}

TEST(EmulateHalf, OfAGraphWithoutHalf_ChangesNothing) {
  EXPECT_EQ(EmulateHalf(Chain()).nodes().size(), 3u);
}

TEST(PlanHalf, ALayerThatOverflows_StaysWithItsReason) {
  const HalfPlan plan = PlanHalf(Chain(), {{"a", 100.0f}, {"b", 100.0f}, {"c", 40000.0f}});
  ASSERT_EQ(plan.kept.size(), 1u);
  EXPECT_EQ(plan.kept[0].node, "c");
  EXPECT_EQ(plan.kept[0].reason, "output 'c' reached 40000 in a probe run, safe is 32752");
}

TEST(PlanHalf, AConstantThatHalfDoesNotHold_KeepsItsNode) {
  const HalfPlan plan = PlanHalf(Chain(70000.0f), {});
  ASSERT_EQ(plan.kept.size(), 1u);
  EXPECT_EQ(plan.kept[0].node, "a");
  EXPECT_THAT(plan.kept[0].reason, HasSubstr("constant 'w' holds 70000, float16 ends at 65504"));
}

TEST(PlanHalf, NanInAProbe_CountsAsOverflow) {
  EXPECT_EQ(PlanHalf(Chain(), {{"b", INFINITY}}).kept.size(), 2u);  // its producer and its reader
}

}  // namespace
}  // namespace vigil
