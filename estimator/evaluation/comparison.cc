#include "estimator/evaluation/comparison.h"

#include <vector>

#include "estimator/monitor/baselines/baselines_output.h"
#include "estimator/verdict/ranking.h"

namespace vigil {
namespace {

enum class Part { kAll, kAugmented, kUntouched };

RankingComparison Rank(std::span<const JudgedSample> samples, const Task& task,
                       const AppliedOracle& oracle, Part part) {
  std::vector<Ranked> estimator, baseline, applied;
  RankingComparison result;
  for (const JudgedSample& sample : samples) {
    if (part == Part::kAugmented && sample.applied.empty()) continue;
    if (part == Part::kUntouched && !sample.applied.empty()) continue;
    estimator.push_back({sample.p.correct, sample.correct});
    baseline.push_back({DefaultBaseline(task, sample.output), sample.correct});
    applied.push_back({oracle.Score(sample.applied), sample.correct});
    result.target_accuracy += sample.correct;
  }
  result.records = static_cast<std::int64_t>(estimator.size());
  if (result.records > 0) result.target_accuracy /= static_cast<double>(result.records);
  result.estimator = Auroc(estimator);
  result.baseline = Auroc(baseline);
  result.oracle = Auroc(applied);
  return result;
}

}  // namespace

Verdict ToVerdict(const JudgedSample& sample, const Gate& gate) {
  Verdict verdict;
  verdict.p_correct = sample.p.correct;
  verdict.p_cause = sample.p.cause;
  verdict.correct = JudgeCorrect(gate, sample.p.correct);
  if (!verdict.correct) verdict.causes = JudgeCauses(gate, sample.p.cause);
  return verdict;
}

AppliedOracle FitOracle(std::span<const JudgedSample> validation) {
  std::vector<AppliedOracle::Sample> known;
  for (const JudgedSample& sample : validation) known.push_back({sample.applied, sample.correct});
  return AppliedOracle(known);
}

Comparison Compare(std::span<const JudgedSample> samples, const Gate& gate, const Task& task,
                   const AppliedOracle& oracle) {
  Comparison comparison;
  std::vector<Verdict> verdicts;
  std::vector<Outcome> outcomes;
  std::int64_t right_on_correct = 0, right_on_failed = 0, correct = 0;
  for (const JudgedSample& sample : samples) {
    verdicts.push_back(ToVerdict(sample, gate));
    outcomes.push_back({sample.correct, sample.causes});
    const bool said = oracle.Score(sample.applied) >= 0.5;
    correct += sample.correct;
    right_on_correct += sample.correct && said;
    right_on_failed += !sample.correct && !said;
  }
  comparison.metrics = ComputeMetrics(verdicts, outcomes, task.causes);
  comparison.all = Rank(samples, task, oracle, Part::kAll);
  comparison.augmented = Rank(samples, task, oracle, Part::kAugmented);
  comparison.untouched = Rank(samples, task, oracle, Part::kUntouched);
  comparison.baseline = DefaultBaselineName(task);
  const auto all = static_cast<double>(samples.size());
  const auto right = static_cast<double>(correct);
  comparison.oracle_accuracy = static_cast<double>(right_on_correct + right_on_failed) / all;
  comparison.oracle_balanced_accuracy =
      0.5 * (static_cast<double>(right_on_correct) / right +
             static_cast<double>(right_on_failed) / (all - right));
  return comparison;
}

}  // namespace vigil
