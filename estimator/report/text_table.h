// Tables for a terminal that hold their width.
#ifndef VIGIL_ESTIMATOR_REPORT_TEXT_TABLE_H_
#define VIGIL_ESTIMATOR_REPORT_TEXT_TABLE_H_

#include <string>
#include <vector>

namespace vigil {

inline constexpr std::size_t kTextColumns = 100;  // of a line, the end of it excluded

struct TextColumn {
  std::string header;
  bool left = false;   // texts stand left, numbers right
  bool gives = false;  // cut where the table is too wide
};

// Cells may be any text; they are made Printable. Columns are as wide as their widest cell; where
// a line would reach kTextColumns, the columns that give are cut, the widest first.
class TextTable {
 public:
  explicit TextTable(std::vector<TextColumn> columns);
  // REQUIRES: as many cells as columns.
  void Add(std::vector<std::string> cells);
  bool empty() const { return rows_.size() == 1; }
  // Indented by two, a line a row, the header first.
  std::string ToString() const;

 private:
  std::vector<TextColumn> columns_;
  std::vector<std::vector<std::string>> rows_;  // the header first; printable
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_REPORT_TEXT_TABLE_H_
