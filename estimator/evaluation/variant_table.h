// Table 4 of PERF: what PE learned from against what it is asked about.
#ifndef VIGIL_ESTIMATOR_EVALUATION_VARIANT_TABLE_H_
#define VIGIL_ESTIMATOR_EVALUATION_VARIANT_TABLE_H_

#include <memory>
#include <string>
#include <vector>

#include "estimator/evaluation/evaluation_data.h"
#include "estimator/evaluation/set_figures.h"
#include "estimator/evaluation/steps.h"

namespace vigil {

struct VariantRow {
  std::string estimator_file;
  std::string trained_on, tested_on;  // "1-cause", "2-cause"; trained_on also "mixed"
  std::string data;
  SetFigures judged;
};

// Each estimator on the 1-cause and on the 2-cause test images at severity "paper", by estimator,
// then by variant; all see the same images. `draws` of the bootstrap; `on_progress` hears the share
// done. REQUIRES: all are of one task and one size of T's input. Throws as JudgedRunner::Run.
std::vector<VariantRow> MakeVariantTable(std::span<const JudgedModels> estimators,
                                         const std::shared_ptr<Backend>& backend,
                                         const EvaluationData& data, std::uint64_t seed, int draws,
                                         const OnProgress& on_progress);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_EVALUATION_VARIANT_TABLE_H_
