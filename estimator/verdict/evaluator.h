// Records through PE, in batches.
#ifndef VIGIL_ESTIMATOR_VERDICT_EVALUATOR_H_
#define VIGIL_ESTIMATOR_VERDICT_EVALUATOR_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
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
  // Records that it takes in one uninterrupted run: who has more and may have to stop asks for so
  // many at a time.
  virtual std::int64_t chunk() const = 0;
  // REQUIRES: verdicts.size() == records.size().
  virtual void Evaluate(std::span<const Record> records, std::span<Verdict> verdicts) = 0;
};

// Verdicts that carry their records' identity, each evaluator asked in turn.
std::vector<Verdict> EvaluateRecords(std::span<const std::unique_ptr<RecordEvaluator>> evaluators,
                                     std::span<const Record> records);

// The largest chunk, from `chunk` down by halves to 1, of which a run takes no longer than
// `longest`; `time_of` runs one of a size and says how long it took.
std::int64_t FitChunk(std::int64_t chunk, std::chrono::nanoseconds longest,
                      const std::function<std::chrono::nanoseconds(std::int64_t)>& time_of);

// What a run takes: the least of two after one that warms up, for kernels are compiled and caches
// filled by it.
std::chrono::nanoseconds TimeOf(const std::function<void()>& run);

struct EvaluatorOptions {
  std::int64_t chunk = 16;  // records a run, 1 or more
  // Where set, the first Evaluate measures runs and makes the chunk smaller until one keeps to it.
  std::optional<std::chrono::nanoseconds> longest_run;
  // Told of every failure of the device that a run recovered from, with the evaluator's name.
  std::function<void(std::string_view evaluator, const Error&)> on_device_failure;
};

// PE. Runs in chunks of one size, the last filled up with zeros: one executable, and a chunk is all
// that can be in flight when T wakes. Compiled by the first Evaluate, so that a service that is
// never idle never pays for it.
class Evaluator final : public RecordEvaluator {
 public:
  // `estimator_hash` is that of PE's file. The session must hold the graph that the metadata was
  // read from. Where metadata has no calibration, p_correct_calibrated is p_correct.
  Evaluator(Session session, EstimatorMetadata metadata, std::uint64_t estimator_hash,
            EvaluatorOptions options = {});

  std::string_view name() const override { return "estimator"; }
  std::int64_t chunk() const override { return chunk_; }
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
  void Allocate(std::int64_t chunk);
  void Prepare();
  std::chrono::nanoseconds TimeRun(std::int64_t chunk);
  void RunChunk();
  void Fill(std::int64_t row, const Record& record);
  void Judge(const Record& record, std::span<const float> logits, Verdict& verdict) const;

  Session session_;
  EstimatorMetadata metadata_;
  std::uint64_t estimator_hash_;
  const EvaluatorOptions options_;
  std::int64_t chunk_;
  bool prepared_ = false;
  std::vector<Tensor> inputs_;  // of one chunk, PE's order
  Tensor logits_;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_VERDICT_EVALUATOR_H_
