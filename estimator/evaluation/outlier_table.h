// Which score tells best what T does not know: autoencoders by every metric against the usual
// rivals on the same taps (SOURCES.md G2 to G5).
#ifndef VIGIL_ESTIMATOR_EVALUATION_OUTLIER_TABLE_H_
#define VIGIL_ESTIMATOR_EVALUATION_OUTLIER_TABLE_H_

#include <array>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/backend/backend.h"
#include "estimator/evaluation/bootstrap.h"
#include "estimator/evaluation/evaluation_data.h"
#include "estimator/evaluation/outlier_cases.h"
#include "estimator/evaluation/steps.h"

namespace vigil {

struct OutlierScoreName {
  std::string model;   // "ae", "vae", "joint"; "rival"; "reference": PE, which learned causes
  std::string metric;  // OutlierMetricName, or the rival
  std::string source;  // of a rival: the paper, what was fitted on what
};

// Untouched against strange, a strange one being what is to be found.
struct OutlierFigures {
  Interval auroc, aupr, fpr_at_95_tpr;
};

struct OutlierCaseRow {
  OutlierGroup group = OutlierGroup::kModerate;
  std::string name, data;
  std::int64_t images = 0;              // strange ones
  std::vector<OutlierFigures> figures;  // of each score
};

// T's right and wrong under one mixture of conditions.
struct FailureRow {
  std::string conditions;
  std::int64_t images = 0;
  double target_accuracy = 0.0;
  std::vector<Interval> auroc;  // of each score: high where T is wrong
};

// A score over the cases of a group, or over the groups.
struct OutlierMeans {
  std::vector<std::pair<OutlierGroup, Interval>> groups;  // those that have cases
  Interval all;                                           // the mean of the groups
};

struct OutlierTable {
  std::string untouched, cluster;
  std::int64_t images = 0;  // untouched ones
  std::vector<OutlierScoreName> scores;
  std::vector<OutlierCaseRow> cases;
  std::vector<FailureRow> failures;
  std::vector<OutlierMeans> means;  // of each score: mean AUROC
  // Places in `scores`: the autoencoders' best by means.all, of each group too, and the best rival.
  std::size_t best = 0, best_rival = 0;
  std::vector<std::pair<OutlierGroup, std::size_t>> best_of_group;
  Interval lead;  // of the best over the best rival, the same draws
};

struct OutlierTableOptions {
  int draws = 200;
  std::uint64_t seed = 1;
  std::vector<OutlierCase> others;  // other data, crops of T's input size
  // Adversarial cases made from untouched crops; empty: none.
  std::function<std::vector<OutlierCase>(const std::shared_ptr<const Dataset>&)> attacks;
  OnProgress on_progress;
};

// `monitors` carry their metadata; rivals are fitted on data.training, images that T learned from.
// Throws as MonitorRunner and the rivals' fits.
OutlierTable MakeOutlierTable(const JudgedModels& models, std::span<const Graph> monitors,
                              const std::shared_ptr<Backend>& backend, const EvaluationData& data,
                              const OutlierTableOptions& options);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_EVALUATION_OUTLIER_TABLE_H_
