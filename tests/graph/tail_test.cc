#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/graph/builder.h"
#include "engine/graph/passes.h"
#include "tests/support/evaluate.h"

namespace vigil {
namespace {

using testing::Evaluate;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::RandomTensor;

const TensorDesc kImage{DType::kFloat32, {1, 2, 3, 3}};

// x -> stem -> first -> [+ stem] sum -> last -> out, with a branch `aside` that no output needs.
Graph Residual() {
  GraphBuilder builder;
  const auto conv = [&](const std::string& name, ValueId in, std::uint64_t seed) {
    return builder.Add(name, ConvAttrs{},
                       {in, builder.Constant(name + ".w", RandomTensor({2, 2, 1, 1}, seed))});
  };
  const ValueId stem = conv("stem", builder.Input("x", kImage), 1);
  const ValueId first = conv("first", stem, 2);
  builder.Tap(conv("aside", first, 3));
  const ValueId sum = builder.Add("sum", BinaryAttrs{BinaryKind::kAdd}, {first, stem});
  // A bias that is computed from constants alone.
  const ValueId one = builder.Constant("one", RandomTensor({1, 2, 1, 1}, 4));
  const ValueId bias = builder.Add("bias", BinaryAttrs{BinaryKind::kMul}, {one, one});
  const ValueId last = conv("last", sum, 5);
  builder.Output(builder.Add("out", BinaryAttrs{BinaryKind::kAdd}, {last, bias}));
  builder.Metadata("vigil.task", "cifar10");
  return std::move(builder).Build();
}

std::string Refusal(const Graph& graph, std::string_view value, ErrorCode code) {
  try {
    TailFrom(graph, value);
  } catch (const Error& error) {
    EXPECT_EQ(CodeName(error.code()), CodeName(code));
    return error.what();
  }
  ADD_FAILURE() << "accepted " << value;
  return "";
}

TEST(TailFrom, FedWithTheValue_GivesTheNetworksOutput) {
  const Graph graph = Residual();
  std::vector<Tensor> images;
  images.push_back(RandomTensor(kImage.shape, 99));
  const auto whole = Evaluate(graph, images);
  for (const char* name : {"x", "stem", "sum", "last"}) {
    const Graph tail = TailFrom(graph, name);
    ASSERT_EQ(tail.inputs().size(), 1u);
    EXPECT_EQ(tail.value(tail.inputs()[0]).name, name);
    EXPECT_TRUE(tail.taps().empty());
    EXPECT_EQ(tail.metadata(), graph.metadata());
    EXPECT_FALSE(tail.Find("aside")) << "no output needs it";
    std::vector<Tensor> inputs;
    if (std::string_view(name) == "x") {
      inputs.push_back(RandomTensor(kImage.shape, 99));
    } else {
      inputs.emplace_back(kImage);
      std::ranges::copy(whole.at(name).as<float>(), inputs[0].as<float>().begin());
    }
    const auto part = Evaluate(tail, inputs);
    const auto expected = whole.at("out").as<float>(), actual = part.at("out").as<float>();
    EXPECT_TRUE(std::ranges::equal(expected, actual)) << name;
  }
}

TEST(TailFrom, HoldsNothingOfWhatLiesBefore) {
  const Graph tail = TailFrom(Residual(), "sum");
  EXPECT_FALSE(tail.Find("stem"));
  EXPECT_FALSE(tail.Find("stem.w"));
  EXPECT_FALSE(tail.Find("x"));
  EXPECT_TRUE(tail.Find("bias")) << "constants that are computed stay";
  EXPECT_EQ(tail.WithBatch(5).batch(), 5);
}

TEST(TailFrom, WhereAResidualGoesAround_NamesIt) {
  const std::string message = Refusal(Residual(), "first", ErrorCode::kUnsupported);
  EXPECT_THAT(message, HasSubstr("tail from 'first': the outputs also depend on 'stem'"));
  EXPECT_THAT(message, Not(HasSubstr("'x'"))) << "only what enters the tail";
}

TEST(TailFrom, WhereASecondInputIsRead_NamesIt) {
  GraphBuilder builder;
  const ValueId a = builder.Input("a", kImage), b = builder.Input("b", kImage);
  const ValueId soft = builder.Add("soft", UnaryAttrs{UnaryKind::kTanh}, {a});
  builder.Output(builder.Add("out", BinaryAttrs{BinaryKind::kMul}, {soft, b}));
  EXPECT_THAT(Refusal(std::move(builder).Build(), "soft", ErrorCode::kUnsupported),
              HasSubstr("also depend on 'b', which goes around it"));
}

TEST(TailFrom, WhereTheOutputIsElsewhere_SaysSo) {
  EXPECT_THAT(Refusal(Residual(), "aside", ErrorCode::kUnsupported),
              HasSubstr("output 'out' does not depend on it"));
}

TEST(TailFrom, UnknownValuesAndConstants_AreRefused) {
  EXPECT_THAT(Refusal(Residual(), "nothing", ErrorCode::kNotFound), HasSubstr("'nothing'"));
  EXPECT_THAT(Refusal(Residual(), "stem.w", ErrorCode::kNotFound), HasSubstr("'stem.w'"));
}

}  // namespace
}  // namespace vigil
