
#include <set>

#include "engine/base/text.h"
#include "estimator/store/payload.h"
#include "estimator/store/room.h"
#include "estimator/store/schema.h"
#include "estimator/store/sqlite.h"
#include "estimator/store/store.h"
#include "estimator/store/tags.h"

namespace vigil {
namespace {

using sqlite::Database;
using sqlite::Statement;

constexpr std::int64_t kFailuresBeforeSetAside = 2;
constexpr std::size_t kMaxMessageBytes = 500;

// Deletes the record with its data and keeps the fault. False: it is gone already.
bool SetAside(Database& database, std::int64_t record_id, const Error& error) {
  Statement keep(database,
                 "INSERT INTO set_aside(record_id, time_micros, epoch, fault, code, message)"
                 " SELECT id, time_micros, epoch, ?2, ?3, ?4 FROM records WHERE id = ?1");
  keep.Bind(1, record_id).Bind(2, FaultName(error.fault())).Bind(3, CodeName(error.code()));
  keep.Bind(4, std::string_view(error.what()).substr(0, kMaxMessageBytes)).Run();
  if (database.changes() == 0) return false;
  Statement(database,
            "UPDATE epochs SET set_aside = set_aside + 1"
            " WHERE epoch = (SELECT epoch FROM records WHERE id = ?)")
      .Bind(1, record_id)
      .Run();
  Statement(database, "DELETE FROM records WHERE id = ?").Bind(1, record_id).Run();
  return true;
}

void CheckProbabilities(const Verdict& verdict) {
  const auto check = [&](float p, std::string_view name) {
    if (p >= 0.0f && p <= 1.0f) return;  // false for NaN
    throw Error(
        Fault::kInput, ErrorCode::kInvalidValue,
        Text("verdict on record ", verdict.record_id, " has ", name, " ", p, ": expected 0 to 1"));
  };
  check(verdict.p_correct, "p(correct)");
  check(verdict.p_correct_calibrated, "calibrated p(correct)");
  for (int i = 0; i < kCauseCount; ++i) {
    check(verdict.p_cause[static_cast<std::size_t>(i)], CauseName(static_cast<Cause>(i)));
  }
  check(verdict.readings.outlier.value_or(0.0f), "outlier");
  check(verdict.readings.flip_rate.value_or(0.0f), "flip rate");
  check(verdict.readings.beyond.value_or(0.0f), "p(beyond competence)");
}

void BindVerdict(const Verdict& verdict, Statement& insert) {
  static_assert(kCauseCount == 5, "the columns name each cause");
  insert.Bind(1, verdict.record_id)
      .Bind(2, static_cast<std::int64_t>(verdict.estimator_hash))
      .Bind(3, double{verdict.p_correct})
      .Bind(4, double{verdict.p_correct_calibrated});
  for (int i = 0; i < kCauseCount; ++i) {
    insert.Bind(5 + i, double{verdict.p_cause[static_cast<std::size_t>(i)]});
  }
  insert.Bind(10, std::int64_t{verdict.correct}).Bind(11, std::int64_t{verdict.causes.bits()});
  const Readings& readings = verdict.readings;
  insert.Bind(12, readings.outlier).Bind(13, readings.flip_rate).Bind(14, readings.beyond);
}

// A record as the file has it.
struct StoredRecord {
  Record record;  // but for what the payload and the tags hold
  std::string tags;
  std::vector<std::byte> payload;
  KeyId key = 0;
};

std::vector<StoredRecord> ReadRows(Database& database, const PayloadCodec& codec, int limit) {
  Statement rows(database,
                 Text("SELECT id, time_micros, model_hash, epoch, ifnull(place, -1), tags, payload,"
                      " key_id, violations FROM records WHERE ",
                      sqlite::OpenableBy(codec), " ORDER BY epoch, shuffle LIMIT ?"));
  rows.Bind(1, std::int64_t{limit});
  std::vector<StoredRecord> stored;
  while (rows.Step()) {
    StoredRecord& one = stored.emplace_back();
    one.record.id = rows.Integer(0);
    one.record.time_micros = rows.Integer(1);
    one.record.model_hash = static_cast<std::uint64_t>(rows.Integer(2));
    one.record.epoch = rows.Integer(3);
    one.record.place = rows.Integer(4);
    one.tags = rows.String(5);
    one.payload = rows.Bytes(6);
    one.key = rows.Integer(7);
    one.record.violations = static_cast<std::uint32_t>(rows.Integer(8));
  }
  return stored;
}

void CloseEpochsOf(Database& database, std::span<const StoredRecord> stored) {
  std::set<std::int64_t> epochs;
  for (const StoredRecord& one : stored) epochs.insert(one.record.epoch);
  Statement close(database, "UPDATE epochs SET closed = 1 WHERE epoch = ? AND closed = 0");
  for (const std::int64_t epoch : epochs) close.Bind(1, epoch).Run();
}

struct Batch {
  std::vector<Record> records;
  std::vector<std::pair<std::int64_t, Error>> unreadable;
};

Batch Unpack(std::vector<StoredRecord> stored, const PayloadCodec& codec) {
  Batch batch;
  for (StoredRecord& one : stored) {
    Record& record = one.record;
    try {
      const PayloadOwner owner{.record_id = record.id, .model_hash = record.model_hash};
      record.tags = TagsFromText(one.tags);
      UnpackBody(OpenPayload(one.payload, owner, one.key, codec), record);
      batch.records.push_back(std::move(record));
    } catch (const Error& error) {
      batch.unreadable.emplace_back(record.id, error);
    }
  }
  return batch;
}

}  // namespace

std::vector<Record> Store::ReadUnjudged(int limit) {
  while (true) {  // again where nothing of a whole batch could be read
    std::vector<StoredRecord> stored;
    {
      const std::lock_guard lock(mutex_);
      const std::int64_t oldest_micros =
          clock_.WallMicros() - std::chrono::microseconds(options_.max_age).count();
      sqlite::Transaction transaction(*database_);
      sqlite::ExpireOlderThan(*database_, oldest_micros);
      stored = ReadRows(*database_, *options_.codec, limit);
      CloseEpochsOf(*database_, stored);
      transaction.Commit();
    }
    // Opened and unpacked with no lock held: this thread may be of the lowest priority, and T's
    // processes want to write.
    const bool none = stored.empty();
    Batch batch = Unpack(std::move(stored), *options_.codec);
    if (!batch.unreadable.empty()) {
      const std::lock_guard lock(mutex_);
      sqlite::Transaction transaction(*database_);
      for (const auto& [id, error] : batch.unreadable) SetAside(*database_, id, error);
      transaction.Commit();
    }
    if (none || !batch.records.empty()) return std::move(batch.records);
  }
}

std::int64_t Store::Judge(std::span<const Verdict> verdicts, const Notes& notes) {
  for (const Verdict& verdict : verdicts) CheckProbabilities(verdict);
  const std::lock_guard lock(mutex_);
  sqlite::Transaction transaction(*database_);
  std::int64_t stored = 0;
  {
    Statement insert(*database_,
                     "INSERT INTO verdicts(record_id, estimator_hash, p_correct,"
                     " p_correct_calibrated, p_localization, p_occlusion, p_blur, p_lighting,"
                     " p_other, correct, causes, outlier, flip_rate, beyond, time_micros,"
                     " model_hash, epoch, tags, violations)"
                     " SELECT id, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14,"
                     " time_micros, model_hash, epoch, tags, violations FROM records"
                     " WHERE id = ?1");
    Statement count(*database_,
                    "UPDATE epochs SET judged = judged + 1"
                    " WHERE epoch = (SELECT epoch FROM records WHERE id = ?)");
    Statement remove(*database_, "DELETE FROM records WHERE id = ?");
    for (const Verdict& verdict : verdicts) {
      BindVerdict(verdict, insert);
      insert.Run();
      if (database_->changes() == 0) continue;
      ++stored;
      count.Bind(1, verdict.record_id).Run();
      remove.Bind(1, verdict.record_id).Run();
    }
  }
  for (const auto& [name, text] : notes) sqlite::PutNote(*database_, name, text);
  sqlite::ForgetOldEpochs(*database_,
                          {options_.max_bytes, options_.max_records, options_.max_verdicts});
  const std::int64_t counted = CountWrites(0);
  transaction.Commit();
  counted_bytes_ = counted;
  return stored;
}

bool Store::ReportFailure(std::int64_t record_id, const Error& error) {
  const std::lock_guard lock(mutex_);
  sqlite::Transaction transaction(*database_);
  Statement(*database_, "UPDATE records SET failures = failures + 1 WHERE id = ?")
      .Bind(1, record_id)
      .Run();
  Statement failures(*database_, "SELECT failures FROM records WHERE id = ?");
  const bool give_up =
      failures.Bind(1, record_id).Step() && failures.Integer(0) >= kFailuresBeforeSetAside;
  failures.Reset();
  const bool set_aside = give_up && SetAside(*database_, record_id, error);
  transaction.Commit();
  return set_aside;
}

}  // namespace vigil
