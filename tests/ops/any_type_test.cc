// Values of other types than float32: which backends run them, and what they are told otherwise.
#include <array>
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
using ::testing::HasSubstr;

template <typename T>
Tensor Of(const Shape& shape, const std::vector<T>& values) {
  Tensor tensor({DTypeOf<T>(), shape});
  std::copy(values.begin(), values.end(), tensor.as<T>().begin());
  return tensor;
}

Tensor RunGraph(Backend& backend, const Graph& graph, const std::vector<Tensor>& inputs) {
  const auto executable = backend.Compile(graph, {.batch = graph.batch()});
  std::vector<ConstTensorView> in;
  for (const Tensor& input : inputs) in.push_back(input.view());
  Tensor out(graph.value(graph.outputs()[0]).desc);
  const TensorView view = out.view();
  executable->Run(in, {&view, 1});
  return out;
}

TEST(Cast, FloatToIntegers_GoesTowardsZeroAndStaysInRange) {
  const std::vector<float> values{1.9f, -1.9f, 300.0f, -300.0f, NAN, 1e30f};
  const auto narrow = RunOp(CastAttrs{DType::kInt8}, Filled({6}, values));
  EXPECT_THAT(narrow[0].as<std::int8_t>(), ElementsAre(1, -1, 127, -128, 0, 127));
  const auto wide = RunOp(CastAttrs{DType::kInt64}, Filled({6}, values));
  EXPECT_THAT(wide[0].as<std::int64_t>(),
              ElementsAre(1, -1, 300, -300, 0, std::numeric_limits<std::int64_t>::max()));
}

TEST(Cast, IntegersAndBool_KeepTheirLowBitsOrTheirTruth) {
  const auto low = RunOp(CastAttrs{DType::kUInt8}, Of<std::int64_t>({3}, {257, -1, 3}));
  EXPECT_THAT(low[0].as<std::uint8_t>(), ElementsAre(1, 255, 3));
  const auto truth = RunOp(CastAttrs{DType::kBool}, Filled({3}, {0.0f, -0.5f, NAN}));
  EXPECT_THAT(truth[0].as<bool>(), ElementsAre(false, true, true));
  const auto number = RunOp(CastAttrs{DType::kFloat32}, Of<bool>({2}, {true, false}));
  EXPECT_THAT(ValuesOf(number), ElementsAre(1.0f, 0.0f));
}

TEST(Where, Condition_ChoosesWithBroadcast) {
  const auto out =
      RunOp(WhereAttrs{}, Of<bool>({2, 1}, {true, false}), Filled({2}, {1, 2}), Filled({1}, {9}));
  EXPECT_THAT(ValuesOf(out), ElementsAre(1, 2, 9, 9));
  EXPECT_THAT(Refusal(WhereAttrs{}, {{1}, {1}, {1}}), HasSubstr("expected bool"));
}

class AnyType : public ::testing::TestWithParam<std::string> {};

// A picture of bytes, cut, turned to floats and picked from by indices that come with the run.
TEST_P(AnyType, BytesAndIndices_RunLikeFloats) {
  GraphBuilder builder;
  const ValueId image = builder.Input("image", {DType::kUInt8, {2, 1, 2, 3}});
  const ValueId index = builder.Input("index", {DType::kInt64, {2}});
  const ValueId cut = builder.Add("cut", SliceAttrs{{1}, {3}, {3}, {1}}, {image});
  const ValueId flat = builder.Add("flat", FlattenAttrs{1}, {cut});
  const ValueId padded = builder.Add("padded", PadAttrs{{0, 1, 0, 0}, 7.0f}, {flat});
  const ValueId twice = builder.Add("twice", ConcatAttrs{1}, {padded, padded});
  const ValueId floats = builder.Add("floats", CastAttrs{DType::kFloat32}, {twice});
  builder.Output(builder.Add("picked", GatherAttrs{1}, {floats, index}));
  const Graph graph = std::move(builder).Build();
  std::vector<Tensor> inputs;
  inputs.push_back(Of<std::uint8_t>({2, 1, 2, 3}, {1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 200}));
  inputs.push_back(Of<std::int64_t>({2}, {4, -5}));
  const Tensor out = RunGraph(*OpenForTest(GetParam()).backend, graph, inputs);
  EXPECT_THAT(out.as<float>(), ElementsAre(6, 7, 200, 7));
}

TEST_P(AnyType, IntegerOutput_IsWrittenAsItIs) {
  GraphBuilder builder;
  const ValueId x = builder.Input("x", {DType::kFloat32, {1, 3}});
  const ValueId whole = builder.Add("whole", CastAttrs{DType::kInt64}, {x});
  builder.Output(builder.Add("turned", TransposeAttrs{{1, 0}}, {whole}));
  const Graph graph = std::move(builder).Build();
  std::vector<Tensor> inputs;
  inputs.push_back(Filled({1, 3}, {1.5f, -2.5f, 3.0f}));
  const Tensor out = RunGraph(*OpenForTest(GetParam()).backend, graph, inputs);
  EXPECT_THAT(out.as<std::int64_t>(), ElementsAre(1, -2, 3));
}

TEST_P(AnyType, IntegerTap_KeepsItsElementsAsTheyAre) {
  GraphBuilder builder;
  const ValueId x = builder.Input("x", {DType::kFloat32, {1, 3}});
  const ValueId whole = builder.Add("whole", CastAttrs{DType::kInt32}, {x});
  const ValueId y = builder.Add("y", CastAttrs{DType::kFloat32}, {whole});
  builder.Output(y);
  builder.Tap(whole);
  const Graph graph = std::move(builder).Build();
  const auto executable = OpenForTest(GetParam()).backend->Compile(graph, {});
  const Tensor in = Filled({1, 3}, {1.5f, -2.5f, 3.0f});
  Tensor out(graph.value(y).desc), tap(graph.value(whole).desc);
  std::vector<std::byte> slot(executable->info().tap_slot_bytes);
  executable->Run(std::array{in.view()}, std::array{out.view()}, slot);
  Decode(slot, Encoding::kFloat32, tap.view());
  EXPECT_THAT(tap.as<std::int32_t>(), ElementsAre(1, -2, 3));
}

INSTANTIATE_TEST_SUITE_P(Backends, AnyType, ::testing::Values("reference", "cpu"),
                         [](const auto& test) { return test.param; });

TEST(Vulkan, OtherTypesThanFloat32_AreRefusedByName) {
  const OpenedBackend vulkan = OpenForTest("vulkan");
  if (!vulkan.backend) GTEST_SKIP() << vulkan.reason;
  GraphBuilder builder;
  const ValueId x = builder.Input("x", {DType::kFloat32, {1, 3}});
  const ValueId whole = builder.Add("whole", CastAttrs{DType::kInt32}, {x});
  builder.Output(builder.Add("y", CastAttrs{DType::kFloat32}, {whole}));
  try {
    vulkan.backend->Compile(std::move(builder).Build(), {});
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("node 'whole' (Cast): 'whole' is int32, not float32"));
  }
}

}  // namespace
}  // namespace vigil::testing
