// What a session does in less than float32.
#include "engine/session/precision.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/graph/builder.h"
#include "engine/session/calibration.h"
#include "engine/session/observe.h"
#include "engine/session/session.h"
#include "tests/support/backends.h"

namespace vigil {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// y = (x * 300 * 300) / 90000, by three products: the second is beyond float16 for |x| > 0.72.
Graph Overflowing() {
  GraphBuilder builder;
  const auto number = [&](const std::string& name, float value) {
    return builder.Constant(name, Tensor(Shape{1}, std::span(&value, 1)));
  };
  const BinaryAttrs multiply{BinaryKind::kMul};
  const ValueId x = builder.Input("x", {DType::kFloat32, {1, 4}});
  const ValueId a = builder.Add("a", multiply, {x, number("k1", 300.0f)});
  const ValueId b = builder.Add("b", multiply, {a, number("k2", 300.0f)});
  builder.Output(builder.Add("y", multiply, {b, number("k3", 1.0f / 90000.0f)}));
  return std::move(builder).Build();
}

std::vector<std::vector<Tensor>> Probes(float value) {
  std::vector<std::vector<Tensor>> probes(1);
  probes[0].emplace_back(Shape{1, 4}, std::vector<float>{value, -value, 0.5f * value, 0.0f});
  return probes;
}

class InPrecision : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    opened_ = testing::OpenForTest(GetParam());
    if (!opened_.backend) GTEST_SKIP() << opened_.reason;
    testing::TakeValidationMessages();
  }
  void TearDown() override {
    for (const std::string& message : testing::TakeValidationMessages()) ADD_FAILURE() << message;
  }
  Backend& backend() { return *opened_.backend; }

  testing::OpenedBackend opened_;
};

TEST_P(InPrecision, ALayerThatOverflowsInAProbe_StaysInFloat32) {
  const Graph graph = Overflowing();
  const PrecisionChoice choice =
      ChoosePrecision(graph, backend(), Precision::kFloat16, {}, Probes(3.0f));
  ASSERT_EQ(choice.half.kept.size(), 2u);
  EXPECT_EQ(choice.half.kept[0].node, "b");
  EXPECT_THAT(choice.half.kept[0].reason, HasSubstr("output 'b' reached 270000 in a probe run"));
  EXPECT_EQ(choice.half.kept[1].node, "y");
  Session session(graph, opened_.backend, {}, nullptr, choice.lowered);
  const Tensor x = Probes(3.0f)[0][0].Clone();
  Tensor y(x.desc());
  const ConstTensorView in = x.view();
  const TensorView out = y.view();
  const RunReport report = session.Run({&in, 1}, {&out, 1});
  EXPECT_FALSE(report.in_float32);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(y.as<float>()[i], x.as<float>()[i], 0.01f);
}

TEST_P(InPrecision, AnOverflowThatNoProbeShowed_IsAnsweredInFloat32) {
  const Graph graph = Overflowing();
  const PrecisionChoice choice =
      ChoosePrecision(graph, backend(), Precision::kFloat16, {}, Probes(0.1f));
  EXPECT_TRUE(choice.half.kept.empty());
  Session session(graph, opened_.backend, {}, nullptr, choice.lowered);
  const Tensor small = Probes(0.1f)[0][0].Clone(), large = Probes(100.0f)[0][0].Clone();
  Tensor y(small.desc());
  const TensorView out = y.view();
  ConstTensorView in = small.view();
  EXPECT_FALSE(session.Run({&in, 1}, {&out, 1}).in_float32);
  in = large.view();
  EXPECT_TRUE(session.Run({&in, 1}, {&out, 1}).in_float32);
  EXPECT_NEAR(y.as<float>()[0], 100.0f, 1e-3f);
  in = small.view();
  EXPECT_FALSE(session.Run({&in, 1}, {&out, 1}).in_float32);
}

TEST_P(InPrecision, WhatTheInputBroughtItself_IsNoOverflow) {
  const Graph graph = Overflowing();
  const PrecisionChoice choice =
      ChoosePrecision(graph, backend(), Precision::kFloat16, {}, Probes(0.1f));
  Session session(graph, opened_.backend, {}, nullptr, choice.lowered);
  const Tensor x(Shape{1, 4}, std::vector<float>{INFINITY, 0.1f, 0.2f, 0.3f});
  Tensor y(x.desc());
  const ConstTensorView in = x.view();
  const TensorView out = y.view();
  EXPECT_FALSE(session.Run({&in, 1}, {&out, 1}).in_float32);
  EXPECT_EQ(y.as<float>()[0], INFINITY);
}

