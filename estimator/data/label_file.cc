#include "estimator/data/label_file.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "estimator/data/csv_table.h"

namespace vigil {
namespace {

// Where the columns are; -1 for an optional one that is absent.
struct Columns {
  int file = -1, label = -1, pitch = -1, yaw = -1, roll = -1, group = -1;
  std::size_t count = 0;
};

Columns FindColumns(const CsvTable& table, const Task& task, const std::string& path) {
  Columns columns{.file = table.Find({"file"}),
                  .label = table.Find({"label"}),
                  .pitch = table.Find({"pitch", "pitch_deg"}),
                  .yaw = table.Find({"yaw", "yaw_deg"}),
                  .roll = table.Find({"roll", "roll_deg"}),
                  .group = table.Find({"group", "person"}),
                  .count = table.header.size()};
  const bool pose = task.kind == Task::Kind::kDirectness;
  const auto need = [&](int column, const char* name) {
    if (column >= 0) return;
    throw Error(Fault::kInput, ErrorCode::kMalformed,
                Text("labels '", path, "': no column '", name, "' in the header, task ", task.name,
                     " expects ", pose ? "file, pitch, yaw" : "file, label"));
  };
  need(columns.file, "file");
  if (pose) {
    need(columns.pitch, "pitch");
    need(columns.yaw, "yaw");
  } else {
    need(columns.label, "label");
  }
  return columns;
}

std::string ReadClass(const Task& task, const std::string& text, int& label) {
  const auto named = std::ranges::find(task.labels, text);
  const int classes = static_cast<int>(task.labels.size());
  const std::optional<int> number = named != task.labels.end()
                                        ? static_cast<int>(named - task.labels.begin())
                                        : ParseNumber<int>(text);
  if (!number || *number < 0 || *number >= classes)
    return Text("label '", text, "', expected 0 to ", classes - 1, " or a class of task ",
                task.name);
  label = *number;
  return {};
}

std::string ReadTruth(const Task& task, const Columns& columns,
                      const std::vector<std::string>& fields, Truth& truth) {
  const auto field = [&](int column) { return fields[static_cast<std::size_t>(column)]; };
  if (task.kind == Task::Kind::kClassification)
    return ReadClass(task, field(columns.label), truth.label);
  std::string problem = ReadAngle("pitch", field(columns.pitch), 180.0f, truth.pitch);
  if (problem.empty()) problem = ReadAngle("yaw", field(columns.yaw), 180.0f, truth.yaw);
  if (problem.empty() && columns.roll >= 0)
    problem = ReadAngle("roll", field(columns.roll), 180.0f, truth.roll);
  return problem;
}

}  // namespace

std::string ReadAngle(const std::string& name, const std::string& text, float largest,
                      float& angle) {
  const std::optional<float> value = ParseNumber<float>(text);
  if (!value || !std::isfinite(*value) || std::abs(*value) > largest)
    return Text(name, " '", text, "', expected degrees from -", largest, " to ", largest);
  angle = *value;
  return {};
}

std::vector<LabelRow> ReadLabelFile(const std::filesystem::path& path, const Task& task) {
  const CsvTable table = ReadCsvTable(path);
  const Columns columns = FindColumns(table, task, path.string());
  std::vector<LabelRow> rows;
  for (const auto& [number, fields] : table.rows) {
    LabelRow row;
    std::string problem;
    if (fields.size() != columns.count) {
      problem = Text(fields.size(), " columns, expected ", columns.count);
    } else {
      row.file = fields[static_cast<std::size_t>(columns.file)];
      problem = ReadTruth(task, columns, fields, row.truth);
      if (columns.group >= 0)
        row.group = ParseNumber<int>(fields[static_cast<std::size_t>(columns.group)]).value_or(0);
    }
    if (!problem.empty())
      row.problem =
          Text("labels '", path.string(), "': row ", number, " (", row.file, "): ", problem);
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace vigil
