#include <algorithm>
#include <random>
#include <set>

#include "estimator/store/files.h"
#include "estimator/store/payload.h"
#include "estimator/store/room.h"
#include "estimator/store/sqlite.h"
#include "estimator/store/store.h"
#include "estimator/store/tags.h"
#include "estimator/store/wear.h"

namespace vigil {
namespace {

using sqlite::Database;
using sqlite::Statement;

// Not seeded by anything a caller controls: nobody chooses which records expire.
std::int64_t RandomOrder() {
  thread_local std::mt19937_64 generator{std::random_device{}()};
  return static_cast<std::int64_t>(generator() >> 1);
}

void MergeProgress(Database& database, std::span<const EpochProgress> progress) {
  Statement merge(database,
                  "INSERT INTO epochs(epoch, first_micros, last_micros, seen, dropped)"
                  " VALUES(?1, ?2, ?2, ?3, ?4) ON CONFLICT(epoch) DO UPDATE SET"
                  " first_micros = min(first_micros, ?2), seen = max(seen, ?3),"
                  " dropped = max(dropped, ?4)");
  for (const EpochProgress& p : progress) {
    merge.Bind(1, p.epoch).Bind(2, p.started_micros).Bind(3, p.seen).Bind(4, p.dropped).Run();
  }
}

// Inserts packed records one by one.
class Appender {
 public:
  Appender(Database& database, const sqlite::Bounds& bounds, const sqlite::WearBounds& wear_bounds,
           const sqlite::Wear& wear, const PayloadCodec& codec)
      : database_(database),
        bounds_(bounds),
        wear_bounds_(wear_bounds),
        wear_(wear),
        journal_bytes_(sqlite::FileBytes(database.path() + "-wal")),
        pending_(sqlite::CountPending(database)),
        codec_(codec),
        // As AUTOINCREMENT counts, so that no id is given twice.
        next_id_(1 + database.Integer("SELECT ifnull((SELECT seq FROM sqlite_sequence"
                                      " WHERE name = 'records'), 0)")),
        open_epoch_(database,
                    "INSERT INTO epochs(epoch, first_micros, last_micros) VALUES(?1, ?2, ?2)"
                    " ON CONFLICT(epoch) DO UPDATE SET first_micros = min(first_micros, ?2),"
                    " last_micros = max(last_micros, ?2) RETURNING closed"),
        count_late_(database, "UPDATE epochs SET late = late + 1, closed = 1 WHERE epoch = ?"),
        remove_replaced_(database, "DELETE FROM records WHERE epoch = ? AND place = ?"),
        count_replaced_(database, "UPDATE epochs SET kept = kept - 1 WHERE epoch = ?"),
        insert_(database,
                "INSERT INTO records(time_micros, model_hash, epoch, place, shuffle, tags, payload,"
                " id, key_id, violations) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
        count_kept_(database, "UPDATE epochs SET kept = kept + 1 WHERE epoch = ?"),
        count_bytes_(database,
                     "UPDATE meta SET value = value + CASE key WHEN 'appended_bytes' THEN ?"
                     " ELSE 1 END WHERE key IN ('appended_bytes', 'appended_records')") {}

  // The record's id, or 0 where its epoch is closed or, for a bound of wear, closes with it.
  std::int64_t Add(const Record& record, std::span<const std::byte> packed) {
    open_epoch_.Bind(1, record.epoch).Bind(2, record.time_micros);
    const bool closed = open_epoch_.Step() && open_epoch_.Integer(0) != 0;
    open_epoch_.Reset();
    const std::string tags = TagsToText(record.tags);
    const auto expected_bytes = static_cast<std::int64_t>(packed.size() + tags.size());
    // In the journal and, when that is copied, in the file.
    const std::int64_t wear_bytes = 2 * sqlite::RecordRoom(database_, expected_bytes);
    if (closed || wear_.records_of_hour >= wear_bounds_.max_records_per_hour ||
        wear_.bytes_of_day + wear_bytes > wear_bounds_.max_bytes_per_day) {
      count_late_.Bind(1, record.epoch).Run();
      return 0;
    }
    if (record.place >= 0) {
      remove_replaced_.Bind(1, record.epoch).Bind(2, record.place).Run();
      if (database_.changes() > 0) {
        count_replaced_.Bind(1, record.epoch).Run();
        --pending_;
      }
    }
    const std::int64_t id = next_id_++;
    const std::vector<std::byte> payload =
        SealPayload(packed, {.record_id = id, .model_hash = record.model_hash}, codec_);
    const auto bytes = static_cast<std::int64_t>(payload.size());
    const std::int64_t row_bytes = bytes + static_cast<std::int64_t>(tags.size());
    sqlite::MakeRoom(database_, bounds_, row_bytes, journal_bytes_, pending_);
    journal_bytes_ += sqlite::RecordRoom(database_, row_bytes);
    wear_.bytes_of_day += wear_bytes;
    ++wear_.records_of_hour;
    ++pending_;
    ++added_;
    insert_.Bind(1, record.time_micros)
        .Bind(2, static_cast<std::int64_t>(record.model_hash))
        .Bind(3, record.epoch);
    if (record.place >= 0) {
      insert_.Bind(4, record.place);
    } else {
      insert_.BindNull(4);
    }
    insert_.Bind(5, RandomOrder()).Bind(6, std::string_view{tags}).Bind(7, payload);
    insert_.Bind(8, id).Bind(9, codec_.seal_key());
    insert_.Bind(10, std::int64_t{record.violations}).Run();
    count_kept_.Bind(1, record.epoch).Run();
    count_bytes_.Bind(1, bytes).Run();
    return id;
  }

  std::int64_t added() const { return added_; }

 private:
  Database& database_;
  const sqlite::Bounds& bounds_;
  const sqlite::WearBounds& wear_bounds_;
  sqlite::Wear wear_;  // with what was added since
  std::int64_t journal_bytes_;
  std::int64_t pending_;
  std::int64_t added_ = 0;
  const PayloadCodec& codec_;
  std::int64_t next_id_;
  Statement open_epoch_, count_late_, remove_replaced_, count_replaced_, insert_, count_kept_,
      count_bytes_;
};

}  // namespace

AppendResult Store::Append(std::span<const Record> records,
                           std::span<const EpochProgress> progress) {
  // Packed before the lock is taken, since compression is what costs time; sealed after, since a
  // payload is sealed for its record's id.
  std::vector<std::vector<std::byte>> packed;
  packed.reserve(records.size());
  for (const Record& record : records) packed.push_back(PackBody(record));

  const std::lock_guard lock(mutex_);
  FollowFile();
  const sqlite::Bounds bounds{options_.max_bytes, options_.max_records, options_.max_verdicts};
  const sqlite::WearBounds wear_bounds{options_.max_records_per_hour, options_.max_written_per_day};
  const std::int64_t now_micros = clock_.WallMicros();
  const std::int64_t oldest_micros =
      now_micros - std::chrono::microseconds(options_.max_age).count();
  // A reader or a full disk has kept it from being emptied in time.
  if (sqlite::FileBytes(path_ + "-wal") > sqlite::JournalShare(options_.max_bytes))
    database_->TryEmptyJournal();
  sqlite::Transaction transaction(*database_);
  AppendResult result;
  sqlite::ExpireOlderThan(*database_, oldest_micros);
  MergeProgress(*database_, progress);
  std::int64_t added = 0;
  {
    sqlite::Wear wear = sqlite::ReadWear(*database_, now_micros);
    wear.bytes_of_day += database_->written_bytes() - counted_bytes_;
    Appender appender(*database_, bounds, wear_bounds, wear, *options_.codec);
    for (std::size_t i = 0; i < records.size(); ++i) {
      result.ids.push_back(appender.Add(records[i], packed[i]));
    }
    added = appender.added();
  }
  std::set<std::int64_t> epochs;
  for (const Record& record : records) epochs.insert(record.epoch);
  for (const EpochProgress& p : progress) epochs.insert(p.epoch);
  {
    Statement is_closed(*database_, "SELECT 1 FROM epochs WHERE epoch = ? AND closed = 1");
    for (const std::int64_t epoch : epochs) {
      if (is_closed.Bind(1, epoch).Step()) result.closed_epochs.push_back(epoch);
      is_closed.Reset();
    }
  }
  sqlite::ForgetOldEpochs(*database_, bounds);
  const std::int64_t counted = CountWrites(added);
  result.room = sqlite::RoomLeft(sqlite::ReadWear(*database_, now_micros), wear_bounds);
  transaction.Commit();
  counted_bytes_ = counted;
  return result;
}

}  // namespace vigil
