// Arithmetic, comparisons and reductions of integers and bool: by hand, and on the backends that
// take them.
#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/graph/builder.h"
#include "tests/support/backends.h"
#include "tests/support/op_hand.h"

namespace vigil::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;

template <typename T>
Tensor Row(const std::vector<T>& values) {
  Tensor tensor({DTypeOf<T>(), Shape{static_cast<std::int64_t>(values.size())}});
  std::copy(values.begin(), values.end(), tensor.as<T>().begin());
  return tensor;
}

template <typename Result, typename A, typename B>
std::vector<Result> Binary(BinaryKind kind, const std::vector<A>& a, const std::vector<B>& b) {
  const std::vector<Tensor> out = RunOp(BinaryAttrs{kind}, Row(a), Row(b));
  const auto values = out[0].as<Result>();
  return {values.begin(), values.end()};
}

template <typename T>
std::vector<T> Same(BinaryKind kind, const std::vector<T>& a, const std::vector<T>& b) {
  return Binary<T>(kind, a, b);
}

std::string RefusalOf(const OpAttrs& attrs, const std::vector<TensorDesc>& in) {
  try {
    OpOf(attrs).infer(attrs, in);
    return "accepted";
  } catch (const Error& error) {
    return error.what();
  }
}

using enum BinaryKind;

TEST(Integers, Arithmetic_WrapsAroundAtItsWidth) {
  EXPECT_THAT(Same<std::uint8_t>(kAdd, {250, 1}, {10, 2}), ElementsAre(4, 3));
  EXPECT_THAT(Same<std::uint8_t>(kSub, {1}, {2}), ElementsAre(255));
  EXPECT_THAT(Same<std::int8_t>(kMul, {64, -7}, {2, 3}), ElementsAre(-128, -21));
  constexpr std::int32_t kLowest = std::numeric_limits<std::int32_t>::lowest();
  EXPECT_THAT(Same<std::int32_t>(kDiv, {7, -7, kLowest, 5}, {2, 2, -1, 0}),
              ElementsAre(3, -3, kLowest, 0));
  EXPECT_THAT(Same<std::int64_t>(kMin, {3, -3}, {2, 2}), ElementsAre(2, -3));
  EXPECT_THAT(Same<std::int64_t>(kMax, {3, -3}, {2, 2}), ElementsAre(3, 2));
}

TEST(Integers, Remainders_HaveTheSignOfEitherSide) {
  EXPECT_THAT(Same<std::int32_t>(kMod, {7, -7, 7, -7, 5}, {3, 3, -3, -3, 0}),
              ElementsAre(1, 2, -2, -1, 0));
  EXPECT_THAT(Same<std::int32_t>(kRemainder, {7, -7, 7, -7}, {3, 3, -3, -3}),
              ElementsAre(1, -1, 1, -1));
  EXPECT_THAT(Same<float>(kRemainder, {5.5f, -5.5f}, {2, 2}), ElementsAre(1.5f, -1.5f));
  EXPECT_THAT(Same<float>(kMod, {5.5f, -5.5f}, {2, 2}), ElementsAre(1.5f, 0.5f));
}

TEST(Integers, Powers_AreOfTheBasesType) {
  // 3^39 is beyond what double holds exactly.
  EXPECT_THAT((Binary<std::int64_t, std::int64_t, std::int32_t>(kPow, {3, -2, 2, -1, 1},
                                                                {39, 3, -1, -3, -5})),
              ElementsAre(4052555153018976267, -8, 0, -1, 1));
  EXPECT_THAT((Binary<std::int32_t, std::int32_t, float>(kPow, {4, 10, -8}, {0.5f, 20, 0.5f})),
              ElementsAre(2, std::numeric_limits<std::int32_t>::max(), 0));
  EXPECT_THAT((Binary<float, float, std::int64_t>(kPow, {1.5f, 2}, {2, -1})),
              ElementsAre(2.25f, 0.5f));
}

TEST(Comparisons, EveryKind_IsWhatItsNameSays) {
  const auto of = [](BinaryKind kind) {
    return Binary<bool>(kind, std::vector<float>{1, 2, 3}, std::vector<float>{2, 2, 2});
  };
  EXPECT_THAT(of(kEqual), ElementsAre(false, true, false));
  EXPECT_THAT(of(kLess), ElementsAre(true, false, false));
  EXPECT_THAT(of(kLessOrEqual), ElementsAre(true, true, false));
  EXPECT_THAT(of(kGreater), ElementsAre(false, false, true));
  EXPECT_THAT(of(kGreaterOrEqual), ElementsAre(false, true, true));
  const auto of_nan = Binary<bool>(kEqual, std::vector<float>{NAN}, std::vector<float>{NAN});
  EXPECT_THAT(of_nan, ElementsAre(false));
}

