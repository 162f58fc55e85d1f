// Records until PE has judged them, verdicts after: one bounded, crash-safe file.
#ifndef VIGIL_ESTIMATOR_STORE_STORE_H_
#define VIGIL_ESTIMATOR_STORE_STORE_H_

#include <chrono>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "estimator/store/payload_codec.h"
#include "estimator/store/record.h"
#include "estimator/store/sampler.h"

namespace vigil {

namespace sqlite {
class Database;
}

struct StoreOptions {
  // Of the file and its write-ahead journal together, indexes and verdicts included; at least
  // 256 KiB. A reader in another process that keeps the journal from being reused (a long Verify)
  // makes it grow; records then give way.
  std::int64_t max_bytes = std::int64_t{512} << 20;
  std::int64_t max_records = 100000;   // unjudged ones
  std::int64_t max_verdicts = 200000;  // the newest; older ones go by whole epochs
  std::chrono::seconds max_age = std::chrono::hours(24 * 7);  // of unjudged records
  // How much the flash may wear, all processes together: records appended in any hour, and bytes
  // that SQLite writes in any 24, into the journal and from there into the file, for appending and
  // for judging. Judging goes on beyond it. Left out: the journal's index of 32 KiB, which is
  // shared memory, what the file system and the flash add, and the last transaction of a process
  // that was killed. Samplers are told what is left (AppendResult::room) and thin out in time, so
  // that a bound is rarely met; a record that meets one is dropped and counted, and its epoch ends
  // there, so that what stands is a fair sample of the time until then.
  // WriteRoom::kUnbounded, for either, is no bound.
  std::int64_t max_records_per_hour = 36000;
  std::int64_t max_written_per_day = std::int64_t{500} << 20;
  // Its members may read and write the files (0660), such as "vigil"; empty: the owner alone, 0600.
  // A process that opens the store without saying so leaves the files' group as it is.
  std::string group;
  bool create = true;                            // false: a missing file is an error
  std::chrono::milliseconds busy_timeout{5000};  // to wait for another process
  std::shared_ptr<const PayloadCodec> codec = PlainCodec();
};

struct AppendResult {
  // Of the records, in their order; 0: late or beyond a bound of wear, dropped and counted.
  std::vector<std::int64_t> ids;
  // Those of the given epochs that the evaluator or a bound has closed: their sampler starts the
  // next one.
  std::vector<std::int64_t> closed_epochs;
  WriteRoom room;  // for EpochSampler::SetRoom
};

// Short texts that the evaluator keeps over a restart, by name.
using Notes = std::map<std::string, std::string>;

struct StoreStats {
  std::int64_t records = 0;     // unjudged now
  std::int64_t unopenable = 0;  // of these: sealed for a key that this process does not have
  std::int64_t verdicts = 0;
  EpochCounts totals;  // over the epochs that still stand
  std::int64_t epochs = 0;
  std::int64_t appended_records = 0;  // since the store was made or purged
  std::int64_t appended_bytes = 0;    // their payloads, as stored
  double bytes_per_record = 0.0;      // appended_bytes / appended_records; 0 where there are none
  // Always 0: the payload has no field for an image, and PlanTaps refuses taps that copy one.
  std::int64_t images = 0;
  std::int64_t file_bytes = 0;
  std::int64_t journal_bytes = 0;      // the write-ahead log
  std::int64_t records_this_hour = 0;  // what max_records_per_hour bounds
  std::int64_t written_today = 0;      // bytes, what max_written_per_day bounds
};

// Thread-safe: calls wait for each other, so T's own thread never calls it (TapSlots stand
// between). Any number of processes append; one, the evaluator, reads, judges and purges. Not to be
// carried across a fork.
//
// An epoch that was read is closed: records that come late for it are dropped and counted, so that
// what was judged stays a fair sample. When the store is full or records are too old, those of the
// oldest epoch expire, at random within it, and are counted.
//
// Power cuts. A commit survives the death of any process. Synchronisation is SQLite's NORMAL: only
// when the journal is copied into the file, at the latest when it has filled half of its share
// (4 MiB of 512), is it made durable, then the file. A loss of power may therefore take the commits
// since, the newest first and each as a whole: the journal's checksums end it at the first frame
// that did not reach the disk. The file is sound, its counts add up, and no time is waited for on
// every commit. FULL would wait, for little: records that go were the last before the device died,
// with their share of the counts, so the sample of what is left stays fair; verdicts go together
// with the deletion of their records, which are then judged again, to the same verdict. Where more
// hangs on it, it is durable: Reseal (a key may be thrown away after it) and Purge.
//
// What is deleted leaves the file with the reuse of its pages; Purge leaves nothing at once.
//
// Every method throws Error: (Input, kIo) naming the file where the disk is full, the file may not
// be written or is held by others; (Input, kMalformed) where it is damaged. A method that throws
// has changed nothing.
class Store {
 public:
  // Opens or makes the file. Throws also Error: (Input, kNotFound) where it is missing and
  // options.create is false; (Input, kUnsupported) where a newer Vigil made it; (Api, kMisuse)
  // where it was made with another codec, or may not be given to the group; (Api, kNotFound) for a
  // group that there is not; (Api, kInvalidValue) for bounds below their minimum.
  explicit Store(std::string path, StoreOptions options = {}, const Clock& clock = SystemClock());
  ~Store();

