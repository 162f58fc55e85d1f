// Element functions that modern exporters write, and comparisons: what SaveOnnx says of them,
// LoadOnnx reads.
#include <algorithm>
#include <filesystem>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "engine/base/text.h"
#include "engine/graph/builder.h"
#include "engine/onnx/onnx.h"
#include "tests/support/evaluate.h"

namespace vigil {
namespace {

using testing::Evaluate;
using ::testing::HasSubstr;
using testing::RandomTensor;

// The operator on x [1, 3, 5] (twice, where it takes two inputs), saved and read again.
void ExpectKept(const OpAttrs& attrs, std::size_t inputs) {
  GraphBuilder builder;
  const ValueId x = builder.Input("x", {DType::kFloat32, {1, 3, 5}});
  std::vector<ValueId> operands{x};
  if (inputs == 2) operands.push_back(builder.Constant("c", RandomTensor({3, 1}, 5)));
  builder.Output(builder.Add("y", attrs, operands));
  const Graph graph = std::move(builder).Build();
  const auto path = std::filesystem::path(::testing::TempDir()) /
                    Text("export_elementwise-", ::getpid(), ".onnx");
  SaveOnnx(graph, path);
  const Graph read = LoadOnnx(path);
  std::filesystem::remove(path);

  ASSERT_EQ(read.nodes().size(), 1u) << OpName(attrs);
  EXPECT_EQ(OpName(read.nodes()[0].attrs), OpName(attrs));
  std::vector<Tensor> in;
  in.push_back(RandomTensor({1, 3, 5}, 3));
  const auto before = Evaluate(graph, in), after = Evaluate(read, in);
  const Tensor &expected = before.at("y"), &actual = after.at("y");
  ASSERT_EQ(expected.desc(), actual.desc()) << OpName(attrs);
  EXPECT_TRUE(std::ranges::equal(expected.bytes(), actual.bytes())) << OpName(attrs);
}

TEST(ExportElementwise, UnaryFunctions_KeepTheirAttributes) {
  for (const UnaryAttrs& attrs : std::vector<UnaryAttrs>{{UnaryKind::kRound},
                                                         {UnaryKind::kSign},
                                                         {UnaryKind::kThresholdedRelu, 0.25f},
                                                         {UnaryKind::kShrink, 0.375f, 0.125f},
                                                         {UnaryKind::kCelu, 0.75f},
                                                         {UnaryKind::kSin},
                                                         {UnaryKind::kAtanh}}) {
    ExpectKept(attrs, 1);
  }
}

TEST(ExportElementwise, ComparisonsAndRemainders_AreKept) {
  using enum BinaryKind;
  for (const BinaryKind kind :
       {kRemainder, kEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual}) {
    ExpectKept(BinaryAttrs{kind}, 2);
  }
}

TEST(ExportElementwise, ArgMin_IsNoArgMax) {
  ExpectKept(ArgMaxAttrs{.axis = 1, .minimum = true}, 1);
}

TEST(ExportElementwise, Mish_NeedsALaterOpset) {
  GraphBuilder builder;
  const ValueId x = builder.Input("x", {DType::kFloat32, {1, 3}});
  builder.Output(builder.Add("y", UnaryAttrs{UnaryKind::kMish}, {x}));
  const auto path = std::filesystem::path(::testing::TempDir()) / "export_mish.onnx";
  try {
    SaveOnnx(std::move(builder).Build(), path);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("node 'y': Mish needs opset 18, opset 17 is written"));
  }
}

}  // namespace
}  // namespace vigil
