#include "estimator/evaluation/robustness_table.h"

#include <cmath>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/reference/reference_backend.h"

namespace vigil {
namespace {

JudgedSample Judged(bool correct, std::vector<float> output, int group = 0) {
  JudgedSample sample;
  sample.correct = correct;
  sample.output = std::move(output);
  sample.group = group;
  return sample;
}

// A stability of four trials of one disturbance, of which these decide otherwise.
Stability Flipped(int decision, const std::vector<int>& decisions) {
  Stability stability{.decision = decision, .margin = 1.0};
  for (const int other : decisions)
    stability.trials.push_back({.decision = other, .margin = other == decision ? 1.0 : -1.0});
  return stability;
}

TEST(FlipPairs, CountsWhatEachClassTurnsInto) {
  const std::vector<Stability> stability = {Flipped(0, {0, 0, 1, 1}), Flipped(0, {0, 0, 0, 2}),
                                            Flipped(1, {1, 1, 1, 1})};
  const std::vector<FlipPair> pairs = FlipPairs(stability, 3);
  ASSERT_EQ(pairs.size(), 2u);
  EXPECT_EQ(pairs[0].from, 0);
  EXPECT_EQ(pairs[0].to, 1);
  EXPECT_EQ(pairs[0].records, 2);
  EXPECT_DOUBLE_EQ(pairs[0].rate, 2.0 / 8.0);
  EXPECT_DOUBLE_EQ(pairs[1].rate, 1.0 / 8.0);
}

TEST(FlipsByDistance, PutsEachRecordWhereItsOutputLies) {
  const float degree = 1.0f / kPoseUnit;
  std::vector<JudgedSample> samples;
  std::vector<Stability> stability;
  for (int i = 0; i < 10; ++i) {  // 1 degree inside the cone, and 25 outside
    samples.push_back(Judged(i % 2 == 0, {0.0f, 29.0f * degree, 0.0f}, i));
    stability.push_back(Flipped(1, {1, 1, 0, 0}));
    samples.push_back(Judged(true, {0.0f, 55.0f * degree, 0.0f}, i));
    stability.push_back(Flipped(0, {0, 0, 0, 0}));
  }
  const auto bins = FlipsByDistance(DirectnessTask(), samples, stability, 20, 1);
  ASSERT_EQ(bins.size(), 2u) << "empty bins are left out";
  EXPECT_EQ(bins[0].name, "0 to 2 degrees");
  EXPECT_EQ(bins[0].records, 10);
  EXPECT_DOUBLE_EQ(bins[0].flip_rate.value, 0.5);
  EXPECT_DOUBLE_EQ(bins[0].error_rate, 0.5);
  EXPECT_EQ(bins[1].name, "20 to 40 degrees");
  EXPECT_DOUBLE_EQ(bins[1].flip_rate.value, 0.0);
  const auto directions = FlipsByDirection(samples, stability, 20, 1);
  ASSERT_EQ(directions.size(), 2u);
  EXPECT_EQ(directions[0].name, "yaw 15 to 45, pitch -15 to 15");
  EXPECT_EQ(directions[1].name, "yaw 45 to 75, pitch -15 to 15");
}

TEST(CurveOf, FallsOverCoverage_ForAScoreThatKnows) {
  std::vector<JudgedSample> samples;
  std::vector<double> trust, blind(10, 0.5);
  for (int i = 0; i < 10; ++i) {
    samples.push_back(Judged(i >= 4, {}));
    trust.push_back(i);
  }
  const RiskCoverage knows = CurveOf("knows", trust, samples);
  ASSERT_EQ(knows.points.size(), 10u);
  EXPECT_EQ(knows.points[5], std::pair(0.6, 0.0));
  EXPECT_EQ(knows.points[9], std::pair(1.0, 0.4));
  // Records of equal score count as their mean, in whatever order they come.
  for (const auto& [coverage, risk] : CurveOf("blind", blind, samples).points)
    EXPECT_NEAR(risk, 0.4, 1e-12);
}

TEST(JudgeCompetence, SaysWhatTheFlagIsWorth) {
  const Competence competence({{.weight = {1.0, 0.0}, .threshold = 0.5}}, 0.25, 100);
  std::vector<JudgedSample> samples;
  std::vector<CompetenceSample> readings;
  std::vector<double> alone;
  for (int i = 0; i < 40; ++i) {
    const bool flagged = i < 10, wrong = i < 8 || i >= 38;
    samples.push_back(Judged(!wrong, {}, i));
    const float p = flagged ? 0.1f : 0.9f;
    readings.push_back({.p_correct = p, .p_correct_calibrated = p, .correct = !wrong});
    alone.push_back(i % 2);
  }
  const CompetenceFigures figures = JudgeCompetence(
      competence, samples, readings, std::vector<ScoreColumn>{{"alone", "test", alone, 0.5}},
      ClusterBootstrap(GroupsOf(samples), 50, 1));
  EXPECT_DOUBLE_EQ(figures.flagged.value, 0.25);
  EXPECT_DOUBLE_EQ(figures.wrong_of_flagged.value, 0.8);
  EXPECT_DOUBLE_EQ(figures.flagged_of_wrong.value, 0.8);
  EXPECT_DOUBLE_EQ(figures.error_rate, 0.25);
  // Ten bands of four by rising score. Seven say 0.1 each where none is wrong; the eighth has the
  // two wrong of 0.1 and two wrong of 0.9, 2 short; the others say 3.6 where 4 and 2 are wrong.
  EXPECT_NEAR(figures.calibration_error, (7 * 0.4 + 2.0 + 0.4 + 1.6) / 40.0, 1e-6);
  ASSERT_EQ(figures.scores.size(), 2u);
  EXPECT_EQ(figures.scores[0].name, "combined");
  EXPECT_GT(figures.scores[0].parts[0].figure[0].value, 0.85);
  ASSERT_EQ(figures.curves.size(), 3u);
  EXPECT_EQ(figures.curves[2].name, "the truth");
}

TEST(DisturbanceGrid, HasEveryKindAtThreeSizes) {
  std::map<DisturbanceKind, int> kinds;
  for (const Disturbance& disturbance : DisturbanceGrid()) ++kinds[disturbance.kind];
  ASSERT_EQ(kinds.size(), static_cast<std::size_t>(kDisturbanceKinds));
  for (const auto& [kind, sizes] : kinds) EXPECT_EQ(sizes, 3) << DisturbanceName(kind);
}

// The models that ship can be cut at the taps that PE keeps, and the tail gives T's answer but for
// what encoding did.
TEST(StabilityRunner, OfTheShippedCifarModels_GivesTsAnswers) {
  class Noise final : public Dataset {
   public:
    std::string name() const override { return "noise"; }
    std::int64_t size() const override { return 3; }
    Sample Get(std::int64_t index) const override {
      Sample sample;
      sample.image = Image{32, 32, std::vector<std::uint8_t>(32 * 32 * 3)};
      for (std::size_t i = 0; i < sample.image.rgb.size(); ++i)
        sample.image.rgb[i] = static_cast<std::uint8_t>((i * 37 + index * 91) % 251);
      return sample;
    }
  };
  const JudgedModels models = LoadJudgedModels("cifar10", {}, {});
  const StabilityOptions options;
  StabilityRunner runner(models, MakeReferenceBackend(), "deepest", std::span(&options, 1));
  EXPECT_EQ(runner.probe(0).tap(), "conv2d");
  const StabilitySet set = runner.Run(Noise());
  ASSERT_EQ(set.samples.size(), 3u);
  ASSERT_EQ(set.stability.at(0).size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    const Stability& stability = set.stability[0][i];
    EXPECT_EQ(stability.decision, models.task.Decide(set.samples[i].output));
    EXPECT_LT(stability.encoding_movement, 0.3);
    EXPECT_EQ(stability.trials.size(), 9u);
  }
}

}  // namespace
}  // namespace vigil