TEST(Logic, EveryKind_IsWhatItsNameSays) {
  const std::vector<bool> a{false, false, true, true}, b{false, true, false, true};
  EXPECT_THAT(Same<bool>(kAnd, a, b), ElementsAre(false, false, false, true));
  EXPECT_THAT(Same<bool>(kOr, a, b), ElementsAre(false, true, true, true));
  EXPECT_THAT(Same<bool>(kXor, a, b), ElementsAre(false, true, true, false));
  EXPECT_THAT(Same<bool>(kEqual, a, b), ElementsAre(true, false, false, true));
  const auto inverse = RunOp(UnaryAttrs{UnaryKind::kNot}, Row(a));
  EXPECT_THAT(inverse[0].as<bool>(), ElementsAre(true, true, false, false));
}

TEST(Integers, UnaryFunctions_StayWhole) {
  const auto of = [](UnaryKind kind) {
    return RunOp(UnaryAttrs{kind}, Row<std::int8_t>({-128, -3, 0, 5}));
  };
  EXPECT_THAT(of(UnaryKind::kNeg)[0].as<std::int8_t>(), ElementsAre(-128, 3, 0, -5));
  EXPECT_THAT(of(UnaryKind::kAbs)[0].as<std::int8_t>(), ElementsAre(-128, 3, 0, 5));
  EXPECT_THAT(of(UnaryKind::kSign)[0].as<std::int8_t>(), ElementsAre(-1, -1, 0, 1));
}

TEST(Integers, Reductions_StayWhole) {
  const auto of = [](ReduceKind kind) {
    const auto out = RunOp(ReduceAttrs{kind, {0}, false}, Row<std::int32_t>({-4, 1, 5, -7}));
    return out[0].as<std::int32_t>()[0];
  };
  EXPECT_EQ(of(ReduceKind::kSum), -5);
  EXPECT_EQ(of(ReduceKind::kMean), -1);
  EXPECT_EQ(of(ReduceKind::kMax), 5);
  EXPECT_EQ(of(ReduceKind::kMin), -7);
  EXPECT_EQ(of(ReduceKind::kProd), 140);
  EXPECT_EQ(of(ReduceKind::kL1), 17);
  EXPECT_EQ(of(ReduceKind::kSumSquare), 91);
  const auto any = RunOp(ReduceAttrs{ReduceKind::kMax, {0}}, Row<bool>({false, true}));
  EXPECT_THAT(any[0].as<bool>(), ElementsAre(true));
  const auto all = RunOp(ReduceAttrs{ReduceKind::kMin, {0}}, Row<bool>({false, true}));
  EXPECT_THAT(all[0].as<bool>(), ElementsAre(false));
}

TEST(Integers, MaxPoolAndArgMin_TakeThem) {
  Tensor image({DType::kUInt8, {1, 1, 2, 3}});
  std::ranges::copy(std::array<std::uint8_t, 6>{1, 200, 3, 4, 5, 6},
                    image.as<std::uint8_t>().begin());
  const auto pooled = RunOp(PoolAttrs{PoolKind::kMax, {2, 2}}, image.Clone());
  EXPECT_THAT(pooled[0].as<std::uint8_t>(), ElementsAre(200, 200));
  const auto least = RunOp(ArgMaxAttrs{.axis = 3, .minimum = true}, image.Clone());
  EXPECT_THAT(least[0].as<std::int64_t>(), ElementsAre(0, 0));
}

TEST(Types, ThatAnOperatorCannotTake_AreRefused) {
  const auto desc = [](DType dtype) { return TensorDesc{dtype, Shape{2}}; };
  EXPECT_THAT(RefusalOf(BinaryAttrs{kAdd}, {desc(DType::kBool), desc(DType::kBool)}),
              HasSubstr("input 0 is bool: expected float32 or integers"));
  EXPECT_THAT(RefusalOf(BinaryAttrs{kAdd}, {desc(DType::kInt64), desc(DType::kInt32)}),
              HasSubstr("input 1 is int32: expected int64 as input 0"));
  EXPECT_THAT(RefusalOf(BinaryAttrs{kAnd}, {desc(DType::kInt64), desc(DType::kInt64)}),
              HasSubstr("input 0 is int64: expected bool"));
  EXPECT_THAT(RefusalOf(ReduceAttrs{ReduceKind::kL2, {0}}, {desc(DType::kInt32)}),
              HasSubstr("input 0 is int32: only float32 is supported here"));
  EXPECT_THAT(RefusalOf(UnaryAttrs{UnaryKind::kExp}, {desc(DType::kInt32)}),
              HasSubstr("input 0 is int32: expected float32"));
  BinaryAttrs activated{kAdd};
  activated.epilogue.activation = {Activation::Kind::kRelu};
  EXPECT_THAT(RefusalOf(activated, {desc(DType::kInt32), desc(DType::kInt32)}),
              HasSubstr("an epilogue is set: expected none on int32"));
}

class NumberTypes : public ::testing::TestWithParam<std::string> {};

