// What an autoencoder's model file says beside the network (DESIGN.md contract 10): what its
// numbers are on known records. Statistics alone, never a record.
#ifndef VIGIL_ESTIMATOR_MONITOR_OUTLIERS_OUTLIER_METADATA_H_
#define VIGIL_ESTIMATOR_MONITOR_OUTLIERS_OUTLIER_METADATA_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/graph/graph.h"
#include "estimator/monitor/outliers/outlier_metric.h"

namespace vigil {

// Where known records lie in the latent space.
struct LatentStatistics {
  std::vector<double> mean;
  std::vector<double> covariance;  // row-major, square, symmetric, positive definite
  // kJoint: the means of the classes that the known records have, and the covariance around them.
  std::vector<std::vector<double>> class_means;
  std::vector<double> class_covariance;
};

// Keys of the graph's metadata:
//   vigil.task          task.h
//   vigil.monitor_kind  "ae", "vae" or "joint"
//   vigil.taps          names of T's values, comma-separated, in the order of the inputs
//   vigil.outliers      JSON of everything else here, version 1
// The inputs' normalisation is part of the graph (models/autoencoder.h).
struct OutlierMetadata {
  std::string task;
  AutoencoderKind kind = AutoencoderKind::kPlain;
  std::vector<std::string> taps;
  std::string known;                     // the data that all of this was measured on
  std::int64_t records = 0;              // of those
  std::vector<float> residual_variance;  // a channel of the view, > 0; kJoint: empty
  LatentStatistics latent;
  // Of each metric on known records: from the least to the largest in equal steps of their share,
  // at least two, never falling.
  std::map<OutlierMetric, std::vector<double>> quantiles;
  OutlierMetric metric = OutlierMetric::kLatent;  // the one that readings are made of
};

// Throws Error (Model, kUnsupported) for another version; (Model, kMalformed) that names the key
// and the field: missing, no JSON, taps that are not as many as the inputs, sizes that do not fit
// the network or one another, a covariance that is not positive definite, quantiles that fall, a
// metric without quantiles.
OutlierMetadata ReadOutlierMetadata(const Graph& monitor);

// The graph with these keys set and the rest of its metadata kept. Throws as reading it back would.
Graph WriteOutlierMetadata(const Graph& monitor, const OutlierMetadata& metadata);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_OUTLIERS_OUTLIER_METADATA_H_
