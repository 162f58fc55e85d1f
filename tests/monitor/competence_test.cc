#include "estimator/monitor/robustness/competence.h"

#include <cmath>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/graph/builder.h"
#include "estimator/monitor/robustness/competence_evaluator.h"
#include "estimator/verdict/ranking.h"

namespace vigil {
namespace {

using ::testing::HasSubstr;

// T is wrong by chance, with log odds -1.5 + noise of PE + flips + outliers: each reading knows a
// part that the others do not.
std::vector<CompetenceSample> Simulate(int count, unsigned seed, bool outlier = true,
                                       bool flips = true) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform;
  std::vector<CompetenceSample> samples;
  for (int i = 0; i < count; ++i) {
    const double pe = -1.5 + 1.2 * normal(random), flip = uniform(random), odd = uniform(random);
    const double odds = pe + 3.0 * (flip - 0.5) + 2.0 * (odd - 0.5);
    const auto p = static_cast<float>(1.0 / (1.0 + std::exp(pe)));
    CompetenceSample sample{.p_correct = p, .p_correct_calibrated = p};
    if (outlier) sample.outlier = static_cast<float>(odd);
    if (flips) sample.flip_rate = static_cast<float>(flip);
    sample.correct = uniform(random) >= 1.0 / (1.0 + std::exp(-odds));
    samples.push_back(sample);
  }
  return samples;
}

double AurocOf(const Competence& competence, const std::vector<CompetenceSample>& samples) {
  std::vector<Ranked> ranked;
  for (const CompetenceSample& sample : samples)
    ranked.push_back({-competence.Judge(sample).beyond, sample.correct});
  return Auroc(ranked);
}

TEST(Competence, OnOtherRecords_IsAProbability) {
  const Competence competence = FitCompetence(Simulate(4000, 1));
  std::array<double, 5> said{}, was{}, count{};
  for (const CompetenceSample& sample : Simulate(20000, 2)) {
    const float beyond = competence.Judge(sample).beyond;
    const auto band = std::min<std::size_t>(4, static_cast<std::size_t>(beyond * 5.0f));
    said[band] += beyond;
    was[band] += sample.correct ? 0.0 : 1.0;
    ++count[band];
  }
  for (std::size_t band = 0; band < said.size(); ++band) {
    ASSERT_GT(count[band], 100.0);
    EXPECT_NEAR(said[band] / count[band], was[band] / count[band], 0.04) << "band " << band;
  }
}

TEST(Competence, EachReading_AddsToTheRanking) {
  const Competence competence = FitCompetence(Simulate(4000, 1));
  ASSERT_EQ(competence.fits().size(), 4u);
  const double all = AurocOf(competence, Simulate(20000, 3));
  const double flips = AurocOf(competence, Simulate(20000, 3, false, true));
  const double outlier = AurocOf(competence, Simulate(20000, 3, true, false));
  const double alone = AurocOf(competence, Simulate(20000, 3, false, false));
  EXPECT_GT(all, flips + 0.01);
  EXPECT_GT(all, outlier + 0.01);
  EXPECT_GT(flips, alone + 0.01);
  EXPECT_GT(outlier, alone + 0.005);
}

TEST(Competence, Flag_KeepsToTheBudget) {
  const Competence competence = FitCompetence(Simulate(4000, 1), {.budget = 0.1});
  for (const bool outlier : {false, true}) {
    double flagged = 0.0, wrong = 0.0;
    for (const CompetenceSample& sample : Simulate(20000, 4, outlier, true)) {
      if (!competence.Judge(sample).flagged) continue;
      ++flagged;
      wrong += sample.correct ? 0.0 : 1.0;
    }
    EXPECT_NEAR(flagged / 20000.0, 0.1, 0.015);
    EXPECT_GT(wrong / flagged, 0.6) << "of all, some 25 % are wrong";
  }
}

TEST(Competence, WithoutAReadingInTheFit_DoesNotWantIt) {
  const Competence competence = FitCompetence(Simulate(400, 1, false, true));
  EXPECT_EQ(competence.fits().size(), 2u);
  CompetenceSample sample{.p_correct = 0.5f, .p_correct_calibrated = 0.5f, .flip_rate = 0.5f};
  const float without = competence.Judge(sample).beyond;
  sample.outlier = 1.0f;
  EXPECT_EQ(competence.Judge(sample).beyond, without);
}

TEST(Competence, CertainReadings_StayFinite) {
  const Competence competence = FitCompetence(Simulate(400, 1));
  for (const float p : {0.0f, 1.0f}) {
    const auto judged = competence.Judge(
        {.p_correct = p, .p_correct_calibrated = p, .outlier = 1.0f, .flip_rate = 1.0f});
    EXPECT_GE(judged.beyond, 0.0f);
    EXPECT_LE(judged.beyond, 1.0f);
  }
}

TEST(Competence, SamplesThatCannotBe_AreRefused) {
  const auto refusal = [](std::vector<CompetenceSample> samples,
                          const CompetenceOptions& options = {}) -> std::string {
    try {
      FitCompetence(samples, options);
    } catch (const Error& error) {
      EXPECT_EQ(FaultName(error.fault()), FaultName(Fault::kTraining));
      return error.what();
    }
    return "accepted";
  };
  EXPECT_THAT(refusal(Simulate(49, 1)), HasSubstr("49 samples, expected at least 50"));
  auto samples = Simulate(100, 1);
  samples[3].outlier.reset();
  EXPECT_THAT(refusal(samples), HasSubstr("99 of 100 samples have outlier"));
  samples = Simulate(100, 1);
  samples[4].flip_rate = 1.5f;
  EXPECT_THAT(refusal(samples), HasSubstr("sample 4 has flip_rate 1.5"));
  for (CompetenceSample& sample : samples = Simulate(100, 1)) sample.correct = true;
  EXPECT_THAT(refusal(samples), HasSubstr("right on 100 of 100"));
  EXPECT_THAT(refusal(Simulate(100, 1), {.budget = 1.0}), HasSubstr("budget of 1"));
}

TEST(CompetenceJson, ReadsWhatItWrote) {
  const Competence competence = FitCompetence(Simulate(400, 1));
  GraphBuilder builder;
  builder.Output(builder.Input("x", {DType::kFloat32, {1, 2}}));
  const Graph model = std::move(builder).Build();
  EXPECT_FALSE(ReadCompetence(model));
  const auto again =
      ReadCompetence(model.WithMetadata({{kBeyondKey, CompetenceToJson(competence)}}));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->budget(), competence.budget());
  EXPECT_EQ(again->samples(), 400);
  for (const CompetenceSample& sample : Simulate(50, 9)) {
    EXPECT_EQ(again->Judge(sample).beyond, competence.Judge(sample).beyond);
    EXPECT_EQ(again->Judge(sample).flagged, competence.Judge(sample).flagged);
  }
}

