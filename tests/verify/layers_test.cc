// Self-proof: right backends pass, and a wrong layer is found where it is wrong.
#include "engine/verify/layers.h"

#include <cmath>

#include <gtest/gtest.h>

#include "engine/graph/builder.h"
#include "engine/reference/reference_backend.h"
#include "engine/session/session.h"
#include "tests/support/backends.h"
#include "tests/support/evaluate.h"

namespace vigil {
namespace {

using testing::OpenForTest;
using testing::RandomTensor;

Graph Network(std::int64_t batch = 1) {
  GraphBuilder builder;
  const ValueId x = builder.Input("x", {DType::kFloat32, {batch, 3, 7, 7}});
  const ConvAttrs conv{.kernel = {3, 3}, .pads = {1, 1, 1, 1}};
  const ValueId w1 = builder.Constant("w1", RandomTensor({5, 3, 3, 3}, 1));
  const ValueId w2 = builder.Constant("w2", RandomTensor({5, 5, 3, 3}, 2));
  const ValueId first = builder.Add("first", conv, {x, w1});
  const ValueId relu = builder.Add("relu", UnaryAttrs{UnaryKind::kRelu}, {first});
  const ValueId second = builder.Add("second", conv, {relu, w2});
  const ValueId sum = builder.Add("sum", BinaryAttrs{}, {second, relu});
  const ValueId flat = builder.Add("flat", FlattenAttrs{}, {sum});
  builder.Output(builder.Add("answer", SoftmaxAttrs{}, {flat}));
  return std::move(builder).Build();
}

// Runs everything right but for one value, which it makes a little larger.
class WrongBackend final : public Backend {
 public:
  explicit WrongBackend(std::string value) : value_(std::move(value)) {}

  std::string_view name() const override { return "wrong"; }
  std::string device() const override { return "none"; }
  std::unique_ptr<Executable> Compile(const Graph& graph, const CompileOptions& options) override {
    auto right = MakeReferenceBackend()->Compile(graph, options);
    int place = -1;
    for (std::size_t i = 0; i < graph.outputs().size(); ++i) {
      if (graph.value(graph.outputs()[i]).name == value_) place = static_cast<int>(i);
    }
    return std::make_unique<Wrong>(std::move(right), place);
  }

 private:
  class Wrong final : public Executable {
   public:
    Wrong(std::unique_ptr<Executable> right, int place) : right_(std::move(right)), place_(place) {}
    void Run(std::span<const ConstTensorView> inputs, std::span<const TensorView> outputs,
             std::span<std::byte> tap_slot) override {
      right_->Run(inputs, outputs, tap_slot);
      if (place_ >= 0) outputs[static_cast<std::size_t>(place_)].as<float>()[1] += 0.01f;
    }
    std::vector<NodeTime> Profile(std::span<const ConstTensorView>,
                                  std::span<const TensorView>) override {
      return {};
    }
    const ExecutableInfo& info() const override { return right_->info(); }

   private:
    std::unique_ptr<Executable> right_;
    int place_;
  };

