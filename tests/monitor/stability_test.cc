#include "estimator/monitor/robustness/stability.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/reference/reference_backend.h"
#include "engine/verify/losing_backend.h"
#include "estimator/monitor/robustness/decision_margin.h"
#include "estimator/monitor/robustness/stability_evaluator.h"
#include "tests/monitor/small_target.h"

namespace vigil {
namespace {

using ::testing::HasSubstr;
using testing::RecordOf;
using testing::SmallTarget;
using testing::TwoClasses;

const std::vector<std::string> kTaps = {"features", "relu"};
// Means 2.5 and 2.4: class 0, by a hair. Deviations 1.118 and 0.
const std::vector<float> kFeatures = {1, 2, 3, 4, 2.4f, 2.4f, 2.4f, 2.4f};
const std::vector<float> kOutput = {2.5f, 2.4f};

StabilityProbe MakeProbe(StabilityOptions options, std::string_view choice = "deepest") {
  return {ChooseTail(SmallTarget(), kTaps, choice),
          TwoClasses(),
          MakeReferenceBackend(),
          {},
          std::move(options)};
}

Stability MeasureWith(StabilityOptions options, std::int64_t id = 1,
                      const std::vector<float>& output = kOutput) {
  const Tensor features({1, 2, 2, 2}, kFeatures);
  return MakeProbe(std::move(options)).Measure(id, features.view(), output);
}

TEST(ChooseTail, Deepest_RunsLessThanEarliest) {
  const Tail deepest = ChooseTail(SmallTarget(), kTaps, TailChoice::kDeepest);
  const Tail earliest = ChooseTail(SmallTarget(), kTaps, TailChoice::kEarliest);
  EXPECT_EQ(deepest.tap, "relu");
  EXPECT_EQ(earliest.tap, "features");
  EXPECT_EQ(ChooseTail(SmallTarget(), kTaps, "features").tap, "features");
}

TEST(ChooseTail, WhereAResidualGoesAround_TakesAnotherTap) {
  EXPECT_EQ(ChooseTail(SmallTarget(true), kTaps, TailChoice::kDeepest).tap, "features");
}

TEST(ChooseTail, WithoutATapToCut_SaysWhyOfEach) {
  const std::vector<std::string> taps = {"relu", "features/pool2"};
  try {
    ChooseTail(SmallTarget(true), taps, TailChoice::kDeepest);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("the outputs also depend on 'other'"));
    EXPECT_THAT(error.what(), HasSubstr("'features/pool2': the model has no such value"));
  }
  EXPECT_THROW(ChooseTail(SmallTarget(), kTaps, "shallowest"), Error);
}

TEST(DecisionMargin, OfClassesAndDirections_IsZeroOnTheBorder) {
  EXPECT_NEAR(DecisionMargin(TwoClasses(), kOutput, 0), 0.1, 1e-6);
  EXPECT_NEAR(DecisionMargin(TwoClasses(), kOutput, 1), -0.1, 1e-6);
  const Task heads = DirectnessTask();
  const std::vector<float> straight = {0.0f, 20.0f / kPoseUnit, 0.0f};
  EXPECT_NEAR(DecisionMargin(heads, straight, 1), 10.0, 1e-4);
  EXPECT_NEAR(DecisionMargin(heads, straight, 0), -10.0, 1e-4);
  for (const DirectnessRule rule : {DirectnessRule::kAngle, DirectnessRule::kPrinted}) {
    const double limit = FacingLimit(rule);
    EXPECT_TRUE(IsFacing(0.0f, static_cast<float>(limit) - 0.01f, rule));
    EXPECT_FALSE(IsFacing(0.0f, static_cast<float>(limit) + 0.01f, rule));
  }
}

TEST(StabilityProbe, Undisturbed_IsTsOwnAnswer) {
  const Stability stability = MeasureWith({});
  EXPECT_EQ(stability.decision, 0);
  EXPECT_NEAR(stability.margin, 0.1, 1e-5);
  EXPECT_NEAR(stability.encoding_movement, 0.0, 1e-5);
  // T's recorded answer counts, not the tail's to what the encoding left.
  const Stability encoded = MeasureWith({}, 1, {2.5f, 2.7f});
  EXPECT_EQ(encoded.decision, 1);
  EXPECT_LT(encoded.margin, 0.0);
  EXPECT_NEAR(encoded.encoding_movement, 0.3, 1e-5);
}

// The mean of four values with noise of half their deviation, 1.118 / 2, moves by 0.28 (one
// deviation), and the margin is 0.1: it flips with probability 0.36.
TEST(StabilityProbe, FlipRate_IsThatOfTheNoise) {
  const Stability stability =
      MeasureWith({.disturbances = {{DisturbanceKind::kGaussian, 0.5, 2000}}});
  EXPECT_NEAR(CountedFlips(stability), 0.36, 0.03);
  EXPECT_NEAR(FlipRate(stability), 0.36, 0.02) << "margins of a linear T are normal";
  EXPECT_NEAR(
      Sensitivity(stability, std::vector<Disturbance>{{DisturbanceKind::kGaussian, 0.5, 1}}),
      0.5 * 1.118, 0.1);
}

TEST(StabilityProbe, FarFromTheBorder_NothingFlips) {
  const Tensor features({1, 2, 2, 2}, std::vector<float>{8, 9, 10, 11, 1, 1, 2, 2});
  const std::vector<float> output = {9.5f, 1.5f};
  StabilityProbe probe = MakeProbe({});
  const Stability stability = probe.Measure(1, features.view(), output);
  EXPECT_EQ(CountedFlips(stability), 0.0);
  EXPECT_LT(FlipRate(stability), 0.02) << "dropout moves so large a margin by a third of it";
  EXPECT_GT(FlipSize(stability, probe.options().disturbances),
            5.0 * FlipSize(MeasureWith({}), probe.options().disturbances));
}

// One disturbance drawn once does not vanish beside one drawn often.
TEST(FlipRate, IsTheMeanOverDisturbances) {
  Stability stability{.decision = 0, .margin = 1.0};
  for (int i = 0; i < 9; ++i)
    stability.trials.push_back({.disturbance = 0, .decision = 0, .margin = 1.0});
  stability.trials.push_back({.disturbance = 1, .decision = 1, .margin = -1.0});
  EXPECT_DOUBLE_EQ(CountedFlips(stability), 0.5);
  // The second went from 1 to -1: half of a deviation of 2 beyond the border.
  EXPECT_NEAR(FlipRate(stability), 0.5 * 0.6915, 1e-4);
  EXPECT_EQ(FlipRate(Stability{}), 0.0);
}

TEST(StabilityProbe, SameRecord_SameDraws) {
  const StabilityOptions options;
  StabilityProbe probe = MakeProbe(options);
  const Tensor features({1, 2, 2, 2}, kFeatures);
  const auto margins = [&](std::int64_t id) {
    std::vector<double> all;
    for (const StabilityTrial& trial : probe.Measure(id, features.view(), kOutput).trials)
      all.push_back(trial.margin);
    return all;
  };
  const std::vector<double> first = margins(41);
  EXPECT_NE(margins(42), first);
  EXPECT_EQ(margins(41), first);
}

// In a linear T the worst shift of two channels is known: down with the first, up with the second,
// each by its deviation.
TEST(StabilityProbe, Worst_GoesAgainstTheAnswer) {
  const Tensor features({1, 2, 2, 2}, std::vector<float>{1, 2, 3, 4, 1, 2, 2, 3});
  const std::vector<float> output = {2.5f, 2.0f};
  StabilityProbe probe =
      MakeProbe({.disturbances = {{DisturbanceKind::kWorst, 0.1, 1}}, .probe_pairs = 64});
  const Stability stability = probe.Measure(3, features.view(), output);
  const double first = 1.118034, second = 0.7071068;
  const double length = std::sqrt((first * first + second * second) / 2.0);
  const double worst = 0.5 - 0.1 * (first * first + second * second) / length;
  EXPECT_NEAR(stability.trials.at(0).margin, worst, 0.02);
  EXPECT_GE(stability.trials[0].margin, worst - 1e-5) << "nothing is worse than the worst";
}

TEST(StabilityProbe, OptionsThatCannotBe_AreRefused) {
  const auto refusal = [](const StabilityOptions& options) -> std::string {
    try {
      MakeProbe(options);
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_THAT(refusal({.disturbances = {}}), HasSubstr("no disturbance"));
  EXPECT_THAT(refusal({.disturbances = {{DisturbanceKind::kDropout, 1.5, 1}}}),
              HasSubstr("dropout of size 1.5"));
  EXPECT_THAT(refusal({.disturbances = {{DisturbanceKind::kGaussian, 0.5, 0}}}),
              HasSubstr("0 draws"));
  EXPECT_THAT(refusal({.disturbances = {{DisturbanceKind::kWorst, 0.5, 1}}, .probe_pairs = 0}),
              HasSubstr("from 0 pairs"));
}

TEST(StabilityProbe, ATaskOfOtherOutputs_IsRefused) {
  try {
    StabilityProbe(ChooseTail(SmallTarget(), kTaps, "deepest"), CifarTask(), MakeReferenceBackend(),
                   {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("task cifar10 expects one of 10"));
  }
}

TEST(StabilityEvaluator, FillsTheFlipRateAlone) {
  StabilityEvaluator evaluator(MakeProbe({}), {.chunk = 3});
  const std::vector<Record> records = {RecordOf(1, kFeatures, kOutput),
                                       RecordOf(2, {8, 9, 10, 11, 1, 1, 2, 2}, {9.5f, 1.5f})};
  std::vector<Verdict> verdicts(2);
  evaluator.Evaluate(records, verdicts);
  EXPECT_GT(verdicts[0].readings.flip_rate.value(), 0.1f);
  EXPECT_LT(verdicts[1].readings.flip_rate.value(), 0.02f);
  EXPECT_FALSE(verdicts[0].readings.beyond || verdicts[0].readings.outlier);
}

TEST(StabilityEvaluator, RecordsThatItCannotRead_AreNamed) {
  StabilityEvaluator evaluator(MakeProbe({}));
  const auto refusal = [&](const Record& record) -> std::string {
    try {
      evaluator.Check(record);
    } catch (const Error& error) {
      EXPECT_EQ(FaultName(error.fault()), FaultName(Fault::kInput));
      return error.what();
    }
    return "accepted";
  };
  Record record = RecordOf(8, kFeatures, kOutput);
  EXPECT_EQ(refusal(record), "accepted");
  record.taps[0].shape = {1, 2, 4, 1};
  EXPECT_EQ(refusal(record),
            "record 8: tap 'relu' has shape 1x2x4x1, the target's tail expects 1x2x2x2");
  record.taps[0].name = "other";
  EXPECT_THAT(refusal(record), HasSubstr("record 8: tap 'relu' is missing"));
  EXPECT_THAT(refusal(RecordOf(8, kFeatures, {1.0f})), HasSubstr("target output has 1 numbers"));
}

TEST(StabilityEvaluator, ADeviceThatIsLost_IsTold_AndTheFlipRateIsTheSame) {
  const auto backend =
      std::make_shared<LosingBackend>(MakeReferenceBackend(), "device lost, as the test wants it");
  std::vector<std::string> told;
  EvaluatorOptions options;
  options.on_device_failure = [&](std::string_view evaluator, const Error& error) {
    told.push_back(std::string(evaluator) + ": " + error.what());
  };
  const std::vector<Record> records = {RecordOf(1, kFeatures, kOutput),
                                       RecordOf(2, kFeatures, kOutput)};
  std::vector<Verdict> verdicts(2), calm(2);
  StabilityEvaluator(MakeProbe({})).Evaluate(records, calm);
  StabilityEvaluator evaluator(
      StabilityProbe(ChooseTail(SmallTarget(), kTaps, "deepest"), TwoClasses(), backend, {}),
      options);
  backend->losses() = 1;
  evaluator.Evaluate(records, verdicts);
  EXPECT_THAT(told, ::testing::ElementsAre("stability: device lost, as the test wants it"));
  for (std::size_t i = 0; i < records.size(); ++i)
    EXPECT_EQ(verdicts[i].readings.flip_rate, calm[i].readings.flip_rate);
}

TEST(StabilityEvaluator, WithABoundOfTime_TakesFewerRecords) {
  StabilityEvaluator evaluator(MakeProbe({}),
                               {.chunk = 16, .longest_run = std::chrono::nanoseconds(1)});
  std::vector<Verdict> verdicts(1);
  evaluator.Evaluate(std::vector<Record>{RecordOf(1, kFeatures, kOutput)}, verdicts);
  EXPECT_EQ(evaluator.chunk(), 1);
}

}  // namespace
}  // namespace vigil
