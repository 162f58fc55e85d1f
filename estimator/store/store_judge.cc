
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
}

Record RowToRecord(const Statement& row, const PayloadCodec& codec) {
  Record record;
  record.id = row.Integer(0);
  record.time_micros = row.Integer(1);
  record.model_hash = static_cast<std::uint64_t>(row.Integer(2));
  record.epoch = row.Integer(3);
  record.place = row.Integer(4);
  record.tags = TagsFromText(row.String(5));
  const PayloadOwner owner{.record_id = record.id, .model_hash = record.model_hash};
  UnpackBody(OpenPayload(row.Bytes(6), owner, row.Integer(7), codec), record);
  return record;
}

struct Batch {
  std::vector<Record> records;
  std::vector<std::pair<std::int64_t, Error>> unreadable;
};

Batch ReadBatch(Database& database, const PayloadCodec& codec, int limit) {
  Batch batch;
  Statement rows(database,
                 Text("SELECT id, time_micros, model_hash, epoch, ifnull(place, -1), tags, payload,"
                      " key_id FROM records WHERE ",
                      sqlite::OpenableBy(codec), " ORDER BY epoch, shuffle LIMIT ?"));
  rows.Bind(1, std::int64_t{limit});
  while (rows.Step()) {
    try {
      batch.records.push_back(RowToRecord(rows, codec));
    } catch (const Error& error) {
      batch.unreadable.emplace_back(rows.Integer(0), error);
    }
  }
  return batch;
}

void CloseEpochsOf(Database& database, std::span<const Record> records) {
  std::set<std::int64_t> epochs;
  for (const Record& record : records) epochs.insert(record.epoch);
  Statement close(database, "UPDATE epochs SET closed = 1 WHERE epoch = ? AND closed = 0");
  for (const std::int64_t epoch : epochs) close.Bind(1, epoch).Run();
}

}  // namespace

std::vector<Record> Store::ReadUnjudged(int limit) {
  const std::lock_guard lock(mutex_);
  const std::int64_t oldest_micros =
      clock_.WallMicros() - std::chrono::microseconds(options_.max_age).count();
  sqlite::Transaction transaction(*database_);
  sqlite::ExpireOlderThan(*database_, oldest_micros);
  Batch batch;
  do {  // again where nothing of a whole batch could be read
    batch = ReadBatch(*database_, *options_.codec, limit);
    for (const auto& [id, error] : batch.unreadable) SetAside(*database_, id, error);
  } while (batch.records.empty() && !batch.unreadable.empty());
  CloseEpochsOf(*database_, batch.records);
  transaction.Commit();
  return std::move(batch.records);
}

std::int64_t Store::Judge(std::span<const Verdict> verdicts) {
  for (const Verdict& verdict : verdicts) CheckProbabilities(verdict);
  const std::lock_guard lock(mutex_);
  sqlite::Transaction transaction(*database_);
  std::int64_t stored = 0;
  {
    Statement insert(*database_,
                     "INSERT INTO verdicts(record_id, estimator_hash, p_correct,"
                     " p_correct_calibrated, p_localization, p_occlusion, p_blur, p_lighting,"
                     " p_other, correct, causes, time_micros, model_hash, epoch, tags)"
                     " SELECT id, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, time_micros,"
                     " model_hash, epoch, tags FROM records WHERE id = ?1");
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
