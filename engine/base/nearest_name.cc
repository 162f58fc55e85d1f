#include "engine/base/nearest_name.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "engine/base/error.h"

namespace vigil {

std::string NearestName(std::string_view name, const std::vector<std::string>& names) {
  VIGIL_CHECK(!names.empty());
  const auto distance = [&](const std::string& other) {  // Levenshtein's
    if (!name.empty() && other.starts_with(name)) return std::size_t{0};
    std::vector<std::size_t> row(other.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < name.size(); ++i) {
      std::size_t diagonal = std::exchange(row[0], i + 1);
      for (std::size_t j = 0; j < other.size(); ++j) {
        const std::size_t changed = diagonal + (name[i] == other[j] ? 0 : 1);
        diagonal = row[j + 1];
        row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, changed});
      }
    }
    return row.back();
  };
  return *std::ranges::min_element(names, {}, distance);
}

}  // namespace vigil
