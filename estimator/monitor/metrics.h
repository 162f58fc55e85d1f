// PE against the truth: the paper's measures and the usual ones beside them (SOURCES.md P11).
#ifndef VIGIL_ESTIMATOR_MONITOR_METRICS_H_
#define VIGIL_ESTIMATOR_MONITOR_METRICS_H_

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "estimator/store/record.h"
#include "estimator/verdict/ranking.h"

namespace vigil {

// What was really so.
struct Outcome {
  bool correct = false;  // T
  CauseSet causes;       // why not; empty where correct
};

// How one cause's classifier did on the failures of T, gated decisions of PE throughout.
struct CauseMetrics {
  Cause cause = Cause::kOther;
  std::int64_t failures = 0;  // that have the cause
  double prevalence = 0.0;    // share of all failures that have it
  double recall = 0.0;        // of those that have it, PE names it: the paper's breakdown
  double specificity = 0.0;   // of those that have it not, PE does not name it
  double accuracy = 0.0;      // of all failures
};

// Shares of 0 to 1; NaN where there is nothing to take a share of.
struct Metrics {
  std::int64_t records = 0;
  std::int64_t failures = 0;
  double target_accuracy = 0.0;  // pi: T right
  double tnr = 0.0;              // PE says correct where T is
  double tpr_strict = 0.0;       // PE says failed where T is wrong, and names exactly the causes
  double tpr = 0.0;              // PE says failed where T is wrong
  double paper_accuracy = 0.0;   // pi * tnr + (1 - pi) * tpr_strict
  double accuracy = 0.0;         // PE right on correct or failed
  double balanced_accuracy = 0.0;
  double always_failed_accuracy = 0.0;  // of who always answers "failed": 1 - pi
  double majority_accuracy = 0.0;       // of who always gives the commoner answer
  double auroc = 0.0, aupr_error = 0.0, fpr_at_95_tpr = 0.0, aurc = 0.0;  // of p_correct
  std::vector<CauseMetrics> causes;
};

// The gated decisions are those in the verdicts; `causes` are PE's classifiers. `times` counts each
// record that often (a bootstrap's draw); empty: once.
// REQUIRES: verdicts.size() == outcomes.size(), and times.size() where not empty.
Metrics ComputeMetrics(std::span<const Verdict> verdicts, std::span<const Outcome> outcomes,
                       std::span<const Cause> causes, std::span<const int> times = {});

// The same of any score that should be high where T is right: baselines have no causes.
struct RankingMetrics {
  double auroc = 0.0, aupr_error = 0.0, fpr_at_95_tpr = 0.0, aurc = 0.0;
};
RankingMetrics ComputeRanking(std::span<const Ranked> records);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_METRICS_H_
