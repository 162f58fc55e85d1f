#include "estimator/evaluation/figures.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>

#include <gtest/gtest.h>

#include "estimator/evaluation/estimator_table.h"

namespace vigil {
namespace {

// Half of the images blurred; PE knows more of T's failures than `rough` does.
struct Judged {
  std::vector<JudgedSample> samples;
  ScoreColumn rough{"rough", "a test", {}, 0.0};
};

Judged DrawJudged(int count, double roughness) {
  std::mt19937_64 random(11);
  std::normal_distribution<double> normal;
  Judged judged;
  for (int i = 0; i < count; ++i) {
    JudgedSample sample;
    sample.group = i;
    if (i % 2) sample.applied.Add(Cause::kBlur);
    const double margin = normal(random) + (i % 2 ? -0.5 : 1.0);
    sample.correct = margin > 0.0;
    sample.causes = CausesOfFailure(sample.correct, sample.applied);
    sample.p.correct = static_cast<float>(1.0 / (1.0 + std::exp(-margin - 0.5 * normal(random))));
    sample.p.cause[static_cast<std::size_t>(Cause::kBlur)] = i % 2 ? 0.9f : 0.1f;
    judged.samples.push_back(sample);
    judged.rough.values.push_back(margin + roughness * normal(random));
  }
  return judged;
}

std::vector<ScoreColumn> Columns(const Judged& judged) {
  ScoreColumn own{"PE", "this work", {}, 0.5};
  for (const JudgedSample& sample : judged.samples) own.values.push_back(sample.p.correct);
  return {own, judged.rough};
}

TEST(EstimatorFigures, AgreeWithTheMetrics_AndLieInTheirIntervals) {
  const Judged judged = DrawJudged(600, 1.0);
  const ClusterBootstrap bootstrap(GroupsOf(judged.samples), 100, 1);
  const auto figures = EstimatorFigures(judged.samples, Gate{}, CifarTask(), bootstrap);
  std::vector<Verdict> verdicts;
  std::vector<Outcome> outcomes;
  for (const JudgedSample& sample : judged.samples) {
    verdicts.push_back({.p_correct = sample.p.correct, .correct = sample.p.correct >= 0.5f});
    outcomes.push_back({sample.correct, sample.causes});
  }
  const Metrics metrics = ComputeMetrics(verdicts, outcomes, {});
  const auto find = [&](const std::string& key) {
    return std::ranges::find(figures, key, &NamedFigure::key)->interval;
  };
  EXPECT_DOUBLE_EQ(find("auroc").value, metrics.auroc);
  EXPECT_DOUBLE_EQ(find("tnr").value, metrics.tnr);
  EXPECT_DOUBLE_EQ(find("accuracy").value, metrics.accuracy);
  EXPECT_DOUBLE_EQ(find("aurc").value, metrics.aurc);
  for (const NamedFigure& figure : figures) {
    if (!std::isfinite(figure.interval.value)) continue;
    EXPECT_LE(figure.interval.low, figure.interval.value) << figure.key;
    EXPECT_GE(figure.interval.high, figure.interval.value) << figure.key;
  }
  EXPECT_LT(find("auroc").high - find("auroc").low, 0.1);
}

TEST(RankScores, LeadIsTheDifference_BeyondChanceWhereItIsLarge) {
  const Judged judged = DrawJudged(2000, 3.0);
  const ClusterBootstrap bootstrap(GroupsOf(judged.samples), 200, 1);
  const auto table = RankScores(judged.samples, Columns(judged), bootstrap);
  for (const RankingFigures& part : table[1].parts) {
    for (std::size_t k = 0; k < 4; ++k) EXPECT_GT(part.lead[k].value, 0.0) << kRankingKeys[k];
  }
  const Interval& lead = table[1].parts[0].lead[0];
  EXPECT_DOUBLE_EQ(lead.value,
                   table[0].parts[0].figure[0].value - table[1].parts[0].figure[0].value);
  EXPECT_GT(lead.low, 0.0);
  // Errors called right: lower is better, so the lead points the other way round.
  EXPECT_DOUBLE_EQ(table[1].parts[0].lead[2].value,
                   table[1].parts[0].figure[2].value - table[0].parts[0].figure[2].value);
  EXPECT_GT(table[0].balanced_accuracy, table[1].balanced_accuracy);
}

TEST(ThresholdOf, ParesTheClassesBest_AndAConstantGetsOneHalf) {
  std::vector<JudgedSample> samples(4);
  samples[2].correct = samples[3].correct = true;
  const double threshold = ThresholdOf(std::vector{-3.0, -1.0, 2.0, 5.0}, samples);
  EXPECT_GT(threshold, -1.0);
  EXPECT_LE(threshold, 2.0);
  EXPECT_EQ(ThresholdOf(std::vector{1.0, 1.0, 1.0, 1.0}, samples), 0.5);
}

TEST(WhereBehind, NamesWhatWins_AndNothingElse) {
  const Judged judged = DrawJudged(2000, 0.0);  // the other score knows T's margin
  const ClusterBootstrap bootstrap(GroupsOf(judged.samples), 100, 1);
  EstimatorTable table{.table = 6};
  SeverityFigures severity{.severity = "paper"};
  severity.ours = {{"tnr", {0.60, 0.58, 0.62}}, {"tpr_strict", {0.90, 0.88, 0.92}}};
  severity.scores = RankScores(judged.samples, Columns(judged), bootstrap);
  table.severities.push_back(severity);
  WindowFigures window{.condition = "mixes as in calibration", .calibrated = true};
  window.coverage = {0.90, 0.85, 0.95};
  window.errors = {{"PE", "", {0.02, 0.01, 0.03}, 0.0}, {"AC", "", {0.01, 0.01, 0.02}, 0.0}};
  table.windows.push_back(window);
  const std::vector<std::string> behind = WhereBehind(table);
  const auto holds = [&](const std::string& words) {
    return std::ranges::any_of(
        behind, [&](const std::string& line) { return line.find(words) != std::string::npos; });
  };
  EXPECT_TRUE(holds("behind the paper in tnr at severity paper: 60 % against 62.8 %"));
  EXPECT_FALSE(holds("tpr_strict"));  // ahead of the paper's 79.25 %
  EXPECT_TRUE(holds("behind rough in auroc within all images"));
  EXPECT_TRUE(holds("beyond chance"));
  EXPECT_TRUE(holds("behind AC in the error of windows"));
  EXPECT_TRUE(holds("hold the truth of 90 % of windows"));

  // The other way round nothing is said.
  std::swap(table.severities[0].scores[0], table.severities[0].scores[1]);
  table.severities[0].ours.clear();
  for (auto& score : table.severities[0].scores)
    for (auto& part : score.parts)
      for (Interval& lead : part.lead) lead = {std::abs(lead.value), 0.0, 1.0};
  table.windows.clear();
  EXPECT_TRUE(WhereBehind(table).empty());
}

}  // namespace
}  // namespace vigil
