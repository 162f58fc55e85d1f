#include "estimator/monitor/baselines/window_baselines.h"

#include <algorithm>
#include <cmath>
#include <random>

#include <gtest/gtest.h>

namespace vigil {
namespace {

TEST(AverageConfidence, IsTheMean) {
  EXPECT_DOUBLE_EQ(AverageConfidence(std::vector{0.5, 0.7, 0.9}), 0.7);
}

TEST(ThresholdedConfidence, PassesTheShareThatWasRight) {
  const ThresholdedConfidence confidence(
      std::vector<ScoredSample>{{0.9, true}, {0.8, false}, {0.7, true}, {0.2, false}});
  EXPECT_DOUBLE_EQ(confidence.threshold(), 0.8);
  EXPECT_DOUBLE_EQ(confidence.Estimate(std::vector<double>{0.95, 0.5, 0.3, 0.8}), 0.5);
}

// Two mixes: confidence .9, right on 3 of 4; confidence .6, right on 1 of 4. Together .75 and .5;
// the line through both has slope .5 / .3.
TEST(DifferenceOfConfidences, MovesTheAccuracyWithTheConfidence) {
  std::vector<ScoredSample> samples;
  for (int i = 0; i < 4; ++i) {
    samples.push_back({0.9, i < 3, 0});
    samples.push_back({0.6, i < 1, 1});
  }
  using Slope = DifferenceOfConfidences::Slope;
  const DifferenceOfConfidences plain(samples, Slope::kOne), line(samples, Slope::kRegressed);
  EXPECT_NEAR(plain.Estimate(std::vector{0.85}), 0.6, 1e-12);
  EXPECT_NEAR(line.slope(), 5.0 / 3, 1e-12);
  EXPECT_NEAR(line.Estimate(std::vector{0.9}), 0.75, 1e-12);
  EXPECT_NEAR(line.Estimate(std::vector{0.0}), 0.0, 1e-12);  // clipped
}

// Rates by rising score: 0, then 1 and 0 that violate and pool to 1/2 at score .4, then 1.
TEST(CalibratedConfidence, PoolsViolatorsAndJoinsTheBlocksByLines) {
  const CalibratedConfidence confidence(
      std::vector<ScoredSample>{{0.5, false}, {0.1, false}, {0.9, true}, {0.3, true}});
  EXPECT_DOUBLE_EQ(confidence.Calibrate(0.0), 0.0);
  EXPECT_DOUBLE_EQ(confidence.Calibrate(0.4), 0.5);
  EXPECT_DOUBLE_EQ(confidence.Calibrate(0.65), 0.75);
  EXPECT_DOUBLE_EQ(confidence.Calibrate(2.0), 1.0);
  EXPECT_DOUBLE_EQ(confidence.Estimate(std::vector{0.0, 1.0}), 0.5);
}

TEST(CalibratedConfidence, EqualScores_AreOneBlock) {
  const CalibratedConfidence confidence(
      std::vector<ScoredSample>{{0.5, true}, {0.5, false}, {0.5, false}, {0.5, false}});
  EXPECT_DOUBLE_EQ(confidence.Calibrate(0.5), 0.25);
}

// A world in which T is right with probability p, and says confidence c. Mixes differ in how many
// images are hard.
struct ToyWorld {
  std::mt19937_64 random{9};
  std::uniform_real_distribution<double> uniform;

