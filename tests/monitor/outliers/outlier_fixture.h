// A monitor small enough to work out by hand: its latent is its tap, its view the tap as well, and
// its reconstruction twice that.
#ifndef VIGIL_TESTS_MONITOR_OUTLIERS_OUTLIER_FIXTURE_H_
#define VIGIL_TESTS_MONITOR_OUTLIERS_OUTLIER_FIXTURE_H_

#include <array>

#include "engine/graph/builder.h"
#include "estimator/monitor/outliers/outlier_metadata.h"

namespace vigil::testing {

// Tap "features" [1, 2, 1, 1].
inline Graph HandMonitor() {
  GraphBuilder builder;
  const ValueId tap = builder.Input("feature_0", {DType::kFloat32, {1, 2, 1, 1}});
  builder.Output(builder.Add("latent", FlattenAttrs{1}, {tap}));
  builder.Output(builder.Add("view", UnaryAttrs{.kind = UnaryKind::kIdentity}, {tap}));
  builder.Output(builder.Add("reconstruction", BinaryAttrs{.kind = BinaryKind::kAdd}, {tap, tap}));
  return std::move(builder).Build();
}

inline OutlierMetadata HandMetadata(OutlierMetric metric = OutlierMetric::kLatent) {
  OutlierMetadata metadata{.task = "cifar10", .taps = {"features"}, .known = "by hand"};
  metadata.records = 100;
  metadata.residual_variance = {1.0f, 4.0f};
  metadata.latent.mean = {1.0, 2.0};
  metadata.latent.covariance = {4.0, 0.0, 0.0, 1.0};
  for (const OutlierMetric each : MetricsOf(metadata.kind))
    metadata.quantiles[each] = {0.0, 1.0, 3.0, 7.0, 8.0};
  metadata.metric = metric;
  return metadata;
}

}  // namespace vigil::testing

#endif  // VIGIL_TESTS_MONITOR_OUTLIERS_OUTLIER_FIXTURE_H_