  // One transaction, in whatever file now has the store's name: a writer goes on by itself where
  // the evaluator had to salvage it. `progress` carries the samplers' counts (idempotent: seen and
  // dropped are totals of their epoch); an epoch that has none counts each of its records as one
  // inference. Throws also (Input, kInvalidValue) for a record that does not fit the format or the
  // bounds.
  AppendResult Append(std::span<const Record> records,
                      std::span<const EpochProgress> progress = {});

  // What the bounds of wear still allow, all processes together.
  WriteRoom RoomToWrite();

  // Up to `limit` unjudged records, the oldest epoch first, in random order within it; closes the
  // epochs that it reads. A record whose payload is not what was sealed or cannot be read is set
  // aside and passed over; one that is sealed for a key that is not here waits for it, or for its
  // expiry (StoreStats::unopenable).
  std::vector<Record> ReadUnjudged(int limit);

  // One transaction stores the verdicts and deletes their records with the taps. Time, model,
  // epoch and tags are taken from the records. A verdict whose record is gone (judged already,
  // expired, replaced) is passed over; returns how many were stored. `notes` are put down in the
  // same transaction, by name. Throws also (Input, kInvalidValue) for a probability outside 0 to 1.
  std::int64_t Judge(std::span<const Verdict> verdicts, const Notes& notes = {});

  // PE failed on this record (run it alone before blaming it). The first time it stays; the second
  // time it is set aside: its taps are deleted, its fault is kept and counted. True: set aside.
  bool ReportFailure(std::int64_t record_id, const Error& error);

  // The last of Verdicts(from, to), without reading the others; none where there are none.
  std::optional<Verdict> NewestVerdict(
      std::int64_t from_micros = std::numeric_limits<std::int64_t>::min(),
      std::int64_t to_micros = std::numeric_limits<std::int64_t>::max());

  // That of one record; none where it is not judged, or has gone again.
  std::optional<Verdict> FindVerdict(std::int64_t record_id);
  // Of records with greater ids, by id, the first `limit` of them.
  std::vector<Verdict> VerdictsAfter(std::int64_t record_id, std::int64_t limit);

  // How many unjudged records this process can open; cheap.
  std::int64_t Waiting();

  // Verdicts of inferences with from <= time < to, by time, the first `limit` of them; and the
  // epochs that meet that window.
  std::vector<Verdict> Verdicts(std::int64_t from_micros = std::numeric_limits<std::int64_t>::min(),
                                std::int64_t to_micros = std::numeric_limits<std::int64_t>::max(),
                                std::int64_t limit = std::numeric_limits<std::int64_t>::max());
  std::vector<EpochCounts> Epochs(
      std::int64_t from_micros = std::numeric_limits<std::int64_t>::min(),
      std::int64_t to_micros = std::numeric_limits<std::int64_t>::max());

  // One transaction adds these to the rows of the same hour, doing and why. The rows of the newest
  // hours are kept, kMaxIdleRows in all.
  void AddIdleTimes(std::span<const IdleTime> times);
  // Those of hours with from <= hour < to, by hour, doing and why.
  std::vector<IdleTime> IdleTimes(
      std::int64_t from_micros = std::numeric_limits<std::int64_t>::min(),
      std::int64_t to_micros = std::numeric_limits<std::int64_t>::max());
  static constexpr std::int64_t kMaxIdleRows = 20000;

  // Why records of the epochs that still stand were set aside, the commonest first.
  std::vector<SetAsideFault> SetAsideFaults();

  // One transaction adds these counts to the rows of the same fault, code and place; those that
  // happened last are kept, kMaxIncidentRows in all. Any process may call it.
  void CountIncidents(std::span<const Incident> incidents);
  // The newest first.
  std::vector<Incident> Incidents();
  static constexpr std::int64_t kMaxIncidentRows = 500;

  // One of Notes; empty: none.
  void PutNote(std::string_view name, std::string_view text);
  std::string Note(std::string_view name);

  // Seals every waiting record that the codec can open anew for its seal_key(), a few at a time, so
  // that T's processes never wait long; returns how many, made durable. Where it is interrupted,
  // those done are done, and the rest still open with the key that they were sealed for.
  std::int64_t Reseal();

  StoreStats Stats();
  // What is wrong, a line each; empty where the file is sound, the counts add up and every payload
  // that the codec has a key for can be read. Other processes append meanwhile.
  std::vector<std::string> Verify();
  // Deletes records, verdicts and counts, and rewrites the file so that no page of them is left.
  // How much was written stays: the flash has worn.
  void Purge();

  const std::string& path() const { return path_; }

 private:
  void Open();
  // Opens the file anew where another has taken its place (SalvageStore) or it is gone.
  void FollowFile();
  // Adds what was written since the last time to the table; returns what counted_bytes_ becomes
  // when that is committed. REQUIRES an open transaction.
  std::int64_t CountWrites(std::int64_t records);

  std::string path_;
  StoreOptions options_;
  const Clock& clock_;
  std::mutex mutex_;                            // guards what follows
  std::unique_ptr<sqlite::Database> database_;  // never null
  std::optional<FileId> file_;                  // which one database_ has open
  std::int64_t counted_bytes_ = 0;              // of database_'s, that the table has
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_STORE_STORE_H_
