// What PE's model file says beside the network (DESIGN.md contract 10).
#ifndef VIGIL_ESTIMATOR_VERDICT_ESTIMATOR_METADATA_H_
#define VIGIL_ESTIMATOR_VERDICT_ESTIMATOR_METADATA_H_

#include <cstdint>
#include <filesystem>
#include <map>
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
//   vigil.estimator_hash   16 hexadecimal digits: the verdicts' name for this PE, where it is not
//                          its file's hash because its calibration alone was changed since
struct EstimatorMetadata {
  std::string task;
  std::vector<std::string> taps;
  std::vector<Cause> causes;
  Gate gate;
  std::optional<Calibration> calibration;
  std::string trained_on;
  std::optional<std::uint64_t> estimator_hash;
};

// Throws Error (Model, kMalformed) that names the key: missing, taps that are not one fewer than
// the inputs, causes that are not one fewer than the logits, a calibration of another threshold
// than the gate's; as GateFromJson, CalibrationFromJson.
EstimatorMetadata ReadEstimatorMetadata(const Graph& estimator);

// By what PE's verdicts name it: metadata.estimator_hash, or the file's hash. A recalibrated PE
// keeps the name of the one that it was made from: its network and gate are the same, a verdict of
// either has the same p(correct) and p(cause), and estimates apply the calibration at hand to
// those. Throws as HashModelFile.
std::uint64_t EstimatorHash(const EstimatorMetadata& metadata, const std::filesystem::path& path);

// The graph with these keys set and the rest of its metadata kept. Throws as reading it back would.
Graph WriteEstimatorMetadata(const Graph& estimator, const EstimatorMetadata& metadata);

// Puts further keys into PE's file, such as what monitors' readings mean. `hash` is EstimatorHash
// of the file as it was: its name in verdicts goes on, and whatever else is in the file stays byte
// for byte. Throws as SetOnnxMetadata.
void SetEstimatorKeys(const std::filesystem::path& path, std::uint64_t hash,
                      const std::map<std::string, std::string>& keys);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_VERDICT_ESTIMATOR_METADATA_H_