// Whether |a * b| mod 7 is less than what comes along, of int32; and the numbers themselves.
TEST_P(NumberTypes, IntegersAndTruth_RunThroughAGraph) {
  GraphBuilder builder;
  const ValueId a = builder.Input("a", {DType::kInt32, {2, 3}});
  const ValueId b = builder.Input("b", {DType::kInt32, {2, 1}});
  const ValueId product = builder.Add("product", BinaryAttrs{kMul}, {a, b});
  const ValueId size = builder.Add("size", UnaryAttrs{UnaryKind::kAbs}, {product});
  const ValueId seven = builder.Constant("seven", Row<std::int32_t>({7}));
  const ValueId rest = builder.Add("rest", BinaryAttrs{kMod}, {size, seven});
  const ValueId less = builder.Add("less", BinaryAttrs{kLess}, {rest, b});
  builder.Output(rest);
  builder.Output(builder.Add("more", UnaryAttrs{UnaryKind::kNot}, {less}));
  builder.Output(builder.Add("sum", ReduceAttrs{ReduceKind::kSum, {1}, false}, {rest}));
  const Graph graph = std::move(builder).Build();
  const auto executable = OpenForTest(GetParam()).backend->Compile(graph, {.batch = 2});
  Tensor x({DType::kInt32, {2, 3}}), y({DType::kInt32, {2, 1}});
  std::ranges::copy(std::array<std::int32_t, 6>{1, -2, 3, 4, 5, -6}, x.as<std::int32_t>().begin());
  std::ranges::copy(std::array<std::int32_t, 2>{5, 3}, y.as<std::int32_t>().begin());
  std::vector<Tensor> out;
  for (const ValueId id : graph.outputs()) out.emplace_back(graph.value(id).desc);
  const std::array<ConstTensorView, 2> in{x.view(), y.view()};
  executable->Run(in, std::array{out[0].view(), out[1].view(), out[2].view()});
  // 5, 10, 15; 12, 15, 18 by 7.
  EXPECT_THAT(out[0].as<std::int32_t>(), ElementsAre(5, 3, 1, 5, 1, 4));
  EXPECT_THAT(out[1].as<bool>(), ElementsAre(true, false, false, true, false, true));
  EXPECT_THAT(out[2].as<std::int32_t>(), ElementsAre(9, 10));
}

TEST_P(NumberTypes, CircularFunctions_MatchKnownValues) {
  struct Case {
    UnaryKind kind;
    float x, y;
  };
  // sin 1, cos 1, tan 1, asin 1/2 (a sixth of pi), acos 1/2 (a third), atan 1 (a fourth), sinh 1,
  // cosh 1, and their inverses.
  for (const Case& one : std::vector<Case>{{UnaryKind::kSin, 1.0f, 0.8414710f},
                                           {UnaryKind::kCos, 1.0f, 0.5403023f},
                                           {UnaryKind::kTan, 1.0f, 1.5574077f},
                                           {UnaryKind::kAsin, 0.5f, 0.5235988f},
                                           {UnaryKind::kAcos, 0.5f, 1.0471976f},
                                           {UnaryKind::kAtan, 1.0f, 0.7853982f},
                                           {UnaryKind::kSinh, 1.0f, 1.1752012f},
                                           {UnaryKind::kCosh, 1.0f, 1.5430806f},
                                           {UnaryKind::kAsinh, 1.1752012f, 1.0f},
                                           {UnaryKind::kAcosh, 1.5430806f, 1.0f},
                                           {UnaryKind::kAtanh, 0.7615942f, 1.0f}}) {
    GraphBuilder builder;
    const ValueId x = builder.Input("x", {DType::kFloat32, {1, 1}});
    builder.Output(builder.Add("y", UnaryAttrs{one.kind}, {x}));
    const Graph graph = std::move(builder).Build();
    const auto executable = OpenForTest(GetParam()).backend->Compile(graph, {});
    const Tensor in = Filled({1, 1}, {one.x});
    Tensor out(graph.value(graph.outputs()[0]).desc);
    executable->Run(std::array{in.view()}, std::array{out.view()});
    EXPECT_THAT(out.as<float>()[0], FloatNear(one.y, 1e-6f)) << OpName(UnaryAttrs{one.kind});
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, NumberTypes, ::testing::Values("reference", "cpu"),
                         [](const auto& test) { return test.param; });

TEST(NumberTypesOnVulkan, WhatRunsOnTheCpuAlone_IsRefusedByName) {
  const OpenedBackend vulkan = OpenForTest("vulkan");
  if (!vulkan.backend) GTEST_SKIP() << vulkan.reason;
  const auto refusal = [&](const OpAttrs& attrs, std::size_t inputs) -> std::string {
    GraphBuilder builder;
    const ValueId x = builder.Input("x", {DType::kFloat32, {1, 3}});
    builder.Output(builder.Add("y", attrs, std::vector<ValueId>(inputs, x)));
    try {
      vulkan.backend->Compile(std::move(builder).Build(), {});
      return "accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
      return error.what();
    }
  };
  EXPECT_THAT(refusal(UnaryAttrs{UnaryKind::kSin}, 1), HasSubstr("node 'y' (Sin)"));
  EXPECT_THAT(refusal(BinaryAttrs{kRemainder}, 2), HasSubstr("node 'y' (Mod)"));
  EXPECT_THAT(refusal(BinaryAttrs{kLess}, 2), HasSubstr("'y' is bool"));
}

}  // namespace
}  // namespace vigil::testing
