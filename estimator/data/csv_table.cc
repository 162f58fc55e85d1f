#include "estimator/data/csv_table.h"

#include <algorithm>
#include <sstream>

#include "engine/base/file.h"

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

}  // namespace

int CsvTable::Find(std::initializer_list<std::string_view> names) const {
  for (const std::string_view name : names) {
    const auto found = std::ranges::find(header, name);
    if (found != header.end()) return static_cast<int>(found - header.begin());
  }
  return -1;
}

CsvTable ReadCsvTable(const std::filesystem::path& path) {
  const std::vector<std::byte> bytes = ReadFileBytes(path);
  std::istringstream in(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  CsvTable table;
  std::string line;
  std::getline(in, line);
  table.header = Split(line);
  for (int number = 2; std::getline(in, line); ++number) {
    std::vector<std::string> fields = Split(line);
    if (fields.empty() || (fields.size() == 1 && fields[0].empty())) continue;
    table.rows.push_back({number, std::move(fields)});
  }
  return table;
}

}  // namespace vigil
