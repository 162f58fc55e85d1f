#include "bench/speed/comparison.h"

#include <fstream>
#include <iomanip>
#include <iostream>
#include <map>

#include <nlohmann/json.hpp>

#include "engine/base/text.h"

namespace vigil::bench {
namespace {

using Rows = std::map<std::string, nlohmann::json>;

// By what was measured; none where the file cannot be read.
Rows Read(const std::string& path) {
  Rows rows;
  const nlohmann::json report = nlohmann::json::parse(std::ifstream(path), nullptr, false);
  if (report.is_discarded()) return rows;
  for (const nlohmann::json& row : report.value("rows", nlohmann::json::array())) {
    if (row.contains("refusal")) continue;
    const std::string precision = row.value("precision", "fp32");
    rows[Text(row["network"].get<std::string>(), ", ", precision, ", batch ",
              row["batch"].get<int>(), ", ", row["threads"].get<int>(), " threads, ",
              row["contender"].get<std::string>())] = row;
  }
  return rows;
}

}  // namespace

int PrintComparison(const std::string& before, const std::string& after, std::ostream& out) {
  const Rows a = Read(before), b = Read(after);
  for (const auto& [rows, path] : {std::pair{&a, &before}, std::pair{&b, &after}}) {
    if (!rows->empty()) continue;
    std::cerr << *path << ": no rows; expected a file that --json wrote\n";
    return 1;
  }
  out << std::fixed << std::setprecision(2);
  for (const auto& [name, was] : a) {
    const auto found = b.find(name);
    if (found == b.end()) continue;
    const nlohmann::json& is = found->second;
    const auto quartile = [](const nlohmann::json& row, int i) {
      return row["quartiles_ms"][static_cast<std::size_t>(i)].get<double>();
    };
    const bool apart = quartile(is, 1) < quartile(was, 0) || quartile(was, 1) < quartile(is, 0);
    const double ratio = is["median_ms"].get<double>() / was["median_ms"].get<double>();
    out << std::left << std::setw(64) << name << std::right << std::setw(9)
        << was["median_ms"].get<double>() << " -> " << std::setw(8) << is["median_ms"].get<double>()
        << " ms  x " << ratio << (apart ? (ratio < 1 ? "  faster" : "  slower") : "  noise")
        << "\n";
  }
  return 0;
}

}  // namespace vigil::bench
