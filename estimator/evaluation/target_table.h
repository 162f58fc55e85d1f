// Table 1 of PERF: T's accuracy without and with causes of failure.
#ifndef VIGIL_ESTIMATOR_EVALUATION_TARGET_TABLE_H_
#define VIGIL_ESTIMATOR_EVALUATION_TARGET_TABLE_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/backend/backend.h"
#include "estimator/evaluation/bootstrap.h"
#include "estimator/evaluation/evaluation_data.h"
#include "estimator/evaluation/judged_models.h"
#include "estimator/evaluation/pose_figures.h"

namespace vigil {

struct TargetRow {
  std::string variant;   // "clean", "1-cause", "2-cause"
  std::string severity;  // empty for clean
  std::string data;
  std::int64_t images = 0;
  Interval accuracy;
  double augmented_accuracy = 0.0;  // on the images that something was done to; NaN: none
  double majority = 0.0;            // of who always gives the commonest true decision
  double paper = 0.0;               // NaN where the paper says nothing
  std::optional<PoseFigures> pose;  // of a T that answers with a pose
};

// Clean, then both variants at both severities, 20 % of images untouched as in the paper. Throws as
// JudgedRunner::Run.
std::vector<TargetRow> MakeTargetTable(
    const JudgedModels& models, const std::shared_ptr<Backend>& backend, const EvaluationData& data,
    std::uint64_t seed, int draws,
    const std::function<void(double, const std::string&)>& on_progress = nullptr);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_EVALUATION_TARGET_TABLE_H_
