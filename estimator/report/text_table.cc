#include "estimator/report/text_table.h"

#include <algorithm>
#include <numeric>

#include "engine/base/error.h"
#include "estimator/report/markup.h"

namespace vigil {
namespace {

constexpr std::size_t kIndent = 2, kGap = 2, kNarrowest = 8;

}  // namespace

TextTable::TextTable(std::vector<TextColumn> columns) : columns_(std::move(columns)) {
  std::vector<std::string> header;
  for (const TextColumn& column : columns_) header.push_back(column.header);
  Add(std::move(header));
}

void TextTable::Add(std::vector<std::string> cells) {
  VIGIL_CHECK(cells.size() == columns_.size());
  for (std::string& cell : cells) cell = Printable(cell);
  rows_.push_back(std::move(cells));
}

std::string TextTable::ToString() const {
  std::vector<std::size_t> widths(columns_.size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], Columns(row[c]));
  }
  const auto total = [&] {
    return std::accumulate(widths.begin(), widths.end(), kIndent + kGap * (widths.size() - 1));
  };
  while (total() > kTextColumns) {
    std::size_t* widest = nullptr;
    for (std::size_t c = 0; c < widths.size(); ++c) {
      if (!columns_[c].gives || widths[c] <= kNarrowest) continue;
      if (widest == nullptr || widths[c] > *widest) widest = &widths[c];
    }
    if (widest == nullptr) break;
    --*widest;
  }
  std::string text;
  for (const auto& row : rows_) {
    std::string line(kIndent, ' ');
    for (std::size_t c = 0; c < row.size(); ++c) {
      const std::string cell = Shortened(row[c], std::max<std::size_t>(widths[c], 1));
      const std::string space(widths[c] - Columns(cell), ' ');
      line += columns_[c].left ? cell + space : space + cell;
      if (c + 1 < row.size()) line.append(kGap, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace vigil
