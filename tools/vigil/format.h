// Figures and tables as people read them.
#ifndef VIGIL_TOOLS_VIGIL_FORMAT_H_
#define VIGIL_TOOLS_VIGIL_FORMAT_H_

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

namespace vigil {

std::string FormatFixed(double number, int decimals);  // "12.35"
std::string FormatScientific(double number);           // "1.2e-07"
std::string FormatBytes(std::uint64_t bytes);          // "37.5 KiB"
std::string FormatCount(std::int64_t count);           // "300.8 M"

// Columns as wide as their widest cell. The first column and those in `left` stand left, numbers
// stand right.
class Table {
 public:
  explicit Table(std::vector<std::string> header, const std::vector<int>& left = {});
  // REQUIRES: as many cells as the header.
  void Add(std::vector<std::string> row);
  void Print(std::ostream& out, int indent = 2) const;

 private:
  std::vector<std::vector<std::string>> rows_;  // the header first
  std::vector<bool> left_;
};

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_FORMAT_H_
