// StabilityProbe over the records of a pass.
#ifndef VIGIL_ESTIMATOR_MONITOR_ROBUSTNESS_STABILITY_EVALUATOR_H_
#define VIGIL_ESTIMATOR_MONITOR_ROBUSTNESS_STABILITY_EVALUATOR_H_

#include "estimator/monitor/robustness/stability.h"
#include "estimator/verdict/evaluator.h"

namespace vigil {

// Sets readings.flip_rate (FlipRate). Runs record by record, so that its chunk only says how many
// records it takes before anybody asks whether T is awake; compiled by the first Evaluate. Some
// ten rows of T's tail a record: the dearest of the evaluators, to be put after those that may
// refuse a record.
class StabilityEvaluator final : public RecordEvaluator {
 public:
  explicit StabilityEvaluator(StabilityProbe probe, EvaluatorOptions options = {});

  std::string_view name() const override { return "stability"; }
  std::int64_t chunk() const override { return chunk_; }
  // Throws Error (Input) as CheckTap and CheckOutput do.
  void Check(const Record& record) const override;
  // Throws as Check and StabilityProbe::Measure, naming the record.
  void Evaluate(std::span<const Record> records, std::span<Verdict> verdicts) override;

  const StabilityProbe& probe() const { return probe_; }

 private:
  void Prepare(const Record& record);
  Stability Measure(const Record& record);

  StabilityProbe probe_;
  const EvaluatorOptions options_;
  std::int64_t chunk_;
  bool prepared_ = false;
  Tensor features_;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_ROBUSTNESS_STABILITY_EVALUATOR_H_
