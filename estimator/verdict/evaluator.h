// Records through PE, in batches.
#ifndef VIGIL_ESTIMATOR_VERDICT_EVALUATOR_H_
#define VIGIL_ESTIMATOR_VERDICT_EVALUATOR_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "engine/session/session.h"
#include "estimator/store/record.h"
#include "estimator/verdict/estimator_metadata.h"

namespace vigil {

// One of the judges that a pass asks in order (DESIGN.md contract 7): PE first, monitors after.
// Each fills its part of a record's verdict. Externally synchronised.
class RecordEvaluator {
 public:
  virtual ~RecordEvaluator() = default;
  virtual std::string_view name() const = 0;
  // Throws Error (Input) that names the record where it cannot be judged; the caller sets it aside.
  virtual void Check(const Record& record) const = 0;
  // REQUIRES: verdicts.size() == records.size().
  virtual void Evaluate(std::span<const Record> records, std::span<Verdict> verdicts) = 0;
};

// Verdicts that carry their records' identity, each evaluator asked in turn.
std::vector<Verdict> EvaluateRecords(std::span<const std::unique_ptr<RecordEvaluator>> evaluators,
                                     std::span<const Record> records);

// PE. Runs in chunks of one size, the last filled up with zeros: one executable, and a chunk is all
// that can be in flight when T wakes.
class Evaluator final : public RecordEvaluator {
 public:
  // `estimator_hash` is that of PE's file. The session must hold the graph that the metadata was
  // read from. Where metadata has no calibration, p_correct_calibrated is p_correct.
  Evaluator(Session session, EstimatorMetadata metadata, std::uint64_t estimator_hash,
            std::int64_t chunk = 16);

  std::string_view name() const override { return "estimator"; }
  // Throws Error (Input): kNotFound for a tap that the record lacks, kInvalidShape for one that
  // does not fit PE or an output of another length, kMalformed for bytes that do not fit the
  // encoding, kInvalidValue for an output that is not finite.
  void Check(const Record& record) const override;
  // Throws as Check; (Model, kInvalidValue) naming the record whose logits are not finite; as
  // Session::Run.
  void Evaluate(std::span<const Record> records, std::span<Verdict> verdicts) override;

  const EstimatorMetadata& metadata() const { return metadata_; }
  const Session& session() const { return session_; }

 private:
  void Fill(std::int64_t row, const Record& record);
  void Judge(const Record& record, std::span<const float> logits, Verdict& verdict) const;

  Session session_;
  EstimatorMetadata metadata_;
  std::uint64_t estimator_hash_;
  std::int64_t chunk_;
  std::vector<Tensor> inputs_;  // of one chunk, PE's order
  Tensor logits_;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_VERDICT_EVALUATOR_H_
