// The records of a window with their weights and the blocks that they belong to.
#ifndef VIGIL_ESTIMATOR_MONITOR_BLOCKS_H_
#define VIGIL_ESTIMATOR_MONITOR_BLOCKS_H_

#include <span>
#include <string>
#include <vector>

#include "estimator/store/record.h"

namespace vigil {

// What counts as a unit that was drawn independently of the others.
struct BlockOptions {
  double seconds = 60.0;     // a block is the records of one stretch of this length
  std::string tag;           // where not empty: a block is the records of one value of this tag
  bool independent = false;  // every record stands alone: separate draws, not frames of a scene
};

// One verdict's place in the window. The weight is how many inferences it stands for: those that
// its epoch saw over those that were judged (DESIGN.md contract 8).
struct WeightedRecord {
  double weight = 1.0;
  int block = 0;
  int epoch = 0;  // index, not the epoch's number
};

struct Window {
  std::vector<WeightedRecord> records;  // in the order of the verdicts
  int blocks = 0;
  int epochs = 0;
  double total_weight = 0.0;
};

// `counts` empty: every inference was judged, all weights are 1. Throws Error (Api, kMisuse) for a
// verdict of an epoch that is not in `counts`, without the tag, or of another PE or T than the
// first; (Input, kInvalidValue) for counts that cannot be: more verdicts than judged, more judged
// than seen.
Window WeighRecords(std::span<const Verdict> verdicts, std::span<const EpochCounts> counts,
                    const BlockOptions& options);

// Variance of the weighted mean of `values` (one a record).
struct MeanVariance {
  double mean = 0.0;
  double clustered = 0.0;    // blocks as the sampling unit
  double independent = 0.0;  // records as the sampling unit
  double sampling = 0.0;     // for judging a random part of each epoch only
};
// REQUIRES: values.size() == window.records.size() > 0.
MeanVariance VarianceOfMean(const Window& window, std::span<const double> values);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_BLOCKS_H_
