#include "estimator/store/schema.h"

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil::sqlite {
namespace {

constexpr const char* kTables = R"(
CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE epochs(
  epoch INTEGER PRIMARY KEY,
  first_micros INTEGER NOT NULL,
  last_micros INTEGER NOT NULL,
  seen INTEGER NOT NULL DEFAULT 0,
  kept INTEGER NOT NULL DEFAULT 0,
  judged INTEGER NOT NULL DEFAULT 0,
  dropped INTEGER NOT NULL DEFAULT 0,
  late INTEGER NOT NULL DEFAULT 0,
  expired INTEGER NOT NULL DEFAULT 0,
  set_aside INTEGER NOT NULL DEFAULT 0,
  closed INTEGER NOT NULL DEFAULT 0);
CREATE TABLE records(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  time_micros INTEGER NOT NULL,
  model_hash INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  place INTEGER,
  shuffle INTEGER NOT NULL,
  failures INTEGER NOT NULL DEFAULT 0,
  tags TEXT NOT NULL,
  payload BLOB NOT NULL,
  key_id INTEGER NOT NULL DEFAULT 0);
CREATE UNIQUE INDEX records_by_place ON records(epoch, place) WHERE place IS NOT NULL;
CREATE INDEX records_by_order ON records(epoch, shuffle);
CREATE INDEX records_by_time ON records(time_micros);
CREATE TABLE verdicts(
  record_id INTEGER PRIMARY KEY,
  time_micros INTEGER NOT NULL,
  model_hash INTEGER NOT NULL,
  estimator_hash INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  tags TEXT NOT NULL,
  p_correct REAL NOT NULL,
  p_correct_calibrated REAL NOT NULL,
  p_localization REAL NOT NULL,
  p_occlusion REAL NOT NULL,
  p_blur REAL NOT NULL,
  p_lighting REAL NOT NULL,
  p_other REAL NOT NULL,
  correct INTEGER NOT NULL,
  causes INTEGER NOT NULL);
CREATE INDEX verdicts_by_time ON verdicts(time_micros);
CREATE INDEX verdicts_by_epoch ON verdicts(epoch);
CREATE TABLE set_aside(
  record_id INTEGER PRIMARY KEY,
  time_micros INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  fault TEXT NOT NULL,
  code TEXT NOT NULL,
  message TEXT NOT NULL);
INSERT INTO meta VALUES('appended_records', 0), ('appended_bytes', 0);
)";

constexpr const char* kTablesOf3 = R"(
CREATE INDEX records_by_key ON records(key_id);
CREATE TABLE idle_times(
  hour_micros INTEGER NOT NULL,
  doing TEXT NOT NULL,
  why TEXT NOT NULL,
  seconds REAL NOT NULL,
  records INTEGER NOT NULL,
  PRIMARY KEY(hour_micros, doing, why)) WITHOUT ROWID;
CREATE TABLE notes(name TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE writes(
  start_micros INTEGER PRIMARY KEY,
  records INTEGER NOT NULL,
  bytes INTEGER NOT NULL);
)";

constexpr const char* kTablesOf4 = R"(
ALTER TABLE records ADD COLUMN violations INTEGER NOT NULL DEFAULT 0;
ALTER TABLE verdicts ADD COLUMN violations INTEGER NOT NULL DEFAULT 0;
ALTER TABLE verdicts ADD COLUMN outlier REAL;
ALTER TABLE verdicts ADD COLUMN flip_rate REAL;
ALTER TABLE verdicts ADD COLUMN beyond REAL;
CREATE TABLE incidents(
  fault TEXT NOT NULL,
  code TEXT NOT NULL,
  place TEXT NOT NULL,
  message TEXT NOT NULL,
  first_micros INTEGER NOT NULL,
  last_micros INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY(fault, code, place)) WITHOUT ROWID;
)";

void Make(Database& database, std::string_view codec_name) {
  if (database.Integer("SELECT count(*) FROM sqlite_master") != 0 ||
      database.Integer("PRAGMA application_id") != 0) {
    throw Error(Fault::kInput, ErrorCode::kMalformed,
                Text("store '", database.path(),
                     "' is a database of another program: expected a record store"));
  }
  database.Execute(kTables);
  database.Execute(kTablesOf3);
  database.Execute(kTablesOf4);
  Statement insert(database, "INSERT INTO meta VALUES('codec', ?)");
  insert.Bind(1, codec_name).Run();
  database.Execute(Text("PRAGMA application_id = ", kApplicationId));
  database.Execute(Text("PRAGMA user_version = ", kSchemaVersion));
}

// Brings the tables from `version` to kSchemaVersion. A process of the older version that still has
// the file open goes on to work: what is added has a default.
void Migrate(Database& database, std::int64_t version) {
  if (version < 2) {
    database.Execute("ALTER TABLE records ADD COLUMN key_id INTEGER NOT NULL DEFAULT 0");
  }
  if (version < 3) database.Execute(kTablesOf3);
  if (version < 4) database.Execute(kTablesOf4);
  database.Execute(Text("PRAGMA user_version = ", kSchemaVersion));
}

void Check(Database& database, std::int64_t version, std::string_view codec_name) {
  if (database.Integer("PRAGMA application_id") != kApplicationId) {
    throw Error(Fault::kInput, ErrorCode::kMalformed,
                Text("store '", database.path(),
                     "' is a database of another program: expected a record store"));
  }
  if (version > kSchemaVersion) {
    throw Error(Fault::kInput, ErrorCode::kUnsupported,
                Text("store '", database.path(), "' has version ", version, ": expected at most ",
                     kSchemaVersion));
  }
  const std::string made_with = database.String("SELECT value FROM meta WHERE key = 'codec'");
  if (!codec_name.empty() && made_with != codec_name) {
    throw Error(Fault::kApi, ErrorCode::kMisuse,
                Text("store '", database.path(), "' was made with codec '", made_with,
                     "': expected '", codec_name, "'"));
  }
}

}  // namespace

void EnsureSchema(Database& database, std::string_view codec_name) {
  const auto version = [&] { return database.Integer("PRAGMA user_version"); };
  if (version() == 0) {
    Transaction transaction(database);
    if (version() == 0) {  // another process may have been faster
      Make(database, codec_name);
      transaction.Commit();
      return;
    }
  }
  Check(database, version(), codec_name);
  if (version() < kSchemaVersion) {
    Transaction transaction(database);
    Migrate(database, version());
    transaction.Commit();
  }
}

std::string OpenableBy(const PayloadCodec& codec) {
  std::string keys;
  for (const KeyId key : codec.open_keys()) keys += Text(keys.empty() ? "" : ", ", key);
  return "key_id IN (" + keys + ")";
}

}  // namespace vigil::sqlite
