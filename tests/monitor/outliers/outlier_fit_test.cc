#include "estimator/monitor/outliers/outlier_fit.h"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "engine/base/error.h"

namespace vigil {
namespace {

struct Drawn {
  std::vector<float> latent, view, reconstruction;
  OutlierOutputs outputs() const {
    return {.latent = latent, .view = view, .reconstruction = reconstruction};
  }
};

std::vector<Drawn> Draw(int count) {
  std::mt19937 engine(3);
  std::normal_distribution<float> normal;
  std::vector<Drawn> drawn;
  for (int i = 0; i < count; ++i) {
    const float a = normal(engine), b = normal(engine);
    drawn.push_back({{1.0f + 2.0f * a, a + b}, {normal(engine), 3.0f * normal(engine)}, {0, 0}});
  }
  return drawn;
}

OutlierMetadata Fit(const std::vector<Drawn>& drawn) {
  OutlierFit fit({.task = "cifar10", .taps = {"features"}});
  for (const Drawn& each : drawn) fit.Add(each.outputs(), 0);
  fit.EndFirstRound(2);
  for (const Drawn& each : drawn) fit.AddAgain(each.outputs());
  return fit.Finish(OutlierMetric::kLatent);
}

TEST(OutlierFit, Statistics_AreThoseOfTheKnownRecords) {
  const OutlierMetadata metadata = Fit(Draw(4000));
  EXPECT_NEAR(metadata.latent.mean[0], 1.0, 0.1);
  EXPECT_NEAR(metadata.latent.covariance[0], 4.0, 0.3);
  EXPECT_NEAR(metadata.latent.covariance[1], 2.0, 0.2);
  EXPECT_NEAR(metadata.latent.covariance[3], 2.0, 0.2);
  EXPECT_NEAR(metadata.residual_variance[0], 1.0, 0.1);
  EXPECT_NEAR(metadata.residual_variance[1], 9.0, 0.7);
  // The median of a chi-square of two degrees is 2 ln 2.
  const auto& steps = metadata.quantiles.at(OutlierMetric::kLatent);
  EXPECT_NEAR(steps[steps.size() / 2], 2.0 * std::log(2.0), 0.1);
}

TEST(OutlierFit, Shares_OfKnownRecordsAreUniform) {
  const std::vector<Drawn> drawn = Draw(2000);
  const OutlierScorer scorer(Fit(drawn));
  for (const OutlierMetric metric : MetricsOf(AutoencoderKind::kPlain)) {
    double sum = 0.0, below = 0.0;
    for (const Drawn& each : drawn) {
      const double share = scorer.Share(metric, scorer.Score(metric, each.outputs()));
      sum += share;
      below += share < 0.9 ? 1.0 : 0.0;
    }
    if (metric == OutlierMetric::kCosine) continue;  // its reconstruction is zero: all alike
    EXPECT_NEAR(sum / 2000.0, 0.5, 0.01) << OutlierMetricName(metric);
    EXPECT_NEAR(below / 2000.0, 0.9, 0.01) << OutlierMetricName(metric);
  }
}

TEST(OutlierFit, FewRecords_AreRefused) {
  OutlierFit fit({.task = "cifar10", .taps = {"features"}});
  const std::vector<Drawn> drawn = Draw(20);
  for (const Drawn& each : drawn) fit.Add(each.outputs(), 0);
  EXPECT_THROW(fit.EndFirstRound(2), Error);
}

}  // namespace
}  // namespace vigil
