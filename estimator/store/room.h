// Keeping the file within its bounds. Private to this room.
#ifndef VIGIL_ESTIMATOR_STORE_ROOM_H_
#define VIGIL_ESTIMATOR_STORE_ROOM_H_

#include <cstdint>

#include "estimator/store/sqlite.h"

namespace vigil::sqlite {

struct Bounds {
  std::int64_t max_bytes = 0;  // of the file and its journal
  std::int64_t max_records = 0;
  std::int64_t max_verdicts = 0;
};

// Of max_bytes, what is set apart for the journal: a quarter, at most 8 MiB. It is copied into the
// file when it has filled half of it, which leaves the other half for one transaction; a larger one
// takes from the records' part.
std::int64_t JournalShare(std::int64_t max_bytes);

// About what a record of this size takes in the file, and as much again in the journal.
std::int64_t RecordRoom(Database& database, std::int64_t record_bytes);

// All REQUIRE an open Transaction.

// Expires unjudged records older than `oldest_micros`, counting them in their epochs.
void ExpireOlderThan(Database& database, std::int64_t oldest_micros);

// Records that wait to be judged, by the epochs' counts.
std::int64_t CountPending(Database& database);

// Makes room for one more record of `record_bytes` beside a journal of `journal_bytes`, this
// transaction's records so far included: expires records of the oldest epoch, those that would be
// read last first (their order is random), then deletes verdicts by whole epochs. `pending` is
// CountPending's and is kept true. Throws Error (Input, kInvalidValue) where an empty store would
// still be too small, (Input, kIo) where the journal is, beyond its share, in the way.
void MakeRoom(Database& database, const Bounds& bounds, std::int64_t record_bytes,
              std::int64_t journal_bytes, std::int64_t& pending);

// Deletes the oldest epochs that have nothing left to judge, with their verdicts, while there are
// more verdicts than allowed or more epochs than anybody will ask about.
void ForgetOldEpochs(Database& database, const Bounds& bounds);

}  // namespace vigil::sqlite

#endif  // VIGIL_ESTIMATOR_STORE_ROOM_H_
