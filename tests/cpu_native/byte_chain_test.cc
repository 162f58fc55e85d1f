// What follows a product of bytes is done in its step, to the same bits.
#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "engine/cpu/arithmetics.h"
#include "engine/graph/builder.h"
#include "engine/graph/passes.h"
#include "tests/support/evaluate.h"

namespace vigil::cpu::native {
namespace {

constexpr std::int64_t kChannels = 19;

QuantizeScale Scale(float step, std::int32_t zero_point) { return {0, {step}, {zero_point}}; }

Tensor Numbers(const Shape& shape, std::uint32_t seed) {
  Tensor tensor({DType::kFloat32, shape});
  for (float& x : tensor.as<float>()) {
    seed = seed * 1664525u + 1013904223u;
    x = static_cast<float>(seed >> 8) / 8388608.0f - 1.0f;
  }
  return tensor;
}

// A residual block of one convolution, quantised, between floats: "sums", "floats", "added", "cut",
// "bytes". `type` of all bytes.
Graph MakeBlock(DType type, const std::vector<std::string>& taps) {
  GraphBuilder builder;
  const ValueId x = builder.Input("x", {DType::kFloat32, Shape{2, kChannels, 6, 5}});
  const ValueId other = builder.Input("other", {DType::kFloat32, Shape{2, kChannels, 6, 5}});
  const std::int32_t zero = type == DType::kInt8 ? -7 : 121;
  const ValueId q = builder.Add("q", QuantizeAttrs{Scale(0.011f, zero), type}, {x});
  Tensor weights({DType::kInt8, Shape{kChannels, kChannels, 3, 3}});
  std::uint32_t seed = 5;
  for (std::int8_t& w : weights.as<std::int8_t>()) {
    seed = seed * 1664525u + 1013904223u;
    w = static_cast<std::int8_t>(seed >> 24);
  }
  QConvAttrs conv;
  conv.kernel = {3, 3};
  conv.pads = {1, 1, 1, 1};
  conv.product.x_zero_point = zero;
  const ValueId sums = builder.Add("sums", conv, {q, builder.Constant("w", std::move(weights))});
  DequantizeAttrs dequantize;
  dequantize.scale = {1, {}, std::vector<std::int32_t>(kChannels, 0)};
  for (std::int64_t m = 0; m < kChannels; ++m)
    dequantize.scale.scales.push_back(1e-5f * static_cast<float>(m + 1));
  const ValueId floats = builder.Add("floats", dequantize, {sums});
  const ValueId added = builder.Add("added", BinaryAttrs{}, {floats, other});
  const ValueId cut = builder.Add("cut", UnaryAttrs{.kind = UnaryKind::kRelu}, {added});
  const ValueId bytes = builder.Add("bytes", QuantizeAttrs{Scale(0.02f, zero), type}, {cut});
  builder.Output(builder.Add("y", DequantizeAttrs{Scale(0.02f, zero)}, {bytes}));
  return std::move(builder).Build().WithTaps(taps);
}

struct Answer {
  Tensor y;
  int dispatches = 0;
  std::int64_t plain_operations = 0;
};

Answer RunBlock(const Graph& graph, const std::vector<Tensor>& inputs, int threads) {
  const auto executable = CompileGraph(Optimize(graph), {.batch = 2, .threads = threads});
  Answer answer{Tensor(graph.value(graph.outputs()[0]).desc)};
  const std::vector<ConstTensorView> in{inputs[0].view(), inputs[1].view()};
  const TensorView out = answer.y.view();
  std::vector<std::byte> slot(executable->info().tap_slot_bytes);
  executable->Run(in, {&out, 1}, slot);
  answer.dispatches = static_cast<int>(executable->info().dispatches);
  answer.plain_operations = executable->plain_operations();
  return answer;
}

class ByteChainTest : public ::testing::TestWithParam<DType> {};

TEST_P(ByteChainTest, ResidualBlock_IsTheReferencesToTheBit_WhateverIsTapped) {
  std::vector<Tensor> inputs;
  for (const std::uint32_t seed : {1u, 2u}) inputs.push_back(Numbers({2, kChannels, 6, 5}, seed));
  const Graph graph = MakeBlock(GetParam(), {});
  const Tensor expected = testing::Evaluate(graph, inputs).at("y").Clone();
  for (const std::vector<std::string>& taps :
       std::vector<std::vector<std::string>>{{}, {"floats"}, {"added"}, {"cut"}, {"sums", "q"}}) {
    const Answer answer = RunBlock(MakeBlock(GetParam(), taps), inputs, 2);
    EXPECT_TRUE(std::ranges::equal(answer.y.bytes(), expected.bytes()))
        << (taps.empty() ? "no tap" : taps[0]);
  }
}

TEST_P(ByteChainTest, ResidualBlock_IsOneStep_UnlessAValueInsideIsTapped) {
  std::vector<Tensor> inputs;
  for (const std::uint32_t seed : {1u, 2u}) inputs.push_back(Numbers({2, kChannels, 6, 5}, seed));
  const int fused = RunBlock(MakeBlock(GetParam(), {}), inputs, 1).dispatches;
  // Quantized, padded, the other input in blocks, the block, y, y plain, out.
  EXPECT_LE(fused, 7);
  EXPECT_GT(RunBlock(MakeBlock(GetParam(), {"floats"}), inputs, 1).dispatches, fused);
}

TEST_P(ByteChainTest, QuantisedBlocks_LeaveNothingToPlainLoops) {
  std::vector<Tensor> inputs;
  for (const std::uint32_t seed : {1u, 2u}) inputs.push_back(Numbers({2, kChannels, 6, 5}, seed));
  EXPECT_EQ(RunBlock(MakeBlock(GetParam(), {}), inputs, 1).plain_operations, 0);
}

INSTANTIATE_TEST_SUITE_P(Types, ByteChainTest, ::testing::Values(DType::kUInt8, DType::kInt8),
                         [](const auto& test) {
                           return test.param == DType::kInt8 ? "int8" : "uint8";
                         });

// Weights of more than eight bits less their zero point, and scales that leave 31 bits, have no
// kernel; the answer is right all the same.
TEST(ByteProduct, WhatNoKernelIsExactFor_RunsByTheReference) {
  for (const bool wide : {false, true}) {
    GraphBuilder builder;
    const ValueId x = builder.Input("x", {DType::kFloat32, Shape{2, 33}});
    const ValueId q = builder.Add("q", QuantizeAttrs{Scale(0.01f, 128), DType::kUInt8}, {x});
    Tensor weights({wide ? DType::kUInt8 : DType::kInt8, Shape{33, 5}});
    for (std::size_t i = 0; i < weights.bytes().size(); ++i)
      weights.bytes()[i] = static_cast<std::byte>(i * 37);
    QGemmAttrs gemm;
    gemm.product.type = DType::kUInt8;
    gemm.product.x_zero_point = 128;
    gemm.product.y_scale = wide ? 40.0f : 1e-9f;
    const ValueId y = builder.Add("p", gemm, {q, builder.Constant("w", std::move(weights))});
    builder.Output(builder.Add("y", DequantizeAttrs{Scale(1.0f, 0)}, {y}));
    const Graph graph = std::move(builder).Build();
    std::vector<Tensor> inputs;
    inputs.push_back(Numbers({2, 33}, 9));
    const auto executable = CompileGraph(Optimize(graph), {.batch = 2});
    EXPECT_GT(executable->plain_operations(), 0) << wide;
    Tensor answer(graph.value(graph.outputs()[0]).desc);
    const ConstTensorView in = inputs[0].view();
    const TensorView out = answer.view();
    executable->Run({&in, 1}, {&out, 1});
    const auto values = testing::Evaluate(graph, inputs);
    EXPECT_TRUE(std::ranges::equal(answer.bytes(), values.at("y").bytes())) << wide;
  }
}

}  // namespace
}  // namespace vigil::cpu::native
