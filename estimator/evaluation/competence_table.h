// What flagging the inferences beyond T's competence is worth (SOURCES.md G8).
#ifndef VIGIL_ESTIMATOR_EVALUATION_COMPETENCE_TABLE_H_
#define VIGIL_ESTIMATOR_EVALUATION_COMPETENCE_TABLE_H_

#include <string>
#include <utility>
#include <vector>

#include "estimator/evaluation/figures.h"
#include "estimator/monitor/robustness/competence.h"

namespace vigil {

// T's error rate among the records that a score trusts most, at rising coverage.
struct RiskCoverage {
  std::string name;
  std::vector<std::pair<double, double>> points;  // coverage, risk; at most 200
};

// One set that nothing was fitted on.
struct CompetenceFigures {
  std::string severity, data;
  std::int64_t images = 0;
  double error_rate = 0.0;           // of T
  std::vector<ScoreFigures> scores;  // the combination first, then each score alone
  std::vector<RiskCoverage> curves;  // of the same, and of who knows the truth
  Interval flagged;                  // share of records
  Interval wrong_of_flagged;         // share of the flagged on which T was wrong; NaN: none flagged
  Interval flagged_of_wrong;         // share of T's errors that are flagged
  double calibration_error = 0.0;    // mean |said - was| over ten bands of equal counts
};

// Records by falling trust. A record of equal score counts as the mean of its equals. REQUIRES: as
// many scores as samples, one or more.
RiskCoverage CurveOf(std::string name, std::span<const double> trust,
                     std::span<const JudgedSample> samples);

// `readings` of each sample; `alone` are scores of single readings, high where T should be right.
CompetenceFigures JudgeCompetence(const Competence& competence,
                                  std::span<const JudgedSample> samples,
                                  std::span<const CompetenceSample> readings,
                                  std::span<const ScoreColumn> alone,
                                  const ClusterBootstrap& bootstrap);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_EVALUATION_COMPETENCE_TABLE_H_
