// What PE's model file says beside the network (DESIGN.md contract 10).
#ifndef VIGIL_ESTIMATOR_VERDICT_ESTIMATOR_METADATA_H_
#define VIGIL_ESTIMATOR_VERDICT_ESTIMATOR_METADATA_H_

#include <optional>
#include <string>
#include <vector>

#include "engine/graph/graph.h"
#include "estimator/verdict/calibration.h"
#include "estimator/verdict/gate.h"

namespace vigil {

// Keys of the graph's metadata, in the order of the fields:
//   vigil.task         task.h
//   vigil.taps         names of T's values, comma-separated, in the order of PE's inputs before its
//                      last, "target_output", which is T's output
//   vigil.causes       classifiers after "correct", comma-separated
//   vigil.thresholds   JSON, gate.h; absent: one half everywhere
//   vigil.calibration  JSON, calibration.h; absent: not calibrated yet, so no estimate
//   vigil.trained_on   what it learned from: "1-cause", "2-cause" or "mixed"; may be absent
struct EstimatorMetadata {
  std::string task;
  std::vector<std::string> taps;
  std::vector<Cause> causes;
  Gate gate;
  std::optional<Calibration> calibration;
  std::string trained_on;
};

// Throws Error (Model, kMalformed) that names the key: missing, taps that are not one fewer than
// the inputs, causes that are not one fewer than the logits, a calibration of another threshold
// than the gate's; as GateFromJson, CalibrationFromJson.
EstimatorMetadata ReadEstimatorMetadata(const Graph& estimator);

// The graph with these keys set and the rest of its metadata kept. Throws as reading it back would.
Graph WriteEstimatorMetadata(const Graph& estimator, const EstimatorMetadata& metadata);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_VERDICT_ESTIMATOR_METADATA_H_
