#include "estimator/store/room.h"

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil::sqlite {
namespace {

constexpr std::int64_t kMaxEpochs = 20000;    // more than two years of hourly ones
constexpr std::int64_t kMaxSetAside = 10000;  // their faults; the counts stay in the epochs

std::int64_t UsedBytes(Database& database) {
  return (database.Integer("PRAGMA page_count") - database.Integer("PRAGMA freelist_count")) *
         database.Integer("PRAGMA page_size");
}

// False: there is none.
bool ExpireOne(Database& database) {
  database.Execute(
      "UPDATE epochs SET expired = expired + 1"
      " WHERE epoch = (SELECT epoch FROM records ORDER BY epoch LIMIT 1)");
  if (database.changes() == 0) return false;
  database.Execute(
      "DELETE FROM records WHERE id = (SELECT id FROM records"
      " WHERE epoch = (SELECT epoch FROM records ORDER BY epoch LIMIT 1)"
      " ORDER BY shuffle DESC LIMIT 1)");
  return true;
}

// False: every epoch still has records to judge.
bool ForgetOldestEpoch(Database& database) {
  Statement oldest(database,
                   "SELECT epoch FROM epochs WHERE kept = judged + expired + set_aside"
                   " ORDER BY epoch LIMIT 1");
  if (!oldest.Step()) return false;
  const std::int64_t epoch = oldest.Integer(0);
  oldest.Reset();
  for (const char* sql :
       {"DELETE FROM verdicts WHERE epoch = ?", "DELETE FROM set_aside WHERE epoch = ?",
        "DELETE FROM epochs WHERE epoch = ?"}) {
    Statement(database, sql).Bind(1, epoch).Run();
  }
  return true;
}

}  // namespace

void ExpireOlderThan(Database& database, std::int64_t oldest_micros) {
  Statement(database,
            "UPDATE epochs SET expired = expired + (SELECT count(*) FROM records"
            " WHERE records.epoch = epochs.epoch AND time_micros < ?1)"
            " WHERE epoch IN (SELECT epoch FROM records WHERE time_micros < ?1)")
      .Bind(1, oldest_micros)
      .Run();
  if (database.changes() == 0) return;
  Statement(database, "DELETE FROM records WHERE time_micros < ?").Bind(1, oldest_micros).Run();
}

std::int64_t JournalShare(std::int64_t max_bytes) {
  return std::min<std::int64_t>(max_bytes / 4, 8 << 20);
}

std::int64_t RecordRoom(Database& database, std::int64_t record_bytes) {
  // A long payload lies on pages of its own; the row and its three index entries may each split
  // one.
  const std::int64_t page_bytes = database.Integer("PRAGMA page_size");
  return record_bytes / (page_bytes - 4) * page_bytes + 6 * page_bytes;
}

std::int64_t CountPending(Database& database) {
  return database.Integer("SELECT sum(kept - judged - expired - set_aside) FROM epochs");
}

void MakeRoom(Database& database, const Bounds& bounds, std::int64_t record_bytes,
              std::int64_t journal_bytes, std::int64_t& pending) {
  const std::int64_t needed_bytes = RecordRoom(database, record_bytes);
  const std::int64_t left_bytes =
      bounds.max_bytes - needed_bytes -
      std::max(JournalShare(bounds.max_bytes), journal_bytes + needed_bytes);
  while (pending >= bounds.max_records || UsedBytes(database) > left_bytes) {
    if (ExpireOne(database)) {
      --pending;
    } else if (!ForgetOldestEpoch(database)) {
      if (journal_bytes > JournalShare(bounds.max_bytes)) {
        throw Error(Fault::kInput, ErrorCode::kIo,
                    Text("store '", database.path(), "' has a journal of ", journal_bytes,
                         " bytes: expected no process that reads for long, and free space on its "
                         "disk, so that it can be emptied"));
      }
      throw Error(
          Fault::kInput, ErrorCode::kInvalidValue,
          Text("store '", database.path(), "', appending a record of ", record_bytes,
               " bytes: expected at most what fits into ", bounds.max_bytes, " bytes (max_bytes)"));
    }
  }
}

void ForgetOldEpochs(Database& database, const Bounds& bounds) {
  while (database.Integer("SELECT sum(judged) FROM epochs") > bounds.max_verdicts ||
         database.Integer("SELECT count(*) FROM epochs") > kMaxEpochs) {
    if (!ForgetOldestEpoch(database)) break;
  }
  Statement(database,
            "DELETE FROM set_aside WHERE record_id <="
            " (SELECT record_id FROM set_aside ORDER BY record_id DESC LIMIT 1 OFFSET ?)")
      .Bind(1, kMaxSetAside)
      .Run();
}

}  // namespace vigil::sqlite
