// A device where T's base rate has moved: what labels do to the estimate's error.
#include "estimator/verdict/recalibration.h"

#include <cmath>
#include <numbers>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/error.h"

namespace vigil {
namespace {

using ::testing::HasSubstr;
using Random = std::mt19937_64;

double Sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }

// PE says `score`; T is right with those log odds, plus a shift of the device's own.
LabelledVerdict Draw(Random& random, double shift) {
  std::normal_distribution<double> normal(1.0, 1.5);
  std::uniform_real_distribution<double> uniform;
  const double odds = normal(random);
  LabelledVerdict drawn;
  drawn.p_correct = static_cast<float>(Sigmoid(odds));
  for (float& p : drawn.p_cause) p = static_cast<float>(uniform(random));
  drawn.correct = uniform(random) < Sigmoid(odds + shift);
  return drawn;
}

const Calibration& World() {
  static const Calibration calibration = [] {
    Random random(1);
    std::vector<CalibrationSample> samples;
    for (int i = 0; i < 6000; ++i) {
      const LabelledVerdict drawn = Draw(random, 0.0);
      samples.push_back({i / 150, drawn.p_correct, drawn.p_cause, drawn.correct});
    }
    return FitCalibration(samples);
  }();
  return calibration;
}

std::vector<LabelledVerdict> Labels(Random& random, int count, double shift) {
  std::vector<LabelledVerdict> labels;
  for (int i = 0; i < count; ++i) {
    labels.push_back(Draw(random, shift));
    labels.back().block = i;
  }
  return labels;
}

struct Errors {
  double bias = 0.0, mean_absolute = 0.0;  // of the mean calibrated rate, over devices
};

// The estimate of many records of a shifted device, with a calibration of `count` labels of its own
// (0: as it was), over `devices`. `always`: also where held-out labels gain nothing.
Errors Simulate(double shift, int count, bool always, int devices = 60) {
  Random random(7);
  Errors errors;
  const std::vector<LabelledVerdict> records = Labels(random, 4000, shift);
  double truth = 0.0;
  for (int i = 0; i < 40000; ++i) truth += Draw(random, shift).correct ? 1.0 / 40000 : 0.0;
  for (int d = 0; d < devices; ++d) {
    Calibration calibration = World();
    if (count > 0) {
      const Recalibration fitted = Recalibrate(calibration, Labels(random, count, shift));
      if (always || fitted.helps()) calibration = calibration.WithAdjustment(fitted.adjustment);
    }
    double estimate = 0.0;
    for (const LabelledVerdict& record : records)
      estimate += calibration.Calibrate(record.p_correct, record.p_cause) /
                  static_cast<double>(records.size());
    errors.bias += (estimate - truth) / devices;
    errors.mean_absolute += std::abs(estimate - truth) / devices;
  }
  return errors;
}

TEST(Recalibrate, AfterAShift_TheBiasFallsWithTheLabels) {
  for (const bool always : {false, true}) {
    const double before = Simulate(-1.2, 0, always, 1).bias;
    ASSERT_GT(before, 0.15);
    double last = before;
    for (const int labels : {20, 50, 200}) {
      const Errors errors = Simulate(-1.2, labels, always);
      EXPECT_LT(std::abs(errors.bias), last) << labels << " labels";
      EXPECT_LT(errors.mean_absolute, before) << labels << " labels";
      last = std::abs(errors.bias);
    }
    EXPECT_LT(last, 0.2 * before);
  }
}

// The labels' own share of right is off by sqrt(0.2 / labels): what nobody would call harm is well
// under it.
TEST(Recalibrate, WithoutAShift_DoesLessThanTheLabelsOwnNoise) {
  for (const int labels : {20, 50, 200}) {
    const double noise =
        std::sqrt(0.2 / labels) * std::sqrt(2.0 / std::numbers::pi);  // mean absolute
    const Errors errors = Simulate(0.0, labels, false), always = Simulate(0.0, labels, true);
    EXPECT_LT(errors.mean_absolute, 0.6 * noise + 0.01) << labels << " labels";
    EXPECT_LT(always.mean_absolute, 0.8 * noise + 0.01) << labels << " labels";
    EXPECT_LT(std::abs(errors.bias), 0.015) << labels << " labels";
  }
}

TEST(Recalibrate, WithMoreLabels_LeansLessOnThePrior) {
  Random random(3);
  const std::vector<LabelledVerdict> labels = Labels(random, 2000, -1.0);
  const Recalibration few = Recalibrate(World(), std::span(labels).first(20));
  const Recalibration many = Recalibrate(World(), labels);
  EXPECT_GT(few.adjustment.shift, many.adjustment.shift);
  EXPECT_NEAR(many.adjustment.shift, -1.0, 0.2);
  EXPECT_NEAR(many.adjustment.slope, 1.0, 0.15);
  EXPECT_LT(many.adjustment.covariance[0], 0.1 * few.adjustment.covariance[0]);
  EXPECT_EQ(many.labels, 2000);
  EXPECT_TRUE(many.helps());
  EXPECT_GT(many.gain, 2.0 * many.gain_error);
  EXPECT_LT(many.after.log_loss, many.before.log_loss);
}

// Choosing those that PE doubts is no harm: the fit asks within strata.
TEST(Recalibrate, OfDoubtfulRecordsAlone_FindsTheSameShift) {
  Random random(4);
  std::vector<LabelledVerdict> doubtful;
  for (const LabelledVerdict& label : Labels(random, 6000, -1.0))
    if (label.p_correct < 0.6f) doubtful.push_back(label);
  EXPECT_NEAR(Recalibrate(World(), doubtful).adjustment.shift, -1.0, 0.2);
}

TEST(Recalibrate, LabelsOfOneScene_CountForFewer) {
  Random random(5);
  std::vector<LabelledVerdict> single = Labels(random, 20, -1.5), repeated;
  for (const LabelledVerdict& label : single)
    for (int i = 0; i < 10; ++i) repeated.push_back(label);
  const Recalibration once = Recalibrate(World(), single), often = Recalibrate(World(), repeated);
  EXPECT_EQ(often.blocks, 20);
  EXPECT_NEAR(often.design_effect, 10.0, 0.1);
  EXPECT_NEAR(often.adjustment.shift, once.adjustment.shift, 0.15);
}

TEST(Recalibrate, Again_StartsFromTheFit) {
  Random random(6);
  const std::vector<LabelledVerdict> labels = Labels(random, 200, -1.0);
  const Recalibration first = Recalibrate(World(), labels);
  const Calibration adjusted = World().WithAdjustment(first.adjustment);
  const Recalibration second = Recalibrate(adjusted, labels);
  EXPECT_DOUBLE_EQ(second.adjustment.shift, first.adjustment.shift);
  EXPECT_LT(second.gain, first.gain) << "before is with the first adjustment";
}

TEST(Recalibrate, TooFewLabels_AreRefused) {
  Random random(8);
  const auto refusal = [](const std::vector<LabelledVerdict>& labels) -> std::string {
    try {
      Recalibrate(World(), labels);
    } catch (const Error& error) {
      EXPECT_EQ(FaultName(error.fault()), FaultName(Fault::kInput));
      return error.what();
    }
    return "accepted";
  };
  EXPECT_THAT(refusal({}), HasSubstr("0 labels, expected at least 10"));
  EXPECT_THAT(refusal(Labels(random, 9, 0.0)), HasSubstr("9 labels"));
  std::vector<LabelledVerdict> labels = Labels(random, 30, 0.0);
  for (LabelledVerdict& label : labels) label.block /= 10;
  EXPECT_THAT(refusal(labels), HasSubstr("3 blocks of time, expected at least 5"));
  labels = Labels(random, 10, 0.0);
  labels[3].p_correct = 1.5f;
  EXPECT_THAT(refusal(labels), HasSubstr("p(correct) 1.5"));
}

TEST(AdjustedCalibration, WidensByItsOwnUncertainty) {
  Random random(9);
  const std::vector<LabelledVerdict> labels = Labels(random, 30, -0.5);
  const Calibration adjusted = World().WithAdjustment(Recalibrate(World(), labels).adjustment);
  std::vector<double> shares(static_cast<std::size_t>(World().strata().size()),
                             1.0 / World().strata().size());
  EXPECT_GT(adjusted.RateVariance(shares), 1.5 * World().RateVariance(shares));
  // The shift's part by hand: (mean of rate * (1 - rate))^2 * variance is less than all of it.
  EXPECT_LT(World().RateVariance(shares), 1e-3);
  EXPECT_EQ(adjusted.WithAdjustment({}).rate(3), World().rate(3));
}

TEST(AdjustedCalibration, JsonIsOfVersionTwoAndReadsBack) {
  const CalibrationAdjustment adjustment{
      .shift = -0.7, .slope = 1.1, .covariance = {0.04, -0.001, 0.01}, .labels = 42};
  const std::string json = CalibrationToJson(World().WithAdjustment(adjustment));
  const Calibration again = CalibrationFromJson(json);
  ASSERT_TRUE(again.adjustment());
  EXPECT_EQ(again.adjustment()->labels, 42);
  for (int s = 0; s < World().strata().size(); ++s) {
    const double odds = std::log(World().rate(s) / (1.0 - World().rate(s)));
    EXPECT_NEAR(again.rate(s), Sigmoid(-0.7 + 1.1 * odds), 1e-12);
    EXPECT_DOUBLE_EQ(again.FittedRate(s), World().rate(s));
  }
  EXPECT_THAT(json, HasSubstr("\"version\":2"));
  EXPECT_THAT(CalibrationToJson(World()), HasSubstr("\"version\":1"))
      << "who reads version 1 alone still reads a calibration that was not adjusted";
}

TEST(AdjustedCalibration, WhatCannotBe_IsRefused) {
  const auto refused = [](const CalibrationAdjustment& adjustment) {
    EXPECT_THROW(World().WithAdjustment(adjustment), Error);
  };
  refused({.shift = NAN});
  refused({.slope = 0.0});
  refused({.covariance = {-1.0, 0.0, 0.0}});
  refused({.covariance = {0.01, 0.5, 0.01}});
}

}  // namespace
}  // namespace vigil
