// Labels of records, as `vigil recalibrate` reads them.
#ifndef VIGIL_TOOLS_VIGIL_RECALIBRATE_LABELS_H_
#define VIGIL_TOOLS_VIGIL_RECALIBRATE_LABELS_H_

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "estimator/store/record.h"
#include "estimator/verdict/recalibration.h"

namespace vigil {

// One line: which record, and whether T was right.
struct RecordLabel {
  int line = 0;
  bool by_time = false;
  std::int64_t key = 0;  // a record's id, or the time of its inference in microseconds
  bool correct = false;
};

// Comma-separated, a header line; columns in any order, others do not count:
//   record | time     the record's id, or the time of the inference: microseconds since 1970
//   outcome           right or wrong; or, in its place, the two columns
//   label, answer     what was true and what T said, compared as texts (the store keeps no answers)
// Throws Error naming file and line: (Input, kMalformed) for a missing column, a short row, a key
// that is no number or another outcome; (Input, kInvalidValue) for a record named twice.
std::vector<RecordLabel> ReadLabels(const std::filesystem::path& path);

// Each label's verdict, with blocks of `block_seconds` of time. Throws Error (Input) naming file
// and line: kNotFound where there is no verdict of that record, or at that time; kInvalidValue
// where several have that time, where the verdict is by another PE than `estimator_hash`, or where
// two labels' records are of different T's.
std::vector<LabelledVerdict> JoinLabels(const std::filesystem::path& path,
                                        std::span<const RecordLabel> labels,
                                        std::span<const Verdict> verdicts,
                                        std::uint64_t estimator_hash, double block_seconds);

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_RECALIBRATE_LABELS_H_
