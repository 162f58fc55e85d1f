#include "estimator/service/record_keeper.h"

#include <optional>
#include <utility>

#include "engine/base/clock.h"
#include "engine/base/log.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

constexpr int kRecordsPerTransaction = 32;

}  // namespace

RecordKeeper::RecordKeeper(std::shared_ptr<Store> store, TapPlan plan, RecordKeeperOptions options)
    : options_(options),
      plan_(std::move(plan)),
      store_(std::move(store)),
      sampler_(options_.sampler),
      slots_(options_.slots, plan_.SlotBytes(1)),
      pending_(static_cast<std::size_t>(options_.slots)) {
  TellRoom(store_->RoomToWrite());
  writer_ = std::jthread([this] { WriteLoop(); });
}

RecordKeeper::~RecordKeeper() { slots_.Close(); }

std::vector<EpochProgress> RecordKeeper::Progress() {
  std::vector<EpochProgress> progress = sampler_.TakeClosed();
  if (const auto open = sampler_.Progress()) progress.push_back(*open);
  return progress;
}

void RecordKeeper::TellRoom(const WriteRoom& room) {
  room_this_hour_.store(room.this_hour, std::memory_order_relaxed);
  room_today_.store(room.today, std::memory_order_relaxed);
}

RecordKeeper::Ticket RecordKeeper::Begin() {
  const auto open = sampler_.Progress();
  if (open && open->epoch <= closed_epoch_.load(std::memory_order_relaxed)) sampler_.Close();
  sampler_.SetRoom({.this_hour = room_this_hour_.load(std::memory_order_relaxed),
                    .today = room_today_.load(std::memory_order_relaxed)});
  Ticket ticket{.decision = sampler_.Next(slots_.HasFree())};
  if (ticket.decision.keep) ticket.slot = slots_.Reserve().value_or(-1);
  return ticket;
}

std::span<std::byte> RecordKeeper::bytes(const Ticket& ticket) {
  return ticket.kept() ? slots_.bytes(ticket.slot) : std::span<std::byte>{};
}

void RecordKeeper::Drop(const Ticket& ticket) {
  if (ticket.kept()) slots_.Abandon(ticket.slot);
  if (ticket.decision.keep) sampler_.Drop(ticket.decision);
}

std::int64_t RecordKeeper::Commit(const Ticket& ticket, std::span<const float> output,
                                  std::vector<float> statistics, const Tags& tags,
                                  std::uint32_t violations) {
  Pending& pending = pending_[static_cast<std::size_t>(ticket.slot)];
  pending.decision = ticket.decision;
  pending.time_micros = SystemClock().WallMicros();
  pending.number = next_number_++;
  pending.output.assign(output.begin(), output.end());
  pending.statistics = std::move(statistics);
  pending.violations = violations;
  pending.tags = tags;
  pending.progress = Progress();
  const std::int64_t number = pending.number;  // the slot is the writer's from here on
  slots_.Commit(ticket.slot);
  return number;
}

void RecordKeeper::WriteLoop() {
  while (slots_.WaitForCommitted()) {
    std::vector<int> taken;
    while (static_cast<int>(taken.size()) < kRecordsPerTransaction) {
      const std::optional<int> slot = slots_.Take();
      if (!slot) break;
      taken.push_back(*slot);
    }
    WriteBatch(taken);
    WriteIncidents();
  }
  WriteIncidents();
}

void RecordKeeper::WriteIncidents() {
  try {
    journal_.StoreInto(*store_);
  } catch (const Error& failure) {
    Log(LogLevel::kError, Text("incidents are not stored yet: ", failure.what()));
  }
}

Record RecordKeeper::TakeRecord(int slot) {
  Pending& pending = pending_[static_cast<std::size_t>(slot)];
  Record record;
  record.time_micros = pending.time_micros;
  record.model_hash = options_.model_hash;
  record.epoch = pending.decision.epoch;
  record.place = pending.decision.place;
  record.tags = std::move(pending.tags);
  record.output = std::move(pending.output);
  record.statistics = std::move(pending.statistics);
  record.violations = pending.violations;
  record.taps = SplitSlot(plan_, slots_.bytes(slot), 1, 0);
  return record;
}

void RecordKeeper::WriteBatch(std::span<const int> slots) {
  std::vector<Record> records;
  std::vector<std::int64_t> numbers;
  std::vector<EpochProgress> progress;
  for (const int slot : slots) {
    records.push_back(TakeRecord(slot));
    const Pending& pending = pending_[static_cast<std::size_t>(slot)];
    numbers.push_back(pending.number);
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
    TellRoom(result.room);
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
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const auto number = static_cast<std::size_t>(numbers[i]);
      if (ids_.size() <= number) ids_.resize(number + 1);
      ids_[number] = result.ids.empty() ? 0 : result.ids[i];
    }
    finished_ += static_cast<std::int64_t>(numbers.size());
    if (!error.empty()) {
      lost_ += static_cast<std::int64_t>(numbers.size());
      last_store_error_ = error;
    }
  }
  written_changed_.notify_all();
}

void RecordKeeper::Flush() {
  slots_.Hurry();
  {
    std::unique_lock lock(mutex_);
    written_changed_.wait(lock, [&] { return finished_ >= next_number_; });
  }
  sampler_.Close();
  const std::vector<EpochProgress> progress = Progress();
  if (!progress.empty()) store_->Append({}, progress);
  WriteIncidents();
}

std::vector<std::int64_t> RecordKeeper::StoredIds() const {
  const std::lock_guard lock(mutex_);
  return ids_;
}

std::int64_t RecordKeeper::StoredId(std::int64_t number) const {
  const std::lock_guard lock(mutex_);
  if (number < 0 || number >= std::ssize(ids_)) return 0;
  return ids_[static_cast<std::size_t>(number)];
}

std::int64_t RecordKeeper::dropped() const {
  const std::lock_guard lock(mutex_);
  return slots_.dropped() + slots_.abandoned() + lost_;
}

std::string RecordKeeper::last_store_error() const {
  const std::lock_guard lock(mutex_);
  return last_store_error_;
}

}  // namespace vigil
