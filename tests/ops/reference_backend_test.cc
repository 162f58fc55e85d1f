#include "engine/reference/reference_backend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/graph/builder.h"
#include "tests/support/op_hand.h"

namespace vigil::testing {
namespace {

using ::testing::ElementsAre;

// y = relu(x + 1), with the sum as a tap.
Graph AddOneRelu() {
  GraphBuilder builder;
  const ValueId x = builder.Input("x", {DType::kFloat32, {1, 2}});
  const ValueId one = builder.Constant("one", Filled({1}, {1}));
  const ValueId sum = builder.Add("sum", BinaryAttrs{}, {x, one});
  builder.Output(builder.Add("y", UnaryAttrs{UnaryKind::kRelu}, {sum}));
  builder.Tap(sum);
  return std::move(builder).Build();
}

TEST(ReferenceBackend, Run_WritesOutputAndEncodedTaps) {
  CompileOptions options;
  options.tap_encodings = {Encoding::kFloat16};
  const auto executable = MakeReferenceBackend()->Compile(AddOneRelu(), options);
  ASSERT_EQ(executable->info().tap_slot_bytes, 4u);
  const Tensor x = Filled({1, 2}, {-3, 4});
  Tensor y(TensorDesc{DType::kFloat32, {1, 2}}), tap(y.desc());
  std::vector<std::byte> slot(4);
  const ConstTensorView in = x.view();
  const TensorView out = y.view();
  executable->Run({&in, 1}, {&out, 1}, slot);
  Decode(slot, Encoding::kFloat16, tap.view());
  EXPECT_THAT(y.as<float>(), ElementsAre(0, 5));
  EXPECT_THAT(tap.as<float>(), ElementsAre(-2, 5));
}

TEST(ReferenceBackend, Compile_ForAnotherBatch_RunsEverySample) {
  CompileOptions options;
  options.batch = 3;
  const auto executable = MakeReferenceBackend()->Compile(AddOneRelu(), options);
  const Tensor x = Filled({3, 2}, {1, 2, -3, 4, 5, -6});
  Tensor y(x.desc());
  const ConstTensorView in = x.view();
  const TensorView out = y.view();
  executable->Run({&in, 1}, {&out, 1});
  EXPECT_THAT(y.as<float>(), ElementsAre(2, 3, 0, 5, 6, 0));
}

TEST(ReferenceBackend, Run_WithAnotherShape_IsRefused) {
  const auto executable = MakeReferenceBackend()->Compile(AddOneRelu(), {});
  const Tensor x = Filled({1, 3}, {1, 2, 3});
  Tensor y(TensorDesc{DType::kFloat32, {1, 2}});
  const ConstTensorView in = x.view();
  const TensorView out = y.view();
  try {
    executable->Run({&in, 1}, {&out, 1});
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidShape);
    EXPECT_STREQ(error.what(), "input 'x' has shape 1x3: expected 1x2");
  }
}

TEST(ReferenceBackend, Profile_NamesEveryNodeInOrder) {
  const auto executable = MakeReferenceBackend()->Compile(AddOneRelu(), {});
  const Tensor x = Filled({1, 2}, {1, 2});
  Tensor y(x.desc());
  const ConstTensorView in = x.view();
  const TensorView out = y.view();
  const std::vector<NodeTime> times = executable->Profile({&in, 1}, {&out, 1});
  ASSERT_EQ(times.size(), 2u);
  EXPECT_EQ(times[0].node, "sum");
  EXPECT_EQ(times[0].op, "Add");
  EXPECT_EQ(times[1].node, "y");
  EXPECT_EQ(times[1].op, "Relu");
  EXPECT_THAT(y.as<float>(), ElementsAre(2, 3));
}

TEST(ReferenceBackend, OutputThatIsAnInput_IsCopied) {
  GraphBuilder builder;
  const ValueId x = builder.Input("x", {DType::kFloat32, {1, 2}});
  builder.Output(x);
  const Graph graph = std::move(builder).Build();
  const auto executable = MakeReferenceBackend()->Compile(graph, {});
  const Tensor data = Filled({1, 2}, {1, 2});
  Tensor y(data.desc());
  const ConstTensorView in = data.view();
  const TensorView out = y.view();
  executable->Run({&in, 1}, {&out, 1});
  EXPECT_THAT(y.as<float>(), ElementsAre(1, 2));
}

}  // namespace
}  // namespace vigil::testing
