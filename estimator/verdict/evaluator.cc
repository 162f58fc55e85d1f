#include "estimator/verdict/evaluator.h"

#include <algorithm>
#include <cstring>

#include "engine/base/clock.h"
#include "engine/base/error.h"
#include "engine/base/text.h"
#include "estimator/verdict/record_taps.h"

namespace vigil {

std::vector<Verdict> EvaluateRecords(std::span<const std::unique_ptr<RecordEvaluator>> evaluators,
                                     std::span<const Record> records) {
  std::vector<Verdict> verdicts;
  for (const Record& record : records) {
    verdicts.push_back({.record_id = record.id,
                        .time_micros = record.time_micros,
                        .model_hash = record.model_hash,
                        .epoch = record.epoch,
                        .tags = record.tags,
                        .violations = record.violations});
  }
  for (const auto& evaluator : evaluators) evaluator->Evaluate(records, verdicts);
  return verdicts;
}

std::int64_t FitChunk(std::int64_t chunk, std::chrono::nanoseconds longest,
                      const std::function<std::chrono::nanoseconds(std::int64_t)>& time_of) {
  while (chunk > 1 && time_of(chunk) > longest) chunk /= 2;
  return chunk;
}

std::chrono::nanoseconds TimeOf(const std::function<void()>& run) {
  run();
  auto least = std::chrono::nanoseconds::max();
  for (int i = 0; i < 2; ++i) {
    const auto begin = SystemClock().Monotonic();
    run();
    least = std::min(least, SystemClock().Monotonic() - begin);
  }
  return least;
}

Evaluator::Evaluator(Session session, EstimatorMetadata metadata, std::uint64_t estimator_hash,
                     EvaluatorOptions options)
    : session_(std::move(session)),
      metadata_(std::move(metadata)),
      estimator_hash_(estimator_hash),
      options_(options),
      chunk_(options.chunk) {
  VIGIL_CHECK(chunk_ >= 1);
  VIGIL_CHECK(session_.graph().inputs().size() == metadata_.taps.size() + 1);
  Allocate(chunk_);
}

void Evaluator::Allocate(std::int64_t chunk) {
  const Graph& graph = session_.graph();
  chunk_ = chunk;
  inputs_.clear();
  for (const TensorDesc& desc : graph.Descs(graph.inputs()))
    inputs_.emplace_back(TensorDesc{desc.dtype, desc.shape.With(0, chunk)});
  const TensorDesc logits = graph.Descs(graph.outputs()).front();
  logits_ = Tensor(TensorDesc{logits.dtype, logits.shape.With(0, chunk)});
}

std::chrono::nanoseconds Evaluator::TimeRun(std::int64_t chunk) {
  if (chunk != chunk_) {
    session_.Release(chunk_);
    Allocate(chunk);
  }
  for (Tensor& input : inputs_) std::ranges::fill(input.bytes(), std::byte{0});
  return TimeOf([this] { RunChunk(); });
}

void Evaluator::Prepare() {
  if (options_.longest_run) {
    const std::int64_t fitting =
        FitChunk(chunk_, *options_.longest_run, [this](std::int64_t c) { return TimeRun(c); });
    if (fitting != chunk_) {  // of 1, which is not timed
      session_.Release(chunk_);
      Allocate(fitting);
    }
  }
  session_.Prepare(chunk_);
  prepared_ = true;
}

void Evaluator::RunChunk() {
  std::vector<ConstTensorView> inputs;
  for (const Tensor& input : inputs_) inputs.push_back(input.view());
  const TensorView output = logits_.view();
  const RunReport report = session_.Run(inputs, std::span(&output, 1));
  if (report.failure && options_.on_device_failure)
    options_.on_device_failure(name(), *report.failure);
}

void Evaluator::Check(const Record& record) const {
  for (std::size_t i = 0; i < metadata_.taps.size(); ++i)
    CheckTap(record, metadata_.taps[i], inputs_[i].shape().With(0, 1), "the estimator");
  CheckOutput(record, static_cast<std::size_t>(inputs_.back().shape()[1]), "the estimator");
}

void Evaluator::Fill(std::int64_t row, const Record& record) {
  for (std::size_t i = 0; i < metadata_.taps.size(); ++i)
    DecodeTapIntoRow(record, metadata_.taps[i], inputs_[i], row);
  std::ranges::copy(record.output, RowOf(inputs_.back(), row).as<float>().begin());
}

void Evaluator::Judge(const Record& record, std::span<const float> logits, Verdict& verdict) const {
  Probabilities p;
  try {
    p = FromLogits(logits, metadata_.causes);
  } catch (const Error& error) {
    throw Error(error.fault(), error.code(), Text("record ", record.id, ": ", error.what()));
  }
  verdict.estimator_hash = estimator_hash_;
  verdict.p_correct = p.correct;
  verdict.p_cause = p.cause;
  verdict.p_correct_calibrated =
      metadata_.calibration
          ? static_cast<float>(metadata_.calibration->Calibrate(p.correct, p.cause))
          : p.correct;
  verdict.correct = JudgeCorrect(metadata_.gate, p.correct);
  verdict.causes = verdict.correct ? CauseSet() : JudgeCauses(metadata_.gate, p.cause);
}

void Evaluator::Evaluate(std::span<const Record> records, std::span<Verdict> verdicts) {
  VIGIL_CHECK(records.size() == verdicts.size());
  for (const Record& record : records) Check(record);
  if (!prepared_) Prepare();
  const auto columns = static_cast<std::size_t>(logits_.shape()[1]);
  const auto chunk = static_cast<std::size_t>(chunk_);
  for (std::size_t first = 0; first < records.size(); first += chunk) {
    const std::size_t count = std::min(chunk, records.size() - first);
    if (count < chunk) {
      for (Tensor& input : inputs_) std::ranges::fill(input.bytes(), std::byte{0});
    }
    for (std::size_t i = 0; i < count; ++i) Fill(static_cast<std::int64_t>(i), records[first + i]);
    RunChunk();
    for (std::size_t i = 0; i < count; ++i) {
      Judge(records[first + i], logits_.as<float>().subspan(i * columns, columns),
            verdicts[first + i]);
    }
  }
}

}  // namespace vigil
