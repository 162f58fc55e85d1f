#include "estimator/store/sqlite.h"
#include "estimator/store/store.h"

namespace vigil {

using sqlite::Statement;

constexpr std::size_t kMaxMessageBytes = 500;

void Store::AddIdleTimes(std::span<const IdleTime> times) {
  const std::lock_guard lock(mutex_);
  sqlite::Transaction transaction(*database_);
  Statement add(*database_,
                "INSERT INTO idle_times VALUES(?, ?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET seconds = seconds + excluded.seconds,"
                " records = records + excluded.records");
  for (const IdleTime& time : times) {
    add.Bind(1, time.hour_micros).Bind(2, std::string_view{time.doing});
    add.Bind(3, std::string_view{time.why}).Bind(4, time.seconds).Bind(5, time.records).Run();
  }
  Statement(*database_,
            "DELETE FROM idle_times WHERE hour_micros <= (SELECT hour_micros FROM idle_times"
            " ORDER BY hour_micros DESC LIMIT 1 OFFSET ?)")
      .Bind(1, kMaxIdleRows)
      .Run();
  transaction.Commit();
}

std::vector<IdleTime> Store::IdleTimes(std::int64_t from_micros, std::int64_t to_micros) {
  const std::lock_guard lock(mutex_);
  Statement rows(*database_,
                 "SELECT hour_micros, doing, why, seconds, records FROM idle_times"
                 " WHERE hour_micros >= ? AND hour_micros < ? ORDER BY hour_micros, doing, why");
  rows.Bind(1, from_micros).Bind(2, to_micros);
  std::vector<IdleTime> times;
  while (rows.Step()) {
    times.push_back(
        {rows.Integer(0), rows.String(1), rows.String(2), rows.Real(3), rows.Integer(4)});
  }
  return times;
}

std::vector<SetAsideFault> Store::SetAsideFaults() {
  const std::lock_guard lock(mutex_);
  // The bare column comes from the row of the maximum (SQLite, "Bare columns in an aggregate").
  Statement rows(*database_,
                 "SELECT fault, code, message, count(*), max(record_id) FROM set_aside"
                 " GROUP BY fault, code ORDER BY count(*) DESC, fault, code");
  std::vector<SetAsideFault> faults;
  while (rows.Step())
    faults.push_back({rows.String(0), rows.String(1), rows.String(2), rows.Integer(3)});
  return faults;
}

void Store::CountIncidents(std::span<const Incident> incidents) {
  const std::lock_guard lock(mutex_);
  sqlite::Transaction transaction(*database_);
  Statement add(*database_,
                "INSERT INTO incidents VALUES(?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET count = count + excluded.count, message ="
                " iif(excluded.last_micros >= last_micros, excluded.message, message),"
                " first_micros = min(first_micros, excluded.first_micros),"
                " last_micros = max(last_micros, excluded.last_micros)");
  for (const Incident& incident : incidents) {
    add.Bind(1, std::string_view{incident.fault}).Bind(2, std::string_view{incident.code});
    add.Bind(3, std::string_view{incident.place});
    add.Bind(4, std::string_view{incident.message}.substr(0, kMaxMessageBytes));
    add.Bind(5, incident.first_micros).Bind(6, incident.last_micros);
    add.Bind(7, incident.count).Run();
  }
  Statement(*database_,
            "DELETE FROM incidents WHERE (fault, code, place) IN (SELECT fault, code, place"
            " FROM incidents ORDER BY last_micros DESC, fault, code, place LIMIT -1 OFFSET ?)")
      .Bind(1, kMaxIncidentRows)
      .Run();
  transaction.Commit();
}

std::vector<Incident> Store::Incidents() {
  const std::lock_guard lock(mutex_);
  Statement rows(*database_,
                 "SELECT fault, code, place, message, first_micros, last_micros, count"
                 " FROM incidents ORDER BY last_micros DESC, fault, code, place");
  std::vector<Incident> incidents;
  while (rows.Step()) {
    incidents.push_back({rows.String(0), rows.String(1), rows.String(2), rows.String(3),
                         rows.Integer(4), rows.Integer(5), rows.Integer(6)});
  }
  return incidents;
}

void Store::PutNote(std::string_view name, std::string_view text) {
  const std::lock_guard lock(mutex_);
  sqlite::PutNote(*database_, name, text);
}

std::string Store::Note(std::string_view name) {
  const std::lock_guard lock(mutex_);
  Statement row(*database_, "SELECT text FROM notes WHERE name = ?");
  row.Bind(1, name);
  return row.Step() ? row.String(0) : std::string();
}

}  // namespace vigil
