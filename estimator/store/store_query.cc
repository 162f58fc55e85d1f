#include "engine/base/text.h"
#include "estimator/store/files.h"
#include "estimator/store/payload.h"
#include "estimator/store/schema.h"
#include "estimator/store/sqlite.h"
#include "estimator/store/store.h"
#include "estimator/store/tags.h"
#include "estimator/store/wear.h"

namespace vigil {
namespace {

using sqlite::Database;
using sqlite::Statement;

// Where no sampler counted, every record stands for itself.
constexpr std::string_view kCountColumns =
    "max(seen, kept + dropped + late), kept, judged, dropped + late, expired, set_aside";

EpochCounts RowToCounts(const Statement& row, int first_column) {
  return {.epoch = 0,
          .seen = row.Integer(first_column),
          .kept = row.Integer(first_column + 1),
          .judged = row.Integer(first_column + 2),
          .dropped = row.Integer(first_column + 3),
          .expired = row.Integer(first_column + 4),
          .set_aside = row.Integer(first_column + 5)};
}

void CheckIntegrity(Database& database, std::vector<std::string>& problems) {
  Statement check(database, "PRAGMA integrity_check(20)");
  while (check.Step()) {
    if (const std::string line = check.String(0); line != "ok") problems.push_back(line);
  }
}

void CheckCounts(Database& database, std::vector<std::string>& problems) {
  Statement rows(database,
                 "SELECT epoch, kept, judged, expired, set_aside,"
                 " (SELECT count(*) FROM records WHERE records.epoch = epochs.epoch),"
                 " (SELECT count(*) FROM verdicts WHERE verdicts.epoch = epochs.epoch)"
                 " FROM epochs");
  while (rows.Step()) {
    const std::int64_t epoch = rows.Integer(0), kept = rows.Integer(1), judged = rows.Integer(2);
    const std::int64_t gone = judged + rows.Integer(3) + rows.Integer(4);
    if (kept != gone + rows.Integer(5)) {
      problems.push_back(Text("epoch ", epoch, ": ", kept, " records kept, but ", gone,
                              " judged, expired or set aside and ", rows.Integer(5), " waiting"));
    }
    if (judged != rows.Integer(6)) {
      problems.push_back(
          Text("epoch ", epoch, ": ", judged, " judged, but ", rows.Integer(6), " verdicts"));
    }
  }
  for (const char* table : {"records", "verdicts"}) {
    const std::int64_t orphans = database.Integer(
        Text("SELECT count(*) FROM ", table, " WHERE epoch NOT IN (SELECT epoch FROM epochs)"));
    if (orphans) problems.push_back(Text(orphans, " ", table, " of no epoch"));
  }
  const std::int64_t twice =
      database.Integer("SELECT count(*) FROM records WHERE id IN (SELECT record_id FROM verdicts)");
  if (twice) problems.push_back(Text(twice, " records that have a verdict already"));
}

void CheckPayloads(Database& database, const PayloadCodec& codec,
                   std::vector<std::string>& problems) {
  Statement rows(database, Text("SELECT id, model_hash, key_id, payload FROM records WHERE ",
                                sqlite::OpenableBy(codec), " ORDER BY id"));
  while (rows.Step()) {
    try {
      Record record;
      const PayloadOwner owner{.record_id = rows.Integer(0),
                               .model_hash = static_cast<std::uint64_t>(rows.Integer(1))};
      UnpackBody(OpenPayload(rows.Bytes(3), owner, rows.Integer(2), codec), record);
    } catch (const Error& error) {
      problems.push_back(Text("record ", rows.Integer(0), ": ", error.what()));
    }
  }
}

// As RowToVerdict reads them.
constexpr const char* kSelectVerdicts =
    "SELECT record_id, time_micros, model_hash, estimator_hash, epoch, tags,"
    " p_correct, p_correct_calibrated, p_localization, p_occlusion, p_blur,"
    " p_lighting, p_other, correct, causes, violations, outlier, flip_rate, beyond FROM verdicts";
constexpr const char* kWithin = " WHERE time_micros >= ? AND time_micros < ?";

Verdict RowToVerdict(const Statement& row) {
  Verdict verdict;
  verdict.record_id = row.Integer(0);
  verdict.time_micros = row.Integer(1);
  verdict.model_hash = static_cast<std::uint64_t>(row.Integer(2));
  verdict.estimator_hash = static_cast<std::uint64_t>(row.Integer(3));
  verdict.epoch = row.Integer(4);
  verdict.tags = TagsFromText(row.String(5));
  verdict.p_correct = static_cast<float>(row.Real(6));
  verdict.p_correct_calibrated = static_cast<float>(row.Real(7));
  for (int i = 0; i < kCauseCount; ++i) {
    verdict.p_cause[static_cast<std::size_t>(i)] = static_cast<float>(row.Real(8 + i));
  }
  verdict.correct = row.Integer(13) != 0;
  verdict.causes = CauseSet::FromBits(static_cast<std::uint8_t>(row.Integer(14)));
  verdict.violations = static_cast<std::uint32_t>(row.Integer(15));
  verdict.readings = {row.RealOrNone(16), row.RealOrNone(17), row.RealOrNone(18)};
  return verdict;
}

}  // namespace

std::int64_t Store::Waiting() {
  const std::lock_guard lock(mutex_);
  return database_->Integer(
      Text("SELECT count(*) FROM records WHERE ", sqlite::OpenableBy(*options_.codec)));
}

std::vector<Verdict> Store::Verdicts(std::int64_t from_micros, std::int64_t to_micros,
                                     std::int64_t limit) {
  const std::lock_guard lock(mutex_);
  Statement rows(*database_,
                 Text(kSelectVerdicts, kWithin, " ORDER BY time_micros, record_id LIMIT ?"));
  rows.Bind(1, from_micros).Bind(2, to_micros).Bind(3, limit);
  std::vector<Verdict> verdicts;
  while (rows.Step()) verdicts.push_back(RowToVerdict(rows));
  return verdicts;
}

std::optional<Verdict> Store::NewestVerdict(std::int64_t from_micros, std::int64_t to_micros) {
  const std::lock_guard lock(mutex_);
  Statement row(*database_, Text(kSelectVerdicts, kWithin,
                                 " ORDER BY time_micros DESC, record_id DESC LIMIT 1"));
  row.Bind(1, from_micros).Bind(2, to_micros);
  if (!row.Step()) return std::nullopt;
  return RowToVerdict(row);
}

std::optional<Verdict> Store::FindVerdict(std::int64_t record_id) {
  const std::lock_guard lock(mutex_);
  Statement row(*database_, Text(kSelectVerdicts, " WHERE record_id = ?"));
  row.Bind(1, record_id);
  if (!row.Step()) return std::nullopt;
  return RowToVerdict(row);
}

std::vector<Verdict> Store::VerdictsAfter(std::int64_t record_id, std::int64_t limit) {
  const std::lock_guard lock(mutex_);
  Statement rows(*database_,
                 Text(kSelectVerdicts, " WHERE record_id > ? ORDER BY record_id LIMIT ?"));
  rows.Bind(1, record_id).Bind(2, limit);
  std::vector<Verdict> verdicts;
  while (rows.Step()) verdicts.push_back(RowToVerdict(rows));
  return verdicts;
}

std::vector<EpochCounts> Store::Epochs(std::int64_t from_micros, std::int64_t to_micros) {
  const std::lock_guard lock(mutex_);
  Statement rows(*database_,
                 Text("SELECT epoch, ", kCountColumns,
                      " FROM epochs WHERE last_micros >= ? AND first_micros < ? ORDER BY epoch"));
  rows.Bind(1, from_micros).Bind(2, to_micros);
  std::vector<EpochCounts> epochs;
  while (rows.Step()) {
    epochs.push_back(RowToCounts(rows, 1));
    epochs.back().epoch = rows.Integer(0);
  }
  return epochs;
}

StoreStats Store::Stats() {
  const std::lock_guard lock(mutex_);
  StoreStats stats;
  Statement rows(*database_, Text("SELECT ", kCountColumns, " FROM epochs"));
  while (rows.Step()) {
    ++stats.epochs;
    stats.totals += RowToCounts(rows, 0);
  }
  stats.records = database_->Integer("SELECT count(*) FROM records");
  stats.unopenable = database_->Integer(
      Text("SELECT count(*) FROM records WHERE NOT ", sqlite::OpenableBy(*options_.codec)));
  stats.verdicts = database_->Integer("SELECT count(*) FROM verdicts");
  stats.appended_records =
      database_->Integer("SELECT value FROM meta WHERE key = 'appended_records'");
  stats.appended_bytes = database_->Integer("SELECT value FROM meta WHERE key = 'appended_bytes'");
  if (stats.appended_records > 0) {
    stats.bytes_per_record =
        static_cast<double>(stats.appended_bytes) / static_cast<double>(stats.appended_records);
  }
  stats.file_bytes = sqlite::FileBytes(path_);
  stats.journal_bytes = sqlite::FileBytes(path_ + "-wal");
  const sqlite::Wear wear = sqlite::ReadWear(*database_, clock_.WallMicros());
  stats.records_this_hour = wear.records_of_hour;
  stats.written_today = wear.bytes_of_day + database_->written_bytes() - counted_bytes_;
  return stats;
}

std::vector<std::string> Store::Verify() {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> problems;
  const sqlite::Transaction transaction(*database_, sqlite::Transaction::kRead);
  CheckIntegrity(*database_, problems);
  if (!problems.empty()) return problems;  // counts of a damaged file mean nothing
  CheckCounts(*database_, problems);
  CheckPayloads(*database_, *options_.codec, problems);
  return problems;
}

}  // namespace vigil
