// PE's figures and every score's ranking on one judged set, with intervals from the same draws.
#ifndef VIGIL_ESTIMATOR_EVALUATION_FIGURES_H_
#define VIGIL_ESTIMATOR_EVALUATION_FIGURES_H_

#include <array>
#include <span>
#include <string>
#include <vector>

#include "estimator/evaluation/bootstrap.h"
#include "estimator/evaluation/judged_set.h"
#include "estimator/monitor/metrics.h"

namespace vigil {

// All of P11 under its key: target_accuracy, accuracy_strict (the paper's), tnr, tpr_strict, tpr,
// accuracy, balanced_accuracy, always_failed_accuracy, majority_accuracy, auroc, aupr_error,
// fpr_at_95_tpr, aurc; of each cause prevalence_, recall_, specificity_ and accuracy_ with its
// name.
std::vector<NamedFigure> EstimatorFigures(std::span<const JudgedSample> samples, const Gate& gate,
                                          const Task& task, const ClusterBootstrap& bootstrap);

// The images that a score is judged within.
enum class Part { kAll, kAugmented, kUntouched };
inline constexpr std::array<const char*, 3> kPartNames = {"all", "augmented", "untouched"};
inline constexpr std::array<const char*, 4> kRankingKeys = {"auroc", "aupr_error", "fpr_at_95_tpr",
                                                            "aurc"};

// One score of every sample, and the threshold at or above which it says "correct".
struct ScoreColumn {
  std::string name, source;
  std::vector<double> values;
  double threshold = 0.5;
};

// By rank in kRankingKeys. `lead` is how much the first column is better, paired draw by draw:
// positive where the first wins, whichever way the measure points.
struct RankingFigures {
  std::array<Interval, 4> figure;
  std::array<Interval, 4> lead;
};

struct ScoreFigures {
  std::string name, source;
  double accuracy = 0.0, balanced_accuracy = 0.0;  // of its decisions
  std::array<RankingFigures, 3> parts;             // by Part
};

// Figures of all columns; the first is PE. REQUIRES: each column has a value a sample.
std::vector<ScoreFigures> RankScores(std::span<const JudgedSample> samples,
                                     std::span<const ScoreColumn> columns,
                                     const ClusterBootstrap& bootstrap);

// The threshold of highest balanced accuracy on a validation set; one half for a constant.
// REQUIRES: a score a sample, at least one.
double ThresholdOf(std::span<const double> scores, std::span<const JudgedSample> validation);

// Groups of a judged set, for the bootstrap.
std::vector<int> GroupsOf(std::span<const JudgedSample> samples);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_EVALUATION_FIGURES_H_
