#include "estimator/monitor/baselines/baselines.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "engine/base/error.h"
#include "estimator/monitor/baselines/baselines_oracle.h"
#include "estimator/verdict/ranking.h"

namespace vigil {
namespace {

// T gives a class's logit plus noise; where features are far out, the noise is large. The output
// alone cannot see why.
struct World {
  std::vector<std::vector<float>> outputs, features;
  std::vector<BaselineSample> samples;
};

World DrawWorld(std::uint64_t seed, int count, double strange) {
  std::mt19937_64 random(seed);
  std::normal_distribution<float> normal;
  std::uniform_real_distribution<double> uniform;
  World world;
  for (int i = 0; i < count; ++i) {
    const int truth = static_cast<int>(random() % 10);
    const bool far = uniform(random) < strange;
    std::vector<float> output(10);
    for (float& logit : output) logit = (far ? 2.4f : 0.7f) * normal(random);
    output[static_cast<std::size_t>(truth)] += 3.0f;
    world.outputs.push_back(output);
    world.features.push_back({normal(random) + (far ? 6.0f : 0.0f), normal(random) + 3.0f});
    world.samples.push_back({{}, truth, CifarTask().Decide(output) == truth});
  }
  for (std::size_t i = 0; i < world.samples.size(); ++i)
    world.samples[i].input = {world.outputs[i], world.features[i]};
  return world;
}

double AurocOf(const Baseline& baseline, const World& world) {
  std::vector<Ranked> ranked;
  for (const BaselineSample& sample : world.samples)
    ranked.push_back({baseline.score(sample.input), sample.correct});
  return Auroc(ranked);
}

const Baseline& Named(const std::vector<Baseline>& baselines, const std::string& name) {
  return *std::ranges::find(baselines, name, &Baseline::name);
}

TEST(FitBaselines, ForClassification_OffersEachOnceWithItsSource) {
  const World familiar = DrawWorld(1, 400, 0.0), mixed = DrawWorld(2, 1500, 0.5);
  const auto baselines = FitBaselines(CifarTask(), familiar.samples, mixed.samples);
  std::set<std::string> names;
  for (const Baseline& baseline : baselines) {
    EXPECT_TRUE(names.insert(baseline.name).second) << baseline.name;
    EXPECT_FALSE(baseline.source.empty()) << baseline.name;
    for (const BaselineSample& sample : mixed.samples)
      ASSERT_TRUE(std::isfinite(baseline.score(sample.input))) << baseline.name;
  }
  EXPECT_EQ(names.size(), 13u);
}

TEST(FitBaselines, RankAsTheirKnowledgeAllows) {
  const World familiar = DrawWorld(3, 400, 0.0), mixed = DrawWorld(4, 3000, 0.5);
  const World fresh = DrawWorld(5, 3000, 0.5);
  const auto baselines = FitBaselines(CifarTask(), familiar.samples, mixed.samples);
  const auto auroc = [&](const std::string& name) {
    return AurocOf(Named(baselines, name), fresh);
  };
  EXPECT_DOUBLE_EQ(auroc("always \"correct\""), 0.5);
  EXPECT_DOUBLE_EQ(auroc("always \"failed\""), 0.5);
  // Far features mean large noise: whoever sees them knows something, who sees both knows more.
  EXPECT_GT(auroc("Mahalanobis"), 0.65);
  EXPECT_GT(auroc("k nearest neighbours"), 0.6);
  EXPECT_GT(auroc("maximum softmax probability"), 0.6);
  EXPECT_GT(auroc("logistic regression"), auroc("maximum softmax probability") - 0.01);
  EXPECT_GT(auroc("ConfidNet-style regression"), auroc("maximum softmax probability") + 0.05);
  EXPECT_DOUBLE_EQ(auroc("DOCTOR beta"), auroc("maximum softmax probability"));
}

TEST(FitBaselines, ForDirectness_TakeTheDistanceInPlaceOfLogits) {
  const Task task = DirectnessTask();
  std::mt19937_64 random(6);
  std::uniform_real_distribution<float> angle(-0.8f, 0.8f);
  std::normal_distribution<float> normal;
  std::vector<std::vector<float>> outputs, features;
  std::vector<BaselineSample> samples;
  for (int i = 0; i < 800; ++i) {
    const Truth truth{.pitch = angle(random) * kPoseUnit, .yaw = angle(random) * kPoseUnit};
    outputs.push_back({truth.pitch / kPoseUnit + 0.1f * normal(random),
                       truth.yaw / kPoseUnit + 0.1f * normal(random), 0.0f});
    features.push_back({normal(random), normal(random)});
    samples.push_back({{}, task.TrueDecision(truth), task.IsCorrect(outputs.back(), truth)});
  }
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i].input = {outputs[i], features[i]};
  const auto baselines = FitBaselines(task, samples, samples);
  EXPECT_EQ(baselines.size(), 7u);
  World world{outputs, features, samples};
  EXPECT_GT(AurocOf(Named(baselines, "distance to the directness threshold"), world), 0.8);
}

TEST(AppliedOracle, KnowsTheAccuracyOfEachSetOfOperations) {
  const CauseSet blur = CauseSet().Add(Cause::kBlur);
  const AppliedOracle oracle(std::vector<AppliedOracle::Sample>{
      {{}, true}, {{}, true}, {{}, true}, {blur, true}, {blur, false}, {blur, false}});
  // Overall 4 of 6, as one more record of each set.
  EXPECT_DOUBLE_EQ(oracle.Score({}), (3 + 4.0 / 6) / 4);
  EXPECT_DOUBLE_EQ(oracle.Score(blur), (1 + 4.0 / 6) / 4);
  EXPECT_DOUBLE_EQ(oracle.Score(CauseSet().Add(Cause::kLighting)), 4.0 / 6);
}

}  // namespace
}  // namespace vigil
