#include "estimator/data/label_file.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <sstream>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "estimator/data/image_io.h"

namespace vigil {
namespace {

std::vector<std::string> Split(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream in(line);
  for (std::string field; std::getline(in, field, ',');) {
    const auto first = field.find_first_not_of(" \t\r"), last = field.find_last_not_of(" \t\r");
    fields.push_back(first == std::string::npos ? "" : field.substr(first, last - first + 1));
  }
  if (!line.empty() && line.back() == ',') fields.emplace_back();
  return fields;
}

template <typename Number>
std::optional<Number> Parse(const std::string& text) {
  Number value{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Where the columns are; -1 for an optional one that is absent.
struct Columns {
  int file = -1, label = -1, pitch = -1, yaw = -1, roll = -1, group = -1;
  std::size_t count = 0;
};

int Find(const std::vector<std::string>& header, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const auto found = std::ranges::find(header, name);
    if (found != header.end()) return static_cast<int>(found - header.begin());
  }
  return -1;
}

Columns FindColumns(const std::vector<std::string>& header, const Task& task,
                    const std::string& path) {
  Columns columns{.file = Find(header, {"file"}),
                  .label = Find(header, {"label"}),
                  .pitch = Find(header, {"pitch", "pitch_deg"}),
                  .yaw = Find(header, {"yaw", "yaw_deg"}),
                  .roll = Find(header, {"roll", "roll_deg"}),
                  .group = Find(header, {"group", "person"}),
                  .count = header.size()};
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

// Empty, or what is wrong.
std::string ReadAngle(const std::string& name, const std::string& text, float& angle) {
  const std::optional<float> value = Parse<float>(text);
  if (!value || !std::isfinite(*value) || std::abs(*value) > 180.0f)
    return Text(name, " '", text, "', expected degrees from -180 to 180");
  angle = *value;
  return {};
}

std::string ReadClass(const Task& task, const std::string& text, int& label) {
  const auto named = std::ranges::find(task.labels, text);
  const int classes = static_cast<int>(task.labels.size());
  const std::optional<int> number =
      named != task.labels.end() ? static_cast<int>(named - task.labels.begin()) : Parse<int>(text);
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
  std::string problem = ReadAngle("pitch", field(columns.pitch), truth.pitch);
  if (problem.empty()) problem = ReadAngle("yaw", field(columns.yaw), truth.yaw);
  if (problem.empty() && columns.roll >= 0)
    problem = ReadAngle("roll", field(columns.roll), truth.roll);
  return problem;
}

}  // namespace

std::vector<LabelRow> ReadLabelFile(const std::filesystem::path& path, const Task& task) {
  const std::vector<std::byte> bytes = ReadFileBytes(path);
  std::istringstream in(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  std::string line;
  std::getline(in, line);
  const Columns columns = FindColumns(Split(line), task, path.string());
  std::vector<LabelRow> rows;
  for (int number = 2; std::getline(in, line); ++number) {
    const std::vector<std::string> fields = Split(line);
    if (fields.empty() || (fields.size() == 1 && fields[0].empty())) continue;
    LabelRow row;
    std::string problem;
    if (fields.size() != columns.count) {
      problem = Text(fields.size(), " columns, expected ", columns.count);
    } else {
      row.file = fields[static_cast<std::size_t>(columns.file)];
      problem = ReadTruth(task, columns, fields, row.truth);
      if (columns.group >= 0)
        row.group = Parse<int>(fields[static_cast<std::size_t>(columns.group)]).value_or(0);
    }
    if (!problem.empty())
      row.problem =
          Text("labels '", path.string(), "': row ", number, " (", row.file, "): ", problem);
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace vigil
