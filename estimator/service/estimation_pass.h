// One step of the idle work: records out of the store, through the evaluators, verdicts in.
#ifndef VIGIL_ESTIMATOR_SERVICE_ESTIMATION_PASS_H_
#define VIGIL_ESTIMATOR_SERVICE_ESTIMATION_PASS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "estimator/idle/scheduler.h"
#include "estimator/service/incident_journal.h"
#include "estimator/store/store.h"
#include "estimator/verdict/evaluator.h"
#include "estimator/verdict/stream_monitor.h"

namespace vigil {

// Called from one thread, the scheduler's. A record that an evaluator refuses or fails on, run
// alone, is reported to the store, which sets it aside the second time; the others are judged
// without it. An error of the device or the store passes through, and the records stay.
class EstimationPass {
 public:
  // Evaluators are asked in order, PE first; streams hear of what all of them said, and go on from
  // the state that the store has of them. Records that cannot be judged are counted in the journal,
  // which outlives the pass; null: they are not.
  EstimationPass(std::shared_ptr<Store> store,
                 std::vector<std::unique_ptr<RecordEvaluator>> evaluators,
                 StreamMonitors streams = {}, IncidentJournal* journal = nullptr);

  std::int64_t Backlog();
  // Judges at most `max_records`. Before each chunk of the evaluators it asks should_yield; what
  // was evaluated until then is stored, and the rest stays for the next time.
  BatchResult Run(int max_records, const std::function<bool()>& should_yield);

  // Work that this pass can do for an IdleScheduler; the pass outlives it.
  IdleWork Work();

  std::int64_t judged() const { return judged_; }
  double evaluate_seconds() const {
    return evaluate_seconds_;
  }  // in the evaluators, without the store

 private:
  std::int64_t Chunk() const;
  // Verdicts of those that can be judged; the others are reported to the store.
  std::vector<Verdict> EvaluateChunk(std::span<const Record> records);
  void ReportFailure(std::int64_t record_id, const Error& error);
  void RestoreStreams();
  // In the order of the records, of which some have no verdict.
  Notes Observe(std::span<const Record> records, std::span<const Verdict> verdicts);

  std::shared_ptr<Store> store_;
  std::vector<std::unique_ptr<RecordEvaluator>> evaluators_;
  StreamMonitors streams_;
  IncidentJournal* journal_;
  std::int64_t judged_ = 0;
  double evaluate_seconds_ = 0.0;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_SERVICE_ESTIMATION_PASS_H_
