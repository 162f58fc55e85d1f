#include "estimator/monitor/outliers/outlier_metric.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "engine/base/error.h"
#include "estimator/monitor/outliers/outlier_scorer.h"
#include "tests/monitor/outliers/outlier_fixture.h"

namespace vigil {
namespace {

const std::vector<float> kView = {1.0f, 2.0f, 3.0f, 4.0f};
const std::vector<float> kOther = {1.0f, 0.0f, 3.0f, 7.0f};

TEST(OutlierMetric, Errors_AreThoseOfHand) {
  EXPECT_DOUBLE_EQ(MeanSquaredError(kView, kOther), (4.0 + 9.0) / 4.0);
  EXPECT_DOUBLE_EQ(MeanAbsoluteError(kView, kOther), 5.0 / 4.0);
  EXPECT_NEAR(CosineDistance(kView, kOther), 1.0 - 38.0 / std::sqrt(30.0 * 59.0), 1e-12);
  const std::vector<float> zeros(4);
  EXPECT_EQ(CosineDistance(zeros, kOther), 1.0);
}

TEST(OutlierMetric, Likelihood_WeighsEachChannelByItsVariance) {
  const std::vector<float> variance = {1.0f, 9.0f};
  EXPECT_NEAR(ResidualNegativeLogLikelihood(kView, kOther, variance),
              0.5 * (4.0 + 9.0 / 9.0 + 2.0 * std::log(9.0)) / 4.0, 1e-12);
}

TEST(OutlierMetric, Structure_IsZeroForTheSameMapAndGrowsAsShapesPart) {
  EXPECT_NEAR(StructureDistance(kView, kView, 2), 0.0, 1e-12);
  const std::vector<float> turned = {2.0f, 1.0f, 4.0f, 3.0f};
  const double apart = StructureDistance(kView, turned, 2);
  EXPECT_GT(apart, StructureDistance(kView, std::vector<float>{1.1f, 2.0f, 3.0f, 4.1f}, 2));
  EXPECT_GT(apart, 0.5) << "what rises in one falls in the other";
}

TEST(OutlierMetric, Divergence_IsZeroForStandardNormalAlone) {
  const std::vector<float> zeros(3), mean = {1.0f, 0.0f, 0.0f}, log = {0.0f, 0.0f, 1.0f};
  EXPECT_DOUBLE_EQ(StandardNormalDivergence(zeros, zeros), 0.0);
  EXPECT_NEAR(StandardNormalDivergence(mean, log), 0.5 + 0.5 * (std::exp(1.0) - 2.0), 1e-7);
}

TEST(OutlierMetric, Names_ReadBackAndUnknownOnesAreListed) {
  for (const AutoencoderKind kind :
       {AutoencoderKind::kPlain, AutoencoderKind::kVariational, AutoencoderKind::kJoint}) {
    for (const OutlierMetric metric : MetricsOf(kind))
      EXPECT_EQ(OutlierMetricFromName(OutlierMetricName(metric)), metric);
    const auto metrics = MetricsOf(kind);
    EXPECT_EQ(std::ranges::count(metrics, DefaultMetric(kind)), 1);
  }
  EXPECT_THROW(OutlierMetricFromName("psnr"), Error);
}

TEST(OutlierScorer, LatentDistance_IsMahalanobis) {
  const OutlierScorer scorer(testing::HandMetadata());
  const std::vector<float> latent = {5.0f, 5.0f};
  EXPECT_DOUBLE_EQ(scorer.Score(OutlierMetric::kLatent, {.latent = latent}),
                   16.0 / 4.0 + 9.0 / 1.0);
  EXPECT_EQ(scorer.Embedding({.latent = latent}), (std::vector<float>{2.0f, 3.0f}));
}

TEST(OutlierScorer, Both_IsTheStrangerOfItsParts) {
  const OutlierScorer scorer(testing::HandMetadata());
  // Median 3; its 90 % quantile is 7.6.
  EXPECT_NEAR(scorer.Both(3.0, 7.6), 1.0, 1e-9);
  EXPECT_NEAR(scorer.Both(12.2, 3.0), 2.0, 1e-9);
  // What is too near counts too: the 10 % quantile is 0.4.
  EXPECT_NEAR(scorer.Both(3.0, 0.4), 1.0, 1e-9);
}

TEST(OutlierScorer, Share_LiesBetweenQuantiles) {
  const std::vector<double> steps = {0.0, 1.0, 3.0, 7.0, 8.0};
  EXPECT_EQ(ShareBelow(steps, -1.0), 0.0);
  EXPECT_DOUBLE_EQ(ShareBelow(steps, 2.0), 0.375);
  EXPECT_DOUBLE_EQ(ShareBelow(steps, 3.0), 0.5);
  EXPECT_EQ(ShareBelow(steps, 9.0), 1.0);
  const std::vector<double> flat = {1.0, 1.0, 1.0, 2.0};
  EXPECT_NEAR(ShareBelow(flat, 1.0), 1.0 / 3.0, 1e-12) << "half of the equal ones are below";
}

}  // namespace
}  // namespace vigil
