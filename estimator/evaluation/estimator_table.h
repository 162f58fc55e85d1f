// Tables 3 and 6 of PERF: PE on 2-cause images, beside the paper, the baselines, and windows.
#ifndef VIGIL_ESTIMATOR_EVALUATION_ESTIMATOR_TABLE_H_
#define VIGIL_ESTIMATOR_EVALUATION_ESTIMATOR_TABLE_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "estimator/evaluation/evaluation_data.h"
#include "estimator/evaluation/figures.h"
#include "estimator/evaluation/judged_models.h"
#include "estimator/evaluation/steps.h"
#include "estimator/evaluation/windows.h"

namespace vigil {

struct EstimatorTableOptions {
  int table = 6;  // 3 or 6: whose figures of the paper stand beside
  bool baselines = true, windows = true;
  int draws = 400;         // of the bootstrap
  WindowPlan window_plan;  // of windows
  std::uint64_t seed = 1;
  OnProgress on_progress;
};

// One severity of the 2-cause test set.
struct SeverityFigures {
  std::string severity;  // "paper", "moderate"
  std::string data;
  std::int64_t images = 0;
  int clusters = 0;
  std::vector<NamedFigure> ours;
  std::vector<ScoreFigures> scores;  // PE, then the oracle of operations, then the baselines
};

struct EstimatorTable {
  int table = 0;
  std::string cluster;      // what the intervals resample
  Interval clean_accuracy;  // T's, on untouched test images
  std::string fitted_on;    // thresholds of the baselines, and all that was fitted
  std::vector<SeverityFigures> severities;
  std::vector<WindowFigures> windows;
  std::vector<std::string> behind;  // where PE loses, a sentence each
};

// Everything fitted comes from calibration and training images; the oracle is fitted on
// calibration images of the very severity. Without `baselines`, the default baseline and the oracle
// alone. Throws as JudgedRunner::Run, FitBaselines; Error (Model, kInvalidValue) for windows with a
// PE that has no calibration.
EstimatorTable MakeEstimatorTable(const JudgedModels& models,
                                  const std::shared_ptr<Backend>& backend,
                                  const EvaluationData& data, const EstimatorTableOptions& options);

// Sentences on where PE is behind: the paper's figures at the severity "paper", each baseline by
// rank, the oracle in balanced accuracy, windows by error, and coverage of calibrated windows.
std::vector<std::string> WhereBehind(const EstimatorTable& table);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_EVALUATION_ESTIMATOR_TABLE_H_
