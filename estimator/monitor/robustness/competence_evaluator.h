// Competence over the records of a pass.
#ifndef VIGIL_ESTIMATOR_MONITOR_ROBUSTNESS_COMPETENCE_EVALUATOR_H_
#define VIGIL_ESTIMATOR_MONITOR_ROBUSTNESS_COMPETENCE_EVALUATOR_H_

#include "estimator/monitor/robustness/competence.h"
#include "estimator/verdict/evaluator.h"

namespace vigil {

// Sets readings.beyond from what the evaluators before it set: the last of a pass. Costs nothing.
class CompetenceEvaluator final : public RecordEvaluator {
 public:
  explicit CompetenceEvaluator(Competence competence) : competence_(std::move(competence)) {}

  std::string_view name() const override { return "competence"; }
  std::int64_t chunk() const override { return 1024; }
  void Check(const Record&) const override {}
  void Evaluate(std::span<const Record>, std::span<Verdict> verdicts) override {
    for (Verdict& verdict : verdicts) verdict.readings.beyond = competence_.Judge(verdict).beyond;
  }

 private:
  const Competence competence_;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_ROBUSTNESS_COMPETENCE_EVALUATOR_H_
