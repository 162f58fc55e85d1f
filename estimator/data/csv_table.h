// Comma-separated tables, as label files are.
#ifndef VIGIL_ESTIMATOR_DATA_CSV_TABLE_H_
#define VIGIL_ESTIMATOR_DATA_CSV_TABLE_H_

#include <charconv>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vigil {

// A header line, then a row a line; no quoting, blanks about a field and empty lines do not count.
struct CsvTable {
  struct Row {
    int number = 0;  // of its line in the file; the header is line 1
    std::vector<std::string> fields;
  };
  std::vector<std::string> header;
  std::vector<Row> rows;

  // The first column with one of the names; -1 where there is none.
  int Find(std::initializer_list<std::string_view> names) const;
};

// Throws Error naming the file, as ReadFileBytes does. Rows may have any number of fields.
CsvTable ReadCsvTable(const std::filesystem::path& path);

// The whole of `text` as a number, or nothing.
template <typename Number>
std::optional<Number> ParseNumber(const std::string& text) {
  Number value{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_CSV_TABLE_H_
