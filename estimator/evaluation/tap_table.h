// Table 5 of PERF, extended: what PE's figures cost in bytes a record, over taps, their pooling and
// their encoding.
#ifndef VIGIL_ESTIMATOR_EVALUATION_TAP_TABLE_H_
#define VIGIL_ESTIMATOR_EVALUATION_TAP_TABLE_H_

#include <memory>
#include <string>
#include <vector>

#include "estimator/evaluation/evaluation_data.h"
#include "estimator/evaluation/set_figures.h"
#include "estimator/evaluation/steps.h"

namespace vigil {

struct TapRow {
  std::string estimator_file;
  std::vector<std::string> taps;  // T's input as kImageTap
  bool has_image = false;         // a tap is T's input: no device keeps it
  Encoding encoding = Encoding::kInt8;
  std::int64_t tap_bytes = 0;  // of a record's taps as encoded
  double stored_bytes = 0.0;   // of a record in the store, compressed: the mean
  std::vector<NamedFigure> figures;
};

struct TapTable {
  std::string data, severity;
  std::int64_t images = 0;
  int clusters = 0;
  std::vector<TapRow> rows;  // by estimator, then by encoding
  int knee = -1;             // KneeOf(rows)
};

// Every estimator with its taps in float32, float16 and int8, all on the same 2-cause test images
// at severity "paper". PE learned from int8 taps. Arguments as MakeVariantTable.
TapTable MakeTapTable(std::span<const JudgedModels> estimators,
                      const std::shared_ptr<Backend>& backend, const EvaluationData& data,
                      std::uint64_t seed, int draws, const OnProgress& on_progress);

// The row after which more bytes buy little: of the rows without an image that no cheaper one
// equals in AUROC, the one farthest above the line from the cheapest to the best, over the
// logarithm of the stored bytes; the best where none lies above it. -1 where there is none.
int KneeOf(std::span<const TapRow> rows);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_EVALUATION_TAP_TABLE_H_