  // `too_sure` is what T's confidence adds to the truth; hard images have p around .3, others .9.
  std::vector<ScoredSample> Draw(int mix, double hard, double too_sure, int count) {
    std::vector<ScoredSample> samples;
    for (int i = 0; i < count; ++i) {
      const double p =
          uniform(random) < hard ? 0.15 + 0.3 * uniform(random) : 0.8 + 0.2 * uniform(random);
      samples.push_back({std::min(p + too_sure * (1.0 - p), 1.0), uniform(random) < p, mix});
    }
    return samples;
  }
};

double Truth(const std::vector<ScoredSample>& samples) {
  return static_cast<double>(std::ranges::count_if(samples, &ScoredSample::correct)) /
         static_cast<double>(samples.size());
}

std::vector<double> ScoresOf(const std::vector<ScoredSample>& samples) {
  std::vector<double> scores;
  for (const ScoredSample& sample : samples) scores.push_back(sample.score);
  return scores;
}

// What the papers say of their methods: where T is too sure by the same map everywhere, the plain
// average is off by as much, while those that were calibrated on other mixes are not.
TEST(WindowBaselines, OverconfidentTarget_TheCalibratedOnesFollowTheTruth) {
  ToyWorld world;
  std::vector<ScoredSample> calibration;
  for (int mix = 0; mix < 10; ++mix) {
    const auto drawn = world.Draw(mix, 0.1 * mix, 0.5, 1000);
    calibration.insert(calibration.end(), drawn.begin(), drawn.end());
  }
  using Slope = DifferenceOfConfidences::Slope;
  const ThresholdedConfidence atc(calibration);
  const DifferenceOfConfidences plain(calibration, Slope::kOne);
  const DifferenceOfConfidences doc(calibration, Slope::kRegressed);
  const CalibratedConfidence cbpe(calibration);
  EXPECT_NEAR(doc.slope(), 2.0, 0.1);  // half of what is lost in truth is lost in confidence
  double of_ac = 0.0, of_atc = 0.0, of_plain = 0.0, of_doc = 0.0, of_cbpe = 0.0;
  constexpr int kWindows = 20;
  for (int w = 0; w < kWindows; ++w) {
    const auto window = world.Draw(0, 0.05 + 0.045 * w, 0.5, 2000);
    const std::vector<double> scores = ScoresOf(window);
    const double truth = Truth(window);
    of_ac += std::abs(AverageConfidence(scores) - truth) / kWindows;
    of_atc += std::abs(atc.Estimate(scores) - truth) / kWindows;
    of_plain += std::abs(plain.Estimate(scores) - truth) / kWindows;
    of_doc += std::abs(doc.Estimate(scores) - truth) / kWindows;
    of_cbpe += std::abs(cbpe.Estimate(scores) - truth) / kWindows;
  }
  EXPECT_GT(of_ac, 0.15);
  EXPECT_LT(of_cbpe, 0.015);
  EXPECT_LT(of_doc, 0.015);
  EXPECT_LT(of_plain, of_ac);
  EXPECT_GT(of_plain, 0.05);
  EXPECT_LT(of_atc, of_ac);
}

// And what none of them can do: where the same confidence is worth less than it was, all that look
// at confidence alone miss the fall.
TEST(WindowBaselines, ConfidenceThatChangedItsMeaning_MisleadsAll) {
  ToyWorld world;
  std::vector<ScoredSample> calibration = world.Draw(0, 0.3, 0.0, 4000);
  const CalibratedConfidence cbpe(calibration);
  const ThresholdedConfidence atc(calibration);
  std::vector<ScoredSample> window = world.Draw(0, 0.3, 0.0, 4000);
  for (ScoredSample& sample : window) {
    if (world.uniform(world.random) < 0.3) sample.correct = false;
  }
  const double truth = Truth(window);
  EXPECT_GT(cbpe.Estimate(ScoresOf(window)) - truth, 0.15);
  EXPECT_GT(atc.Estimate(ScoresOf(window)) - truth, 0.15);
}

TEST(FitWindowBaselines, ForClassification_EstimatesWithinZeroAndOne) {
  std::mt19937_64 random(3);
  std::normal_distribution<float> normal;
  std::vector<std::vector<float>> outputs, features;
  std::vector<MixedSample> samples;
  for (int i = 0; i < 600; ++i) {
    std::vector<float> output(10);
    for (float& logit : output) logit = normal(random);
    output[static_cast<std::size_t>(i % 10)] += 1.5f;
    outputs.push_back(output);
    features.push_back({normal(random)});
    samples.push_back({{{}, i % 10, CifarTask().Decide(output) == i % 10}, i % 6});
  }
  std::vector<BaselineInput> window;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i].sample.input = {outputs[i], features[i]};
    window.push_back(samples[i].sample.input);
  }
  const auto baselines = FitWindowBaselines(CifarTask(), samples);
  EXPECT_EQ(baselines.size(), 7u);
  const auto right =
      std::ranges::count_if(samples, [](const MixedSample& s) { return s.sample.correct; });
  for (const WindowBaseline& baseline : baselines) {
    const double estimate = baseline.estimate(window);
    EXPECT_GE(estimate, 0.0) << baseline.name;
    EXPECT_LE(estimate, 1.0) << baseline.name;
    if (baseline.name.starts_with("CBPE")) {
      EXPECT_NEAR(estimate, static_cast<double>(right) / 600.0, 0.06) << baseline.name;
    }
  }
}

}  // namespace
}  // namespace vigil
