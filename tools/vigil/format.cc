#include "tools/vigil/format.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iomanip>
#include <sstream>

#include "engine/base/error.h"

namespace vigil {
namespace {

template <std::size_t N>
std::string Scaled(double number, double step, const std::array<const char*, N>& units) {
  std::size_t unit = 0;
  while (unit + 1 < N && number >= step) {
    number /= step;
    ++unit;
  }
  const std::string digits = FormatFixed(number, unit == 0 ? 0 : 1);
  return *units[unit] ? digits + " " + units[unit] : digits;
}

}  // namespace

std::string FormatFixed(double number, int decimals) {
  std::ostringstream out;
  out << std::fixed << std::setprecision(decimals) << number;
  return out.str();
}

std::string FormatScientific(double number) {
  std::ostringstream out;
  out << std::scientific << std::setprecision(1) << number;
  return out.str();
}

std::string FormatBytes(std::uint64_t bytes) {
  return Scaled(static_cast<double>(bytes), 1024.0, std::array{"B", "KiB", "MiB", "GiB"});
}

std::string FormatCount(std::int64_t count) {
  return Scaled(static_cast<double>(count), 1000.0, std::array{"", "k", "M", "G", "T"});
}

Table::Table(std::vector<std::string> header, const std::vector<int>& left)
    : left_(header.size(), false) {
  left_[0] = true;
  for (const int column : left) left_[static_cast<std::size_t>(column)] = true;
  rows_.push_back(std::move(header));
}

void Table::Add(std::vector<std::string> row) {
  VIGIL_CHECK(row.size() == rows_[0].size());
  rows_.push_back(std::move(row));
}

void Table::Print(std::ostream& out, int indent) const {
  std::vector<std::size_t> widths(rows_[0].size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], row[c].size());
  }
  for (const auto& row : rows_) {
    std::string line(static_cast<std::size_t>(indent), ' ');
    for (std::size_t c = 0; c < row.size(); ++c) {
      const std::string space(widths[c] - row[c].size(), ' ');
      line += left_[c] ? row[c] + space : space + row[c];
      if (c + 1 < row.size()) line += "  ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << "\n";
  }
}

}  // namespace vigil