TEST(CompetenceJson, WhatIsWrong_IsNamed) {
  const auto refusal = [](const std::string& json) -> std::string {
    try {
      CompetenceFromJson(json);
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  };
  const std::string head = R"({"version": 1, "budget": 0.05, "samples": 60, "fits": )";
  const std::string alone = R"({"readings": [], "weight": [1, 0], "bias": 0, "threshold": 0.5})";
  EXPECT_EQ(refusal(head + "[" + alone + "]}"), "accepted");
  EXPECT_THAT(refusal("[]"), HasSubstr("not a JSON object"));
  EXPECT_THAT(refusal(R"({"version": 2})"), HasSubstr("version 2, expected 1"));
  EXPECT_THAT(refusal(head + "[]}"), HasSubstr("one of them for PE alone"));
  EXPECT_THAT(refusal(head + "[" + alone + "," + alone + "]}"), HasSubstr("one fit for each set"));
  EXPECT_THAT(refusal(head + "[3]}"), HasSubstr("'bias' is missing"));
  EXPECT_THAT(
      refusal(head + R"([{"readings": ["smell"], "weight": [], "bias": 0, "threshold": 1}]})"),
      HasSubstr("\"smell\", expected outlier or flip_rate"));
  EXPECT_THAT(
      refusal(head +
              R"([{"readings": ["outlier"], "weight": [1, 2], "bias": 0, "threshold": 1}]})"),
      HasSubstr("2 weights, expected 3"));
}

TEST(CompetenceEvaluator, TakesWhatIsThere) {
  const Competence competence = FitCompetence(Simulate(400, 1));
  std::vector<Verdict> verdicts(2);
  verdicts[0] = {.p_correct = 0.9f, .p_correct_calibrated = 0.8f};
  verdicts[1] = verdicts[0];
  verdicts[1].readings.flip_rate = 0.9f;
  CompetenceEvaluator(competence).Evaluate(std::vector<Record>(2), verdicts);
  ASSERT_TRUE(verdicts[0].readings.beyond && verdicts[1].readings.beyond);
  EXPECT_GT(*verdicts[1].readings.beyond, *verdicts[0].readings.beyond);
}

}  // namespace
}  // namespace vigil
