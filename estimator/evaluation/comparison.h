// PE beside what a reviewer would ask for: the metrics of the paper, a baseline on T's output
// alone, and the oracle that knows only which operations were applied (SOURCES.md P11 and "Read
// Table 6 with care").
#ifndef VIGIL_ESTIMATOR_EVALUATION_COMPARISON_H_
#define VIGIL_ESTIMATOR_EVALUATION_COMPARISON_H_

#include <span>
#include <string>

#include "estimator/evaluation/judged_set.h"
#include "estimator/monitor/baselines/baselines_oracle.h"
#include "estimator/monitor/metrics.h"
#include "estimator/verdict/gate.h"

namespace vigil {

// AUROC of three scores for "T was right" on the same images; NaN where T is always right or always
// wrong there.
struct RankingComparison {
  std::int64_t records = 0;
  double target_accuracy = 0.0;
  double estimator = 0.0, baseline = 0.0, oracle = 0.0;
};

struct Comparison {
  Metrics metrics;  // PE's, gated
  RankingComparison all, augmented, untouched;
  std::string baseline;          // "maximum softmax probability"
  double oracle_accuracy = 0.0;  // the oracle's own gate at one half
  double oracle_balanced_accuracy = 0.0;
};

// `oracle` is fitted on other images than `samples`. REQUIRES: samples is not empty.
Comparison Compare(std::span<const JudgedSample> samples, const Gate& gate, const Task& task,
                   const AppliedOracle& oracle);

AppliedOracle FitOracle(std::span<const JudgedSample> validation);

// The gated verdict of a judged sample.
Verdict ToVerdict(const JudgedSample& sample, const Gate& gate);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_EVALUATION_COMPARISON_H_
