#include "estimator/store/store.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "engine/base/text.h"
#include "estimator/store/schema.h"
#include "estimator/store/sqlite.h"

namespace vigil {
namespace {

constexpr std::int64_t kMinBytes = 256 << 10;

// SQLite would make it readable by all; the journal files take over what this one has.
void MakeFile(const std::string& path, bool create) {
  const int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | (create ? O_CREAT : 0);
  const int file = open(path.c_str(), flags, 0600);
  if (file >= 0) {
    close(file);
    return;
  }
  if (errno == ENOENT && !create) {
    throw Error(Fault::kInput, ErrorCode::kNotFound,
                Text("store '", path, "' does not exist: expected a record store"));
  }
  throw Error(Fault::kInput, ErrorCode::kIo,
              Text("store '", path, "', opening: ", std::strerror(errno),
                   ": expected a file that this user may read and write"));
}

void CheckBounds(const StoreOptions& options) {
  if (options.max_bytes < kMinBytes || options.max_records < 1 || options.max_verdicts < 1 ||
      options.max_age.count() < 1 || !options.codec) {
    throw Error(Fault::kApi, ErrorCode::kInvalidValue,
                Text("store bounds of ", options.max_bytes, " bytes, ", options.max_records,
                     " records, ", options.max_verdicts, " verdicts, ", options.max_age.count(),
                     " s: expected at least ", kMinBytes, " bytes, 1, 1, 1 s"));
  }
}

void UseJournal(sqlite::Database& database) {
  if (database.String("PRAGMA journal_mode") != "wal") {
    const std::string mode = database.String("PRAGMA journal_mode = WAL");
    if (mode != "wal") {
      throw Error(Fault::kInput, ErrorCode::kIo,
                  Text("store '", database.path(), "' keeps journal mode '", mode,
                       "': expected a file system that allows a write-ahead log"));
    }
  }
  database.Execute("PRAGMA synchronous = NORMAL");
  database.Execute("PRAGMA secure_delete = FAST");
  database.Execute("PRAGMA wal_autocheckpoint = 1000");
  database.String("PRAGMA journal_size_limit = 4194304");
}

}  // namespace

Store::Store(std::string path, StoreOptions options, const Clock& clock)
    : path_(std::move(path)), options_(std::move(options)), clock_(clock) {
  CheckBounds(options_);
  MakeFile(path_, options_.create);
  database_ =
      std::make_unique<sqlite::Database>(path_, static_cast<int>(options_.busy_timeout.count()));
  UseJournal(*database_);
  sqlite::EnsureSchema(*database_, options_.codec->name());
}

Store::~Store() = default;

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
