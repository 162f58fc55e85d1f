#include "estimator/store/salvage.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <map>
#include <set>
#include <system_error>

#include "engine/base/text.h"
#include "estimator/store/files.h"
#include "estimator/store/schema.h"
#include "estimator/store/sqlite.h"

namespace vigil {
namespace {

using sqlite::Database;
using sqlite::Statement;

// False where the file is damaged at what is asked for; other errors pass.
template <typename Act>
bool Readable(const Act& act) {
  try {
    act();
    return true;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kMalformed) throw;
    return false;
  }
}

// The first column of all rows from both ends, as far as they can be read.
std::set<std::int64_t> FromBothEnds(Database& database, const std::string& select,
                                    const std::string& order) {
  std::set<std::int64_t> ids;
  for (const char* direction : {"ASC", "DESC"}) {
    Readable([&] {
      std::string by = order;
      for (std::size_t at = 0; (at = by.find(',', at)) != std::string::npos;) {
        by.insert(at, Text(" ", direction));
        at = by.find(',', at) + 1;
      }
      Statement rows(database, Text(select, " ORDER BY ", by, " ", direction));
      while (rows.Step()) ids.insert(rows.Integer(0));
    });
  }
  return ids;
}

// By the rows themselves and by each index, any of which may be cut.
std::set<std::int64_t> KnownIds(Database& database, const std::string& table, const std::string& id,
                                const std::map<std::string, std::string>& order_by_index) {
  std::set<std::int64_t> ids =
      FromBothEnds(database, Text("SELECT ", id, " FROM ", table, " NOT INDEXED"), id);
  for (const auto& [index, order] : order_by_index) {
    ids.merge(
        FromBothEnds(database, Text("SELECT ", id, " FROM ", table, " INDEXED BY ", index), order));
  }
  return ids;
}

// From the damaged file into the new one. Two connections, since one that has met damage commits
// nothing.
class Salvager {
 public:
  // `sealed`: every record is for some key.
  Salvager(Database& damaged, Database& fresh, bool sealed)
      : damaged_(damaged), fresh_(fresh), sealed_(sealed) {}

  // The rows with these ids; returns those that could not be read.
  std::vector<std::int64_t> Copy(const std::string& table, const std::string& id,
                                 const std::set<std::int64_t>& ids) {
    std::vector<std::int64_t> lost;
    for (const std::int64_t one : ids) {
      bool copied = false;
      Readable([&] {
        Statement row(damaged_, Text("SELECT * FROM ", table, " WHERE ", id, " = ?"));
        if (!row.Bind(1, one).Step() || LostItsTail(table, row)) return;
        Insert(table, row);
        copied = true;
      });
      if (!copied) lost.push_back(one);
    }
    return lost;
  }
  // A table whose loss is bearable, as far as it can be read from its start.
  void Copy(const std::string& table) {
    Readable([&] {
      Statement rows(damaged_, Text("SELECT * FROM ", table));
      while (rows.Step()) Insert(table, rows);
    });
  }
  void KeepFaults(std::span<const std::int64_t> lost) {
    Statement keep(fresh_, "INSERT OR IGNORE INTO set_aside VALUES(?1, 0, ?2, ?3, ?4, ?5)");
    keep.Bind(3, FaultName(Fault::kInput)).Bind(4, CodeName(ErrorCode::kMalformed));
    for (const std::int64_t id : lost) {
      std::int64_t epoch = -1;
      Readable([&] {
        Statement find(damaged_,
                       "SELECT epoch FROM records INDEXED BY records_by_order WHERE id = ?");
        if (find.Bind(1, id).Step()) epoch = find.Integer(0);
      });
      const std::string message = Text("record ", id, " went with a damaged part of the file");
      keep.Bind(1, id).Bind(2, epoch).Bind(5, std::string_view{message}).Run();
    }
  }

 private:
  // A row that was cut reads as one of an older version, without the columns that came later: the
  // key among them.
  bool LostItsTail(const std::string& table, const Statement& row) const {
    if (!sealed_ || table != "records") return false;
    for (int column = 0; column < row.columns(); ++column) {
      if (row.ColumnName(column) == "key_id") return row.Integer(column) == 0;
    }
    return true;
  }
  // By name: a damaged file of an older version has fewer columns.
  void Insert(const std::string& table, const Statement& row) {
    std::string names, values;
    for (int column = 0; column < row.columns(); ++column) {
      names += Text(column ? ", " : "", row.ColumnName(column));
      values += column ? ", ?" : "?";
    }
    Statement insert(fresh_,
                     Text("INSERT OR REPLACE INTO ", table, "(", names, ") VALUES(", values, ")"));
    for (int column = 0; column < row.columns(); ++column) insert.Bind(column + 1, row, column);
    insert.Run();
  }

