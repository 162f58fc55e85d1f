#include "estimator/store/store.h"

#include <thread>
#include <utility>

#include "engine/base/text.h"
#include "estimator/store/files.h"
#include "estimator/store/room.h"
#include "estimator/store/schema.h"
#include "estimator/store/sqlite.h"
#include "estimator/store/wear.h"

namespace vigil {
namespace {

constexpr std::int64_t kMinBytes = 256 << 10;

void CheckBounds(const StoreOptions& options) {
  const auto check = [](std::int64_t bound, std::int64_t least, std::string_view name) {
    if (bound >= least) return;
    throw Error(Fault::kApi, ErrorCode::kInvalidValue,
                Text("store bound ", name, " is ", bound, ": expected at least ", least));
  };
  check(options.max_bytes, kMinBytes, "max_bytes");
  check(options.max_records, 1, "max_records");
  check(options.max_verdicts, 1, "max_verdicts");
  check(options.max_age.count(), 1, "max_age, in seconds,");
  check(options.max_records_per_hour, 1, "max_records_per_hour");
  check(options.max_written_per_day, 1, "max_written_per_day");
  if (!options.codec) {
    throw Error(Fault::kApi, ErrorCode::kMisuse,
                "a store without a codec: expected PlainCodec() or another");
  }
}

// SQLite lets nobody wait for his turn here, since two that switch at once wait for each other.
std::string SwitchToJournal(sqlite::Database& database, std::chrono::milliseconds busy_timeout) {
  const auto until = std::chrono::steady_clock::now() + busy_timeout;
  while (true) {
    try {
      const std::string mode = database.String("PRAGMA journal_mode");
      return mode == "wal" ? mode : database.String("PRAGMA journal_mode = WAL");
    } catch (const Error&) {
      if (!database.was_busy() || std::chrono::steady_clock::now() >= until) throw;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

void UseJournal(sqlite::Database& database, const StoreOptions& options) {
  const std::string mode = SwitchToJournal(database, options.busy_timeout);
  if (mode != "wal") {
    throw Error(Fault::kInput, ErrorCode::kIo,
                Text("store '", database.path(), "' keeps journal mode '", mode,
                     "': expected a file system that allows a write-ahead log"));
  }
  database.Execute("PRAGMA synchronous = NORMAL");
  database.Execute("PRAGMA secure_delete = FAST");
  const std::int64_t half = sqlite::JournalShare(options.max_bytes) / 2;
  database.Execute(
      Text("PRAGMA wal_autocheckpoint = ", half / database.Integer("PRAGMA page_size")));
  database.String(Text("PRAGMA journal_size_limit = ", half));
}

}  // namespace

Store::Store(std::string path, StoreOptions options, const Clock& clock)
    : path_(std::move(path)), options_(std::move(options)), clock_(clock) {
  CheckBounds(options_);
  Open();
}

void Store::Open() {
  sqlite::MakeStoreFile(path_, options_.create, options_.group);
  const bool shared = sqlite::ShareJournalFiles(path_);
  auto opened =
      std::make_unique<sqlite::Database>(path_, static_cast<int>(options_.busy_timeout.count()));
  if (shared) opened->KeepJournalFiles();
  UseJournal(*opened, options_);
  sqlite::EnsureSchema(*opened, options_.codec->name());
  database_ = std::move(opened);
  file_ = FileIdOf(path_);
  counted_bytes_ = 0;
}

void Store::FollowFile() {
  if (FileIdOf(path_) != file_) Open();
}

// What the last transactions wrote is added up, and before it what closing would write.
Store::~Store() {
  try {
    if (database_->written_bytes() == counted_bytes_) return;
    database_->String("PRAGMA wal_checkpoint(PASSIVE)");
    sqlite::Transaction transaction(*database_);
    CountWrites(0);
    transaction.Commit();
  } catch (const Error&) {
    // A full disk, say; then the count is short of these.
  }
}

std::int64_t Store::CountWrites(std::int64_t records) {
  const std::int64_t written = database_->written_bytes();
  sqlite::AddWear(*database_, clock_.WallMicros(), records, written - counted_bytes_);
  return written;
}

WriteRoom Store::RoomToWrite() {
  const std::lock_guard lock(mutex_);
  return sqlite::RoomLeft(sqlite::ReadWear(*database_, clock_.WallMicros()),
                          {options_.max_records_per_hour, options_.max_written_per_day});
}

void Store::Purge() {
  const std::lock_guard lock(mutex_);
  {
    sqlite::Transaction transaction(*database_);
    for (const char* table :
         {"records", "verdicts", "set_aside", "epochs", "idle_times", "notes"}) {
      database_->Execute(Text("DELETE FROM ", table));
    }
    database_->Execute("UPDATE meta SET value = 0 WHERE key LIKE 'appended_%'");
    transaction.Commit();
  }
  database_->Execute("VACUUM");
  database_->String("PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace vigil
