#include "estimator/service/target_runtime.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "engine/base/log.h"
#include "engine/base/text.h"
#include "estimator/service/input_statistics.h"

namespace vigil {
namespace {

constexpr int kRecordsPerTransaction = 32;

void CheckFinite(ConstTensorView input, std::string_view name) {
  const auto values = input.as<float>();
  // On the bits, and without leaving early, so that it vectorises: this stands on T's path.
  std::uint32_t largest = 0;
  for (const float v : values)
    largest = std::max(largest, std::bit_cast<std::uint32_t>(v) & 0x7fffffffu);
  if (largest < 0x7f800000u) return;
  const auto bad = std::ranges::find_if(values, [](float v) { return !std::isfinite(v); });
  throw Error(Fault::kInput, ErrorCode::kInvalidValue,
              Text("input '", name, "' holds ", *bad, " at element ", bad - values.begin(), " of ",
                   values.size(), ": expected finite numbers"));
}

// Shows T's activity for as long as it lives.
class ActivityGuard {
 public:
  explicit ActivityGuard(const TargetRuntimeOptions& options) : options_(options) {
    if (options_.activity) options_.activity->Begin();
    if (options_.on_activity) options_.on_activity();
  }
  ~ActivityGuard() {
    if (options_.activity) options_.activity->End();
    if (options_.on_activity) options_.on_activity();
  }
  ActivityGuard(const ActivityGuard&) = delete;
  ActivityGuard& operator=(const ActivityGuard&) = delete;

 private:
  const TargetRuntimeOptions& options_;
};

}  // namespace

TargetRuntime::TargetRuntime(const Graph& graph, std::shared_ptr<Backend> backend,
                             std::shared_ptr<Store> store, TargetRuntimeOptions options)
    : TargetRuntime(
          MakeNetworkTarget(graph, std::move(backend), options.tap_encodings, options.threads),
          std::move(store), options) {}

TargetRuntime::TargetRuntime(std::unique_ptr<Target> target, std::shared_ptr<Store> store,
                             TargetRuntimeOptions options)
    : options_(std::move(options)),
      target_(std::move(target)),
      store_(std::move(store)),
      sampler_(options_.sampler),
      slots_(options_.slots, plan().SlotBytes(1)),
      pending_(static_cast<std::size_t>(options_.slots)) {
  writer_ = std::jthread([this] { WriteLoop(); });
}

TargetRuntime::~TargetRuntime() { slots_.Close(); }

std::vector<EpochProgress> TargetRuntime::Progress() {
  std::vector<EpochProgress> progress = sampler_.TakeClosed();
  if (const auto open = sampler_.Progress()) progress.push_back(*open);
  return progress;
}

Inference TargetRuntime::Infer(ConstTensorView input, std::span<float> output,
                               const std::map<std::string, std::string>& tags) {
  VIGIL_CHECK(static_cast<std::int64_t>(output.size()) == target_->output().elements());
  if (input.desc.dtype == DType::kFloat32) CheckFinite(input, target_->input_name());
  const ActivityGuard activity(options_);

  const auto open = sampler_.Progress();
  if (open && open->epoch <= closed_epoch_.load(std::memory_order_relaxed)) sampler_.Close();
  const SamplingDecision decision = sampler_.Next(slots_.HasFree());
  constexpr int kNone = -1;
  const int slot = decision.keep ? slots_.Reserve().value_or(kNone) : kNone;
  Inference inference;
  try {
    const TargetAnswer answer =
        target_->Run(input, output, slot != kNone ? slots_.bytes(slot) : std::span<std::byte>{});
    inference.recovered = answer.recovered;
    inference.answered = answer.answered;
  } catch (...) {
    if (slot != kNone) slots_.Abandon(slot);
    if (decision.keep) sampler_.Drop(decision);
    throw;
  }
  if (!inference.answered) {
    if (slot != kNone) slots_.Abandon(slot);
    if (decision.keep) sampler_.Drop(decision);
    return inference;
  }
  if (slot == kNone) return inference;

  inference.kept = true;
  inference.ticket = next_ticket_++;
  Pending& pending = pending_[static_cast<std::size_t>(slot)];
  pending.decision = decision;
  pending.time_micros = SystemClock().WallMicros();
  pending.ticket = inference.ticket;
  pending.output.assign(output.begin(), output.end());
  pending.statistics = InputStatistics(input);
  pending.tags = tags;
  pending.progress = Progress();
  slots_.Commit(slot);
  return inference;
}

void TargetRuntime::WriteLoop() {
  while (slots_.WaitForCommitted()) {
    std::vector<int> taken;
    while (static_cast<int>(taken.size()) < kRecordsPerTransaction) {
      const std::optional<int> slot = slots_.Take();
      if (!slot) break;
      taken.push_back(*slot);
    }
    WriteBatch(taken);
  }
}

void TargetRuntime::WriteBatch(std::span<const int> slots) {
  std::vector<Record> records;
  std::vector<std::int64_t> tickets;
  std::vector<EpochProgress> progress;
  for (const int slot : slots) {
    Pending& pending = pending_[static_cast<std::size_t>(slot)];
    Record record;
    record.time_micros = pending.time_micros;
    record.model_hash = options_.model_hash;
    record.epoch = pending.decision.epoch;
    record.place = pending.decision.place;
    record.tags = std::move(pending.tags);
    record.output = std::move(pending.output);
    record.statistics = std::move(pending.statistics);
    record.taps = SplitSlot(plan(), slots_.bytes(slot), 1, 0);
    records.push_back(std::move(record));
    tickets.push_back(pending.ticket);
    for (const EpochProgress& word : pending.progress) {
      std::erase_if(progress,
                    [&](const EpochProgress& older) { return older.epoch == word.epoch; });
      progress.push_back(word);
    }
    slots_.Release(slot);
  }

  AppendResult result;
  std::string error;
  try {
    result = store_->Append(records, progress);
    for (const std::int64_t epoch : result.closed_epochs) {
      if (epoch > closed_epoch_.load(std::memory_order_relaxed))
        closed_epoch_.store(epoch, std::memory_order_relaxed);
    }
  } catch (const Error& failure) {
    error = failure.what();
    Log(LogLevel::kError, Text(records.size(), " records lost: ", error));
  }
  {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < tickets.size(); ++i) {
      const auto ticket = static_cast<std::size_t>(tickets[i]);
      if (ids_.size() <= ticket) ids_.resize(ticket + 1);
      ids_[ticket] = result.ids.empty() ? 0 : result.ids[i];
    }
    finished_ += static_cast<std::int64_t>(tickets.size());
    if (!error.empty()) {
      lost_ += static_cast<std::int64_t>(tickets.size());
      last_store_error_ = error;
    }
  }
  written_changed_.notify_all();
}

void TargetRuntime::Flush() {
  {
    std::unique_lock lock(mutex_);
    written_changed_.wait(lock, [&] { return finished_ >= next_ticket_; });
  }
  sampler_.Close();
  const std::vector<EpochProgress> progress = Progress();
  if (!progress.empty()) store_->Append({}, progress);
}

std::vector<std::int64_t> TargetRuntime::StoredIds() const {
  const std::lock_guard lock(mutex_);
  return ids_;
}

std::int64_t TargetRuntime::dropped() const {
  const std::lock_guard lock(mutex_);
  return slots_.dropped() + slots_.abandoned() + lost_;
}

std::string TargetRuntime::last_store_error() const {
  const std::lock_guard lock(mutex_);
  return last_store_error_;
}

}  // namespace vigil
