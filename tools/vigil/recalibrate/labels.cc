#include "tools/vigil/recalibrate/labels.h"

#include <algorithm>
#include <map>
#include <set>

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/base/text.h"
#include "estimator/data/csv_table.h"

namespace vigil {
namespace {

[[noreturn]] void Refuse(const std::filesystem::path& path, int line, ErrorCode code,
                         const std::string& message) {
  throw Error(Fault::kInput, code, Text("labels '", path.string(), "' line ", line, ": ", message));
}

struct Columns {
  int key = -1, outcome = -1, label = -1, answer = -1;
  bool by_time = false;
};

Columns FindColumns(const std::filesystem::path& path, const CsvTable& table) {
  Columns columns{.key = table.Find({"record"}),
                  .outcome = table.Find({"outcome"}),
                  .label = table.Find({"label"}),
                  .answer = table.Find({"answer"})};
  if (columns.key < 0) {
    columns.key = table.Find({"time"});
    columns.by_time = true;
  }
  if (columns.key < 0)
    Refuse(path, 1, ErrorCode::kMalformed, "no column record or time in the header");
  if (columns.outcome < 0 && (columns.label < 0 || columns.answer < 0)) {
    Refuse(path, 1, ErrorCode::kMalformed,
           "no column outcome in the header, nor both of label and answer");
  }
  return columns;
}

bool ReadOutcome(const std::filesystem::path& path, const CsvTable::Row& row,
                 const Columns& columns) {
  const auto field = [&](int column) { return row.fields[static_cast<std::size_t>(column)]; };
  if (columns.outcome < 0) return field(columns.label) == field(columns.answer);
  const std::string outcome = field(columns.outcome);
  if (outcome != "right" && outcome != "wrong") {
    Refuse(path, row.number, ErrorCode::kMalformed,
           Text("outcome '", outcome, "', expected right or wrong"));
  }
  return outcome == "right";
}

}  // namespace

std::vector<RecordLabel> ReadLabels(const std::filesystem::path& path) {
  const CsvTable table = ReadCsvTable(path);
  const Columns columns = FindColumns(path, table);
  std::vector<RecordLabel> labels;
  std::map<std::int64_t, int> lines;  // by key
  for (const CsvTable::Row& row : table.rows) {
    if (row.fields.size() < table.header.size()) {
      Refuse(path, row.number, ErrorCode::kMalformed,
             Text(row.fields.size(), " fields, expected ", table.header.size()));
    }
    const std::string& text = row.fields[static_cast<std::size_t>(columns.key)];
    const auto key = ParseNumber<std::int64_t>(text);
    if (!key) {
      Refuse(path, row.number, ErrorCode::kMalformed,
             Text(columns.by_time ? "time '" : "record '", text, "', expected a whole number",
                  columns.by_time ? " of microseconds" : ""));
    }
    const auto [found, is_new] = lines.emplace(*key, row.number);
    if (!is_new) {
      Refuse(path, row.number, ErrorCode::kInvalidValue,
             Text(columns.by_time ? "time " : "record ", *key, " stands on line ", found->second,
                  " already"));
    }
    labels.push_back({row.number, columns.by_time, *key, ReadOutcome(path, row, columns)});
  }
  return labels;
}

std::vector<LabelledVerdict> JoinLabels(const std::filesystem::path& path,
                                        std::span<const RecordLabel> labels,
                                        std::span<const Verdict> verdicts,
                                        std::uint64_t estimator_hash, double block_seconds) {
  std::multimap<std::int64_t, const Verdict*> by_key;
  const bool by_time = !labels.empty() && labels.front().by_time;
  for (const Verdict& verdict : verdicts)
    by_key.emplace(by_time ? verdict.time_micros : verdict.record_id, &verdict);
  const Verdict* first = nullptr;
  std::vector<LabelledVerdict> joined;
  for (const RecordLabel& label : labels) {
    const std::string what = Text(by_time ? "time " : "record ", label.key);
    const auto [found, end] = by_key.equal_range(label.key);
    if (found == end) {
      Refuse(path, label.line, ErrorCode::kNotFound,
             Text(what, " has no verdict in the store: not judged yet, expired, or never kept"));
    }
    if (std::next(found) != end) {
      Refuse(path, label.line, ErrorCode::kInvalidValue,
             Text(what, " is that of ", std::distance(found, end),
                  " verdicts, expected the record's id"));
    }
    const Verdict& verdict = *found->second;
    if (verdict.estimator_hash != estimator_hash) {
      Refuse(path, label.line, ErrorCode::kInvalidValue,
             Text(what, " was judged by estimator ", HashToHex(verdict.estimator_hash),
                  ", expected ", HashToHex(estimator_hash)));
    }
    if (first == nullptr) first = &verdict;
    if (verdict.model_hash != first->model_hash) {
      Refuse(path, label.line, ErrorCode::kInvalidValue,
             Text(what, " is of target ", HashToHex(verdict.model_hash), ", that of line ",
                  labels.front().line, " is of ", HashToHex(first->model_hash)));
    }
    joined.push_back({.p_correct = verdict.p_correct,
                      .p_cause = verdict.p_cause,
                      .block = static_cast<std::int64_t>(static_cast<double>(verdict.time_micros) /
                                                         (block_seconds * 1e6)),
                      .correct = label.correct});
  }
  return joined;
}

}  // namespace vigil
