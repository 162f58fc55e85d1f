#include "estimator/store/sqlite.h"

#include <sqlite3.h>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil::sqlite {

Database::Database(const std::string& path, int busy_timeout_ms)
    : path_(path), busy_timeout_ms_(busy_timeout_ms) {
  const int result = sqlite3_open_v2(path.c_str(), &handle_,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, counter_.vfs());
  if (result != SQLITE_OK) {
    try {
      Fail(result, "opening");
    } catch (...) {
      sqlite3_close(handle_);  // given even where opening failed
      throw;
    }
  }
  sqlite3_extended_result_codes(handle_, 1);
  sqlite3_busy_timeout(handle_, busy_timeout_ms);
}

Database::~Database() { sqlite3_close(handle_); }

void Database::Fail(int result, std::string_view doing) const {
  const auto error = [&](ErrorCode code, std::string_view expected) {
    return Error(
        Fault::kInput, code,
        Text("store '", path_, "', ", doing, ": ",
             handle_ ? sqlite3_errmsg(handle_) : sqlite3_errstr(result), ": expected ", expected));
  };
  // The journal's index finds no space in its own words.
  const bool full = handle_ && sqlite3_extended_errcode(handle_) == SQLITE_IOERR_SHMSIZE;
  switch (full ? SQLITE_FULL : result & 0xff) {
    case SQLITE_FULL:
      throw error(ErrorCode::kIo, "free space on its disk; nothing stored was lost");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw error(ErrorCode::kIo,
                  Text("no other process to hold it for ", busy_timeout_ms_, " ms"));
    case SQLITE_NOTADB:
      throw error(ErrorCode::kMalformed, "a record store");
    case SQLITE_CORRUPT:
      throw error(ErrorCode::kMalformed,
                  "a whole record store (`vigil store verify --salvage` sets a damaged one aside)");
    case SQLITE_NOMEM:
      throw error(ErrorCode::kOutOfMemory, "free memory");
    case SQLITE_TOOBIG:
      throw error(ErrorCode::kInvalidValue, "less than 1 GB in one field");
    default:
      throw error(ErrorCode::kIo, "a file that this user may read and write");
  }
}

Statement Database::Prepare(std::string_view sql) { return Statement(*this, sql); }

void Database::Execute(const std::string& sql) {
  const int result = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) Fail(result, Text("'", sql.substr(0, sql.find('\n')), "'"));
}

std::int64_t Database::Integer(std::string_view sql) {
  Statement statement(*this, sql);
  return statement.Step() ? statement.Integer(0) : 0;
}

std::string Database::String(std::string_view sql) {
  Statement statement(*this, sql);
  return statement.Step() ? statement.String(0) : std::string();
}

void Database::TryEmptyJournal() {
  sqlite3_busy_timeout(handle_, 0);
  sqlite3_wal_checkpoint_v2(handle_, "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  sqlite3_busy_timeout(handle_, busy_timeout_ms_);
}

void Database::KeepJournalFiles() {
  int keep = 1;
  const int result = sqlite3_file_control(handle_, "main", SQLITE_FCNTL_PERSIST_WAL, &keep);
  if (result != SQLITE_OK) Fail(result, "keeping its journal files");
}

bool Database::was_busy() const {
  return (sqlite3_extended_errcode(handle_) & 0xff) == SQLITE_BUSY;
}

std::int64_t Database::last_id() const { return sqlite3_last_insert_rowid(handle_); }
std::int64_t Database::changes() const { return sqlite3_changes64(handle_); }

Statement::Statement(Database& database, std::string_view sql) : database_(database) {
  const int result = sqlite3_prepare_v2(database.handle_, sql.data(), static_cast<int>(sql.size()),
                                        &handle_, nullptr);
  if (result != SQLITE_OK) database.Fail(result, Text("preparing '", sql, "'"));
}

Statement::~Statement() { sqlite3_finalize(handle_); }

Statement& Statement::Bind(int parameter, std::int64_t value) {
  VIGIL_CHECK(sqlite3_bind_int64(handle_, parameter, value) == SQLITE_OK);
  return *this;
}

Statement& Statement::Bind(int parameter, double value) {
  VIGIL_CHECK(sqlite3_bind_double(handle_, parameter, value) == SQLITE_OK);
  return *this;
}

Statement& Statement::Bind(int parameter, std::string_view text) {
  const int result = sqlite3_bind_text64(handle_, parameter, text.data(), text.size(),
                                         SQLITE_TRANSIENT, SQLITE_UTF8);
  if (result != SQLITE_OK) database_.Fail(result, "binding a text");
  return *this;
}

Statement& Statement::Bind(int parameter, std::span<const std::byte> bytes) {
  const int result =
      sqlite3_bind_blob64(handle_, parameter, bytes.data(), bytes.size(), SQLITE_TRANSIENT);
  if (result != SQLITE_OK) database_.Fail(result, "binding a payload");
  return *this;
}

Statement& Statement::BindNull(int parameter) {
  VIGIL_CHECK(sqlite3_bind_null(handle_, parameter) == SQLITE_OK);
  return *this;
}

Statement& Statement::Bind(int parameter, std::optional<float> value) {
  return value ? Bind(parameter, double{*value}) : BindNull(parameter);
}

Statement& Statement::Bind(int parameter, const Statement& row, int column) {
  const int result =
      sqlite3_bind_value(handle_, parameter, sqlite3_column_value(row.handle_, column));
  if (result != SQLITE_OK) database_.Fail(result, "binding a value");
  return *this;
}

bool Statement::Step() {
  const int result = sqlite3_step(handle_);
  if (result == SQLITE_ROW) return true;
  if (result != SQLITE_DONE) database_.Fail(result, Text("'", sqlite3_sql(handle_), "'"));
  return false;
}

void Statement::Run() {
  while (Step()) {
  }
  Reset();
}

void Statement::Reset() { sqlite3_reset(handle_); }

int Statement::columns() const { return sqlite3_column_count(handle_); }
std::int64_t Statement::Integer(int column) const { return sqlite3_column_int64(handle_, column); }
double Statement::Real(int column) const { return sqlite3_column_double(handle_, column); }

std::optional<float> Statement::RealOrNone(int column) const {
  if (sqlite3_column_type(handle_, column) == SQLITE_NULL) return std::nullopt;
  return static_cast<float>(Real(column));
}

std::string_view Statement::ColumnName(int column) const {
  return sqlite3_column_name(handle_, column);
}

std::string Statement::String(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
  return {text ? text : "", static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

std::vector<std::byte> Statement::Bytes(int column) const {
  const auto* bytes = static_cast<const std::byte*>(sqlite3_column_blob(handle_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
  return bytes ? std::vector<std::byte>(bytes, bytes + size) : std::vector<std::byte>();
}

Transaction::Transaction(Database& database, Kind kind) : database_(database) {
  database.Execute(kind == kRead ? "BEGIN" : "BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  // SQLite may have rolled back by itself (a full disk); then this is refused, and rightly so.
  if (open_) sqlite3_exec(database_.handle_, "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::Commit() {
  database_.Execute("COMMIT");
  open_ = false;
}

void PutNote(Database& database, std::string_view name, std::string_view text) {
  Statement(database,
            "INSERT INTO notes VALUES(?, ?) ON CONFLICT DO UPDATE SET text = excluded.text")
      .Bind(1, name)
      .Bind(2, text)
      .Run();
}

}  // namespace vigil::sqlite