  std::string value_;
};

class VerifyLayersOn : public ::testing::TestWithParam<std::string> {};

TEST_P(VerifyLayersOn, EveryLayerAndTap_IsWithinItsTolerance) {
  const auto opened = OpenForTest(GetParam());
  if (!opened.backend) GTEST_SKIP() << opened.reason;
  for (const std::int64_t batch : {1, 3}) {
    const std::vector<std::string> taps{"x", "first", "relu", "second", "sum", "answer"};
    const Graph graph = Network(batch).WithTaps(taps);
    const LayerReport report = VerifyLayers(graph, RandomInputs(graph, 5), *opened.backend, {});
    for (const LayerCheck& layer : report.layers) {
      EXPECT_TRUE(layer.deviation.within()) << layer.node << ": " << layer.mismatch;
    }
    // Conv + Relu, Conv + Add, Flatten, Softmax, and the stored values `first` and `second`.
    EXPECT_EQ(report.layers.size(), 6u);
    EXPECT_EQ(report.FirstOutside(), nullptr);
    ASSERT_EQ(report.outputs.size(), 1u);
  }
}

TEST_P(VerifyLayersOn, EndToEnd_IsTheDifferenceOfWholeRuns) {
  const auto opened = OpenForTest(GetParam());
  if (!opened.backend) GTEST_SKIP() << opened.reason;
  const Graph graph = Network();
  const std::vector<Tensor> inputs = RandomInputs(graph, 5);
  const LayerReport report = VerifyLayers(graph, inputs, *opened.backend, {});
  const Tensor expected = std::move(Session(graph, MakeReferenceBackend(), {}).Run(inputs)[0]);
  const Tensor actual = std::move(Session(graph, opened.backend, {}).Run(inputs)[0]);
  double largest = 0.0;
  for (std::size_t i = 0; i < expected.as<float>().size(); ++i) {
    largest = std::max(largest, std::abs(double{expected.as<float>()[i]} - actual.as<float>()[i]));
  }
  EXPECT_EQ(report.outputs[0].largest_error, largest);
  EXPECT_GT(report.outputs[0].root_mean_square, 0.0);
}

INSTANTIATE_TEST_SUITE_P(Backends, VerifyLayersOn, ::testing::ValuesIn(testing::BackendNames()),
                         [](const auto& test) { return test.param; });

TEST(VerifyLayers, WrongLayer_IsFoundWhereItIsWrong) {
  WrongBackend wrong("relu");
  const Graph graph = Network();
  const LayerReport report = VerifyLayers(graph, RandomInputs(graph, 5), wrong, {});
  const LayerCheck* first = report.FirstOutside();
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->value, "relu");
  EXPECT_EQ(first->op, "Conv");
  EXPECT_EQ(first->deviation.outside, 1);
  EXPECT_NEAR(first->deviation.error, 0.01, 1e-6);
  EXPECT_GT(first->deviation.ratio, 1.0);
  EXPECT_NE(first->mismatch.find("element [0, 0, 0, 1] is "), std::string::npos) << first->mismatch;
  // The layers after it get the reference's values: none of them is blamed.
  for (const LayerCheck& layer : report.layers) {
    EXPECT_EQ(layer.deviation.within(), layer.value != "relu") << layer.value;
  }
}

TEST(VerifyLayers, WrongLastLayer_ShowsEndToEnd) {
  WrongBackend wrong("answer");
  const Graph graph = Network();
  const LayerReport report = VerifyLayers(graph, RandomInputs(graph, 5), wrong, {});
  EXPECT_NEAR(report.outputs[0].largest_error, 0.01, 1e-6);
  EXPECT_EQ(report.FirstOutside()->value, "answer");
}

TEST(VerifyLayers, InputsOfAnotherShape_AreRefused) {
  const Graph graph = Network();
  std::vector<Tensor> inputs;
  inputs.push_back(RandomTensor({1, 3, 7, 8}, 1));
  try {
    VerifyLayers(graph, inputs, *MakeReferenceBackend(), {});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kInput);
    EXPECT_NE(std::string(error.what()).find("1x3x7x8"), std::string::npos) << error.what();
  }
}

TEST(RandomInputs, FollowTheSeed_WithinTheRange) {
  const Graph graph = Network(2);
  const auto one = RandomInputs(graph, 1), again = RandomInputs(graph, 1),
             other = RandomInputs(graph, 2);
  EXPECT_TRUE(std::ranges::equal(one[0].bytes(), again[0].bytes()));
  EXPECT_FALSE(std::ranges::equal(one[0].bytes(), other[0].bytes()));
  for (const float x : one[0].as<float>()) EXPECT_TRUE(x >= -1.0f && x < 1.0f) << x;
}

Tensor Values(const std::vector<float>& values) {
  return Tensor({static_cast<std::int64_t>(values.size())}, values);
}

TEST(Compare, NamesTheWorstElement_AndCountsThoseOutside) {
  const Deviation deviation =
      Compare(Values({1, 100, 0}), Values({1.5f, 101, 0.1f}), {.relative = 0.02, .absolute = 0.2});
  EXPECT_FLOAT_EQ(static_cast<float>(deviation.error), 0.5f);  // 101 is within 2.2 of 100
  EXPECT_NEAR(deviation.tolerance, 0.22, 1e-9);
  EXPECT_EQ(deviation.outside, 1);
}

TEST(Compare, NanIsNearToNanAlone_AndInfinityToItsEqual) {
  const float nan = std::nanf(""), infinity = std::numeric_limits<float>::infinity();
  const Tolerance wide{.relative = 1.0, .absolute = 1e9};
  EXPECT_TRUE(Compare(Values({nan, infinity}), Values({nan, infinity}), wide).within());
  EXPECT_FALSE(Compare(Values({nan}), Values({0}), wide).within());
  EXPECT_FALSE(Compare(Values({0}), Values({nan}), wide).within());
  EXPECT_FALSE(Compare(Values({infinity}), Values({-infinity}), wide).within());
  EXPECT_FALSE(Compare(Values({infinity}), Values({1}), wide).within());
  EXPECT_FALSE(Compare(Values({1}), Values({infinity}), wide).within());
}

TEST(Compare, LargeIntegersThatDifferByOne_AreToldApart) {
  Tensor a({DType::kInt64, {1}}), b({DType::kInt64, {1}});
  a.as<std::int64_t>()[0] = (std::int64_t{1} << 62) + 1;
  b.as<std::int64_t>()[0] = std::int64_t{1} << 62;
  EXPECT_FALSE(Compare(a, b, {}).within());
  EXPECT_TRUE(FirstMismatch(a, b, {}).has_value());
}

}  // namespace
}  // namespace vigil
