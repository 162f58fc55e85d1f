#include "estimator/service/estimation_pass.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <limits>
#include <utility>

#include "engine/base/clock.h"

namespace vigil {

EstimationPass::EstimationPass(std::shared_ptr<Store> store,
                               std::vector<std::unique_ptr<RecordEvaluator>> evaluators,
                               StreamMonitors streams, IncidentJournal* journal)
    : store_(std::move(store)),
      evaluators_(std::move(evaluators)),
      streams_(std::move(streams)),
      journal_(journal) {
  RestoreStreams();
}

void EstimationPass::ReportFailure(std::int64_t record_id, const Error& error) {
  if (journal_) journal_->Count(error, "record");
  store_->ReportFailure(record_id, error);
}

void EstimationPass::RestoreStreams() {
  for (const auto& stream : streams_) stream->Restore(store_->Note(NoteOf(*stream)));
}

Notes EstimationPass::Observe(std::span<const Record> records, std::span<const Verdict> verdicts) {
  auto verdict = verdicts.begin();
  for (const Record& record : records) {
    if (verdict == verdicts.end()) break;
    if (verdict->record_id != record.id) continue;
    for (const auto& stream : streams_) stream->Observe(record, *verdict);
    ++verdict;
  }
  Notes notes;
  for (const auto& stream : streams_) notes[NoteOf(*stream)] = stream->Save();
  return notes;
}

std::int64_t EstimationPass::Backlog() { return store_->Waiting(); }

BatchResult EstimationPass::Run(int max_records, const std::function<bool()>& should_yield) {
  std::vector<Record> records = store_->ReadUnjudged(max_records);
  std::erase_if(records, [&](const Record& record) {
    try {
      for (const auto& evaluator : evaluators_) evaluator->Check(record);
      return false;
    } catch (const Error& error) {
      ReportFailure(record.id, error);
      return true;
    }
  });
  std::vector<Verdict> verdicts;
  std::span<const Record> rest = records;
  while (!rest.empty() && !should_yield()) {
    // Asked anew each time: an evaluator may find its size at its first run.
    const auto chunk = std::min(rest.size(), static_cast<std::size_t>(Chunk()));
    std::ranges::move(EvaluateChunk(rest.first(chunk)), std::back_inserter(verdicts));
    rest = rest.subspan(chunk);
  }
  if (verdicts.empty()) return {};
  std::int64_t stored = 0;
  try {
    stored = store_->Judge(verdicts, Observe(records, verdicts));
  } catch (...) {
    RestoreStreams();  // the records stay, and will be seen again
    throw;
  }
  judged_ += stored;
  return {static_cast<int>(stored)};
}

std::vector<Verdict> EstimationPass::EvaluateChunk(std::span<const Record> records) {
  const auto begin = SystemClock().Monotonic();
  try {
    std::vector<Verdict> verdicts = EvaluateRecords(evaluators_, records);
    evaluate_seconds_ += std::chrono::duration<double>(SystemClock().Monotonic() - begin).count();
    return verdicts;
  } catch (const Error& error) {
    if (error.fault() == Fault::kGpu) throw;
    if (records.size() == 1) {
      ReportFailure(records[0].id, error);
      return {};
    }
  }
  std::vector<Verdict> verdicts;  // one of them fails: which?
  for (std::size_t i = 0; i < records.size(); ++i)
    std::ranges::move(EvaluateChunk(records.subspan(i, 1)), std::back_inserter(verdicts));
  return verdicts;
}

std::int64_t EstimationPass::Chunk() const {
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  for (const auto& evaluator : evaluators_) least = std::min(least, evaluator->chunk());
  return least;
}

IdleWork EstimationPass::Work() {
  return {[this] { return Backlog(); },
          [this](int max_records, const std::function<bool()>& should_yield) {
            return Run(max_records, should_yield);
          }};
}

}  // namespace vigil
