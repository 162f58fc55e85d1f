#include "estimator/monitor/metrics.h"

#include <algorithm>
#include <limits>

#include "engine/base/error.h"

namespace vigil {
namespace {

double Share(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? std::numeric_limits<double>::quiet_NaN()
                    : static_cast<double>(part) / static_cast<double>(whole);
}

// How often record i counts.
int TimesOf(std::span<const int> times, std::size_t i) { return times.empty() ? 1 : times[i]; }

CauseMetrics MeasureCause(std::span<const Verdict> verdicts, std::span<const Outcome> outcomes,
                          Cause cause, std::span<const int> times) {
  std::int64_t having = 0, named = 0, failures = 0, rightly_not_named = 0;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    if (outcomes[i].correct) continue;
    const int count = TimesOf(times, i);
    failures += count;
    const bool names = verdicts[i].causes.Has(cause);
    if (outcomes[i].causes.Has(cause)) {
      having += count;
      named += names ? count : 0;
    } else {
      rightly_not_named += names ? 0 : count;
    }
  }
  return {.cause = cause,
          .failures = having,
          .prevalence = Share(having, failures),
          .recall = Share(named, having),
          .specificity = Share(rightly_not_named, failures - having),
          .accuracy = Share(named + rightly_not_named, failures)};
}

}  // namespace

RankingMetrics ComputeRanking(std::span<const Ranked> records) {
  return {.auroc = Auroc(records),
          .aupr_error = AuprError(records),
          .fpr_at_95_tpr = FprAtTpr(records),
          .aurc = Aurc(records)};
}

Metrics ComputeMetrics(std::span<const Verdict> verdicts, std::span<const Outcome> outcomes,
                       std::span<const Cause> causes, std::span<const int> times) {
  VIGIL_CHECK(verdicts.size() == outcomes.size());
  VIGIL_CHECK(times.empty() || times.size() == verdicts.size());
  std::int64_t records = 0, right = 0, passed = 0, failed = 0, failed_for_the_causes = 0;
  std::vector<Ranked> ranked;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    const int count = TimesOf(times, i);
    ranked.push_back({verdicts[i].p_correct, outcomes[i].correct, count});
    records += count;
    if (outcomes[i].correct) {
      right += count;
      passed += verdicts[i].correct ? count : 0;
    } else if (!verdicts[i].correct) {
      failed += count;
      failed_for_the_causes += verdicts[i].causes == outcomes[i].causes ? count : 0;
    }
  }
  Metrics metrics{.records = records, .failures = records - right};
  metrics.target_accuracy = Share(right, records);
  metrics.tnr = Share(passed, right);
  metrics.tpr = Share(failed, metrics.failures);
  metrics.tpr_strict = Share(failed_for_the_causes, metrics.failures);
  // pi * tnr + (1 - pi) * tpr_strict, in counts: defined where one class is absent, too.
  metrics.paper_accuracy = Share(passed + failed_for_the_causes, records);
  metrics.accuracy = Share(passed + failed, records);
  metrics.balanced_accuracy = 0.5 * (metrics.tnr + metrics.tpr);
  metrics.always_failed_accuracy = Share(metrics.failures, records);
  metrics.majority_accuracy = Share(std::max(right, metrics.failures), records);
  const RankingMetrics ranking = ComputeRanking(ranked);
  metrics.auroc = ranking.auroc;
  metrics.aupr_error = ranking.aupr_error;
  metrics.fpr_at_95_tpr = ranking.fpr_at_95_tpr;
  metrics.aurc = ranking.aurc;
  for (const Cause cause : causes) {
    metrics.causes.push_back(MeasureCause(verdicts, outcomes, cause, times));
  }
  return metrics;
}

}  // namespace vigil