  Database& damaged_;
  Database& fresh_;
  const bool sealed_;
};

// Epochs whose own row is gone get one; then counts follow from what there is.
void MendCounts(Database& database, SalvageReport& report) {
  for (const char* table : {"records", "verdicts"}) {
    database.Execute(
        Text("INSERT OR IGNORE INTO epochs(epoch, first_micros, last_micros)"
             " SELECT epoch, min(time_micros), max(time_micros) FROM ",
             table, " GROUP BY epoch"));
  }
  const std::string waiting = "(SELECT count(*) FROM records r WHERE r.epoch = epochs.epoch)";
  const std::string verdicts = "(SELECT count(*) FROM verdicts v WHERE v.epoch = epochs.epoch)";
  report.lost_verdicts = database.Integer(
      Text("SELECT ifnull(sum(judged - ", verdicts, "), 0) FROM epochs WHERE kept > 0"));
  database.Execute(Text("UPDATE epochs SET judged = ", verdicts, ", closed = 1"));
  // Of an epoch without counts all that is known is what is left.
  database.Execute(
      Text("UPDATE epochs SET kept = max(kept, judged + expired + set_aside + ", waiting, ")"));
  const std::string lost = Text("kept - judged - expired - set_aside - ", waiting);
  const std::int64_t in_all =
      database.Integer(Text("SELECT ifnull(sum(", lost, "), 0) FROM epochs"));
  report.lost_without_id =
      std::max<std::int64_t>(in_all - report.lost_verdicts - std::ssize(report.lost_records), 0);
  database.Execute(Text("UPDATE epochs SET set_aside = set_aside + ", lost));
}

void CopyAll(Database& damaged, Database& fresh, SalvageReport& report) {
  sqlite::Transaction transaction(fresh);
  Salvager(damaged, fresh, false).Copy("meta");
  const bool sealed = fresh.String("SELECT value FROM meta WHERE key = 'codec'") != "plain";
  Salvager salvager(damaged, fresh, sealed);
  for (const char* table : {"set_aside", "idle_times", "notes", "incidents", "writes"})
    salvager.Copy(table);
  salvager.Copy("epochs", "epoch", KnownIds(damaged, "epochs", "epoch", {}));
  const std::set<std::int64_t> records =
      KnownIds(damaged, "records", "id",
               {{"records_by_time", "time_micros"}, {"records_by_order", "epoch, shuffle"}});
  report.lost_records = salvager.Copy("records", "id", records);
  report.records = std::ssize(records) - std::ssize(report.lost_records);
  const std::set<std::int64_t> verdicts =
      KnownIds(damaged, "verdicts", "record_id",
               {{"verdicts_by_time", "time_micros"}, {"verdicts_by_epoch", "epoch"}});
  report.verdicts =
      std::ssize(verdicts) - std::ssize(salvager.Copy("verdicts", "record_id", verdicts));
  // No id is given twice.
  Readable([&] {
    const std::int64_t last =
        damaged.Integer("SELECT seq FROM sqlite_sequence WHERE name = 'records'");
    fresh.Execute("DELETE FROM sqlite_sequence WHERE name = 'records'");
    Statement(fresh, "INSERT INTO sqlite_sequence VALUES('records', ?)")
        .Bind(1, std::max(last, records.empty() ? 0 : *records.rbegin()))
        .Run();
  });
  salvager.KeepFaults(report.lost_records);
  MendCounts(fresh, report);
  transaction.Commit();
}

void Rename(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0 && errno != ENOENT) {
    throw Error(Fault::kInput, ErrorCode::kIo,
                Text("store '", from, "', renaming to '", to, "': ",
                     std::generic_category().message(errno), ": expected a folder to write to"));
  }
}

}  // namespace

SalvageReport SalvageStore(const std::string& path, const StoreOptions& options) {
  namespace fs = std::filesystem;
  SalvageReport report{.damaged = path + ".damaged"};
  if (fs::exists(report.damaged)) {
    throw Error(Fault::kApi, ErrorCode::kMisuse,
                Text("store '", path, "': '", report.damaged,
                     "' is there from an earlier time: expected it to be moved or deleted"));
  }
  sqlite::MakeStoreFile(path, /*create=*/false, options.group);
  const std::string fresh = path + ".salvaged";
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) fs::remove(fresh + suffix);
  sqlite::MakeStoreFile(fresh, /*create=*/true, options.group);
  const int busy_ms = static_cast<int>(options.busy_timeout.count());
  {
    Database damaged(path, busy_ms), made(fresh, busy_ms);
    // SQLite reads no file that is shorter than it says, but for whom may repair it.
    damaged.Execute("PRAGMA writable_schema = ON");
    if (damaged.Integer("SELECT count(*) FROM sqlite_master") == 0) {
      throw Error(Fault::kInput, ErrorCode::kMalformed,
                  Text("store '", path, "' is empty: expected a damaged record store"));
    }
    sqlite::EnsureSchema(made, options.codec->name());
    CopyAll(damaged, made, report);
  }
  sqlite::CopyAccess(path, fresh);
  fs::create_hard_link(path, report.damaged);
  for (const char* suffix : {"-wal", "-shm"}) Rename(path + suffix, report.damaged + suffix);
  Rename(fresh, path);
  return report;
}

}  // namespace vigil
