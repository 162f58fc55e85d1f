// The operator whose output is no float: by hand, and through the backends that take it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/graph/builder.h"
#include "tests/support/backends.h"
#include "tests/support/op_hand.h"

namespace vigil::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::int64_t> Indices(const Tensor& tensor) {
  const auto values = tensor.as<std::int64_t>();
  return {values.begin(), values.end()};
}

TEST(ArgMax, FirstOrLastOfEquals_AsAsked) {
  const Tensor x = Filled({2, 3}, {5, 9, 9, 7, 1, 7});
  EXPECT_THAT(Indices(RunOp(ArgMaxAttrs{1}, x.Clone())[0]), ElementsAre(1, 0));
  EXPECT_THAT(Indices(RunOp(ArgMaxAttrs{1, true, true}, x.Clone())[0]), ElementsAre(2, 2));
  EXPECT_THAT(Indices(RunOp(ArgMaxAttrs{0}, x.Clone())[0]), ElementsAre(1, 0, 0));
}

TEST(ArgMax, Axis_StaysAsOneOrGoes) {
  EXPECT_EQ(InferredShape(ArgMaxAttrs{1, true}, {{2, 3, 4}}), (Shape{2, 1, 4}));
  EXPECT_EQ(InferredShape(ArgMaxAttrs{1, false}, {{2, 3, 4}}), (Shape{2, 4}));
  EXPECT_THAT(Refusal(ArgMaxAttrs{3}, {{2, 3, 4}}), HasSubstr("axis 3 of an input of rank 3"));
}

// y = argmax(relu(x)), which is a tap too where told so.
Graph WinnerOf(bool tapped) {
  GraphBuilder builder;
  const ValueId x = builder.Input("x", {DType::kFloat32, {2, 3, 2}});
  const ValueId relu = builder.Add("relu", UnaryAttrs{UnaryKind::kRelu}, {x});
  const ValueId y = builder.Add("y", ArgMaxAttrs{1, false}, {relu});
  builder.Output(y);
  if (tapped) builder.Tap(y);
  return std::move(builder).Build();
}

class ArgMaxOnBackend : public ::testing::TestWithParam<std::string> {};

TEST_P(ArgMaxOnBackend, OutputAndTap_HoldIndicesInEveryEncoding) {
  const OpenedBackend opened = OpenForTest(GetParam());
  if (!opened.backend) GTEST_SKIP() << opened.reason;
  const Tensor x = Filled({2, 3, 2}, {1, 9, 5, 2, 3, 4, -1, 0, -2, 7, 6, 5});
  for (const Encoding encoding : {Encoding::kFloat32, Encoding::kFloat16, Encoding::kInt8}) {
    const Graph graph = WinnerOf(true);
    CompileOptions options{.batch = 2, .tap_encodings = {encoding}};
    const auto executable = opened.backend->Compile(graph, options);
    Tensor y(graph.value(graph.outputs()[0]).desc), tap(y.desc());
    ASSERT_EQ(executable->info().tap_slot_bytes, 4 * sizeof(std::int64_t));
    std::vector<std::byte> slot(executable->info().tap_slot_bytes);
    const ConstTensorView in = x.view();
    const TensorView out = y.view();
    executable->Run({&in, 1}, {&out, 1}, slot);
    Decode(slot, encoding, tap.view());
    EXPECT_THAT(Indices(y), ElementsAre(1, 0, 2, 1));
    EXPECT_THAT(Indices(tap), ElementsAre(1, 0, 2, 1));
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, ArgMaxOnBackend, ::testing::Values("reference", "cpu"),
                         [](const auto& test) { return test.param; });

TEST(ArgMaxOnVulkan, Compile_NamesTheValueAndItsType) {
  const OpenedBackend opened = OpenForTest("vulkan");
  if (!opened.backend) GTEST_SKIP() << opened.reason;
  try {
    opened.backend->Compile(WinnerOf(false), {.batch = 2});
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
    EXPECT_THAT(error.what(), HasSubstr("'y' is int64"));
  }
}

}  // namespace
}  // namespace vigil::testing
