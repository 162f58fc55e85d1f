// The little of SQLite that the store needs, with owners for its handles. Private to this room.
#ifndef VIGIL_ESTIMATOR_STORE_SQLITE_H_
#define VIGIL_ESTIMATOR_STORE_SQLITE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "estimator/store/write_counter.h"

struct sqlite3;
struct sqlite3_stmt;

namespace vigil::sqlite {

class Statement;

// One connection. Not thread-safe, and not to be carried across a fork. Every method throws Error
// that names the file, what was being done and what was expected: (Input, kIo) for a full disk, a
// file that may not be written, one that others hold beyond the busy timeout; (Input, kMalformed)
// for a damaged one or none of SQLite's.
class Database {
 public:
  // Opens a file that exists.
  Database(const std::string& path, int busy_timeout_ms);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  Statement Prepare(std::string_view sql);
  void Execute(const std::string& sql);        // one or more statements without results
  std::int64_t Integer(std::string_view sql);  // the first column of the first row
  std::string String(std::string_view sql);

  bool was_busy() const;  // whether the last call failed for what another connection holds
  std::int64_t last_id() const;
  std::int64_t changes() const;  // rows that the last INSERT, UPDATE or DELETE touched
  const std::string& path() const { return path_; }
  std::int64_t written_bytes() const { return counter_.bytes(); }  // by this connection so far

  // Copies the journal into the file and empties it, where nobody is in the way; errors show in
  // what is written next.
  void TryEmptyJournal();
  // Leaves the journal's files where they are when the last connection closes.
  void KeepJournalFiles();

  [[noreturn]] void Fail(int result, std::string_view doing) const;

 private:
  friend class Statement;
  friend class Transaction;
  WriteCounter counter_;  // first: files are closed before it goes
  sqlite3* handle_ = nullptr;
  std::string path_;
  int busy_timeout_ms_;
};

// A prepared statement of a Database that outlives it. Parameters count from 1, columns from 0.
class Statement {
 public:
  Statement(Database& database, std::string_view sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& Bind(int parameter, std::int64_t value);
  Statement& Bind(int parameter, double value);
  Statement& Bind(int parameter, std::string_view text);             // copied
  Statement& Bind(int parameter, std::span<const std::byte> bytes);  // copied
  Statement& BindNull(int parameter);
  Statement& Bind(int parameter, std::optional<float> value);        // NULL where there is none
  Statement& Bind(int parameter, const Statement& row, int column);  // of any type, copied

  bool Step();  // true: a row is there
  void Run();   // steps to the end and makes ready for new parameters
  void Reset();

  int columns() const;
  std::string_view ColumnName(int column) const;
  std::int64_t Integer(int column) const;
  double Real(int column) const;
  std::optional<float> RealOrNone(int column) const;  // none for NULL
  std::string String(int column) const;
  std::vector<std::byte> Bytes(int column) const;

 private:
  Database& database_;
  sqlite3_stmt* handle_ = nullptr;
};

// Takes the write lock at once, so that no statement within can find another writer. Rolls back
// unless committed. Or for reading: one state of the file for all statements within, while others
// write on.
class Transaction {
 public:
  enum Kind { kWrite, kRead };
  explicit Transaction(Database& database, Kind kind = kWrite);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void Commit();

 private:
  Database& database_;
  bool open_ = true;
};

// One of the notes, made or replaced.
void PutNote(Database& database, std::string_view name, std::string_view text);

}  // namespace vigil::sqlite

#endif  // VIGIL_ESTIMATOR_STORE_SQLITE_H_