TEST_P(InPrecision, Auto_TriesWhatTheModelAllowsAndTakesOneThatAgrees) {
  const Graph graph = Overflowing();
  const PrecisionChoice choice =
      ChoosePrecision(graph, backend(), Precision::kAuto, {}, Probes(0.1f));
  ASSERT_EQ(choice.trials.size(), 2u);
  EXPECT_EQ(choice.trials[0].precision, Precision::kFloat32);
  EXPECT_EQ(choice.trials[0].difference, 0.0);
  EXPECT_EQ(choice.trials[1].precision, Precision::kFloat16);
  EXPECT_LT(choice.trials[1].difference, kHalfAgreement);
  EXPECT_NE(choice.precision, Precision::kAuto);
}

TEST_P(InPrecision, Int8OfAFloatModel_IsRefused) {
  try {
    ChoosePrecision(Overflowing(), backend(), Precision::kInt8, {}, Probes(1.0f));
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
    EXPECT_THAT(error.what(), HasSubstr("the model is not quantised"));
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, InPrecision, ::testing::ValuesIn(testing::BackendNames()),
                         [](const auto& test) { return test.param; });

TEST(Precision, Names_GoBothWays) {
  for (const char* name : {"fp32", "fp16", "int8", "auto"}) {
    EXPECT_EQ(PrecisionName(PrecisionFromName(name)), name);
  }
  EXPECT_THROW(PrecisionFromName("fp8"), Error);
}

Histogram HistogramOf(const std::vector<float>& values) {
  Histogram histogram;
  const auto [low, high] = std::ranges::minmax(values);
  histogram.range = {low, high};
  histogram.Add(values);
  return histogram;
}

TEST(Calibration, MinMax_TakesEverythingAndZero) {
  const ValueRange range = RangeOf(HistogramOf({2.0f, 5.0f}), CalibrationMethod::kMinMax);
  EXPECT_EQ(range.low, 0.0f);
  EXPECT_EQ(range.high, 5.0f);
}

TEST(Calibration, OneOutlierAmongMany_IsCutByPercentileAndMse) {
  std::vector<float> values{1000.0f};
  for (int i = 0; i < 100000; ++i) values.push_back(static_cast<float>(i % 1000) / 1000.0f - 0.5f);
  const Histogram histogram = HistogramOf(values);
  EXPECT_EQ(RangeOf(histogram, CalibrationMethod::kMinMax).high, 1000.0f);
  EXPECT_LT(RangeOf(histogram, CalibrationMethod::kPercentile).high, 1.0f);
  // An outlier costs the square of what is cut, so mse weighs it against the many small steps.
  EXPECT_LE(RangeOf(histogram, CalibrationMethod::kMse).high, 1000.0f);
}

TEST(Calibration, AValueThatNeverChanges_HasARange) {
  const ValueRange range = RangeOf(HistogramOf({3.0f, 3.0f}), CalibrationMethod::kMse);
  EXPECT_EQ(range.low, 0.0f);
  EXPECT_EQ(range.high, 3.0f);
}

TEST(Calibration, SeesWhatConvolutionsRead) {
  GraphBuilder builder;
  const ValueId x = builder.Input("x", {DType::kFloat32, {1, 1, 1, 2}});
  const ValueId w = builder.Constant("w", Tensor(Shape{1, 1, 1, 1}, std::vector<float>{2.0f}));
  const ValueId a = builder.Add("a", ConvAttrs{}, {x, w});
  builder.Output(builder.Add("b", ConvAttrs{}, {a, w}));
  const Graph graph = std::move(builder).Build();
  const auto backend = testing::OpenForTest("reference").backend;
  const Tensor one(Shape{1, 1, 1, 2}, std::vector<float>{-1.0f, 3.0f});
  const auto histograms = Calibrate(*backend, graph, [&](const auto& visit) {
    const ConstTensorView in = one.view();
    visit(std::span(&in, 1));
  });
  ASSERT_EQ(histograms.size(), 2u);
  EXPECT_EQ(histograms.at("x").range.low, -1.0f);
  EXPECT_EQ(histograms.at("a").range.high, 6.0f);
}

}  // namespace
}  // namespace vigil
