// What the records of calibration look like, in statistics only: shipped in PE's file, so that a
// device knows how far it lies from calibration.
#ifndef VIGIL_ESTIMATOR_MONITOR_DRIFT_DRIFT_REFERENCE_H_
#define VIGIL_ESTIMATOR_MONITOR_DRIFT_DRIFT_REFERENCE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/graph/graph.h"
#include "estimator/monitor/drift/drift_scale.h"

namespace vigil {

// Means, deviations and quantiles over all records; no record can be told from it.
struct DriftReference {
  DriftLayout layout;
  std::int64_t records = 0;
  DriftScale scale;  // with the octiles of the binned signals as edges, for who reads the card

  static constexpr const char* kMetadataKey = "vigil.drift_reference";
  static constexpr std::int64_t kMinRecords = 100;
};

// Throws Error (Input, kInvalidValue) for fewer than kMinRecords. REQUIRES: records of this layout.
DriftReference FitDriftReference(const DriftLayout& layout, std::span<const DriftFeatures> records);

// What is left of it for a device that has fewer monitors than calibration had: one without outlier
// scores, say. Nothing where the layout has a number that the reference lacks, another T's outputs
// or input, or another latent space. The score beyond competence is made from whatever readings are
// there, so that its scale holds for all of them only roughly.
std::optional<DriftReference> NarrowedTo(const DriftReference& reference,
                                         const DriftLayout& layout);

std::string DriftReferenceToJson(const DriftReference& reference);
// Throws Error (Model, kMalformed) naming the field; (Model, kUnsupported) for another version.
DriftReference DriftReferenceFromJson(std::string_view text);

// Of a model file's metadata; none where it has none. Throws as DriftReferenceFromJson.
std::optional<DriftReference> ReadDriftReference(const Graph& model);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_DRIFT_DRIFT_REFERENCE_H_
