// Table 5 as people and programs read it, and its plot.
#include <map>

#include <nlohmann/json.hpp>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "estimator/report/svg_plot.h"
#include "tools/vigil/evaluate/evaluate.h"

namespace vigil {
namespace {

Interval Find(const TapRow& row, const std::string& key) {
  const NamedFigure* figure = FindFigure(row.figures, key);
  return figure ? figure->interval : Interval{};
}

std::string NamesOf(const TapRow& row) {
  std::string names;
  for (const std::string& tap : row.taps) names += (names.empty() ? "" : " + ") + tap;
  return names;
}

// "95.01 / 98.18 / 82.41", as the paper prints a row.
std::string PaperRow(const TapRow& row) {
  std::string text;
  for (const PaperFigure& figure : PaperTapFigures(row.taps))
    text += (text.empty() ? "" : " / ") + FormatFixed(100.0 * figure.value, 2);
  return text;
}

}  // namespace

void PrintTaps(const TapTable& table, std::ostream& out) {
  out << "\nTable 5 of PERF, extended: figures against bytes a record, " << table.images
      << " 2-cause images of " << table.clusters << " people, severity " << table.severity << "\n";
  Table rows({"taps", "encoding", "bytes of taps", "stored", "strict accuracy", "TNR", "strict TPR",
              "AUROC", "95 % interval", "paper: accuracy / TNR / TPR", ""},
             {0, 1, 10});
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const TapRow& row = table.rows[i];
    const Interval auroc = Find(row, "auroc");
    const char* remark = row.has_image                       ? "the image: never stored"
                         : static_cast<int>(i) == table.knee ? "<- knee"
                                                             : "";
    rows.Add({NamesOf(row), std::string(EncodingName(row.encoding)),
              FormatBytes(static_cast<std::uint64_t>(row.tap_bytes)),
              FormatBytes(static_cast<std::uint64_t>(row.stored_bytes)),
              PercentText(Find(row, "accuracy_strict").value), PercentText(Find(row, "tnr").value),
              PercentText(Find(row, "tpr_strict").value), FormatFixed(auroc.value, 3),
              Text(FormatFixed(auroc.low, 3), " to ", FormatFixed(auroc.high, 3)), PaperRow(row),
              remark});
  }
  rows.Print(out, 2);
}

nlohmann::json TapsToJson(const TapTable& table) {
  nlohmann::json rows = nlohmann::json::array();
  for (const TapRow& row : table.rows) {
    rows.push_back({{"estimator", row.estimator_file},
                    {"taps", row.taps},
                    {"encoding", EncodingName(row.encoding)},
                    {"tap_bytes", row.tap_bytes},
                    {"stored_bytes", row.stored_bytes},
                    {"has_image", row.has_image},
                    {"ours", FiguresToJson(row.figures)},
                    {"paper", PaperToJson(PaperTapFigures(row.taps))}});
  }
  return {{"data", table.data},         {"severity", table.severity}, {"images", table.images},
          {"clusters", table.clusters}, {"rows", std::move(rows)},    {"knee", table.knee}};
}

void WriteTapPlot(const TapTable& table, const std::string& path) {
  Plot plot{.title = "PE's ranking against what a record costs",
            .x_label = "stored bytes a record",
            .y_label = "AUROC",
            .log_x = true};
  std::map<std::string, std::size_t> series;
  for (const TapRow& row : table.rows) {
    const std::string names = NamesOf(row);
    const auto [found, is_new] = series.emplace(names, plot.series.size());
    if (is_new) plot.series.push_back({.name = names});
    PlotSeries& line = plot.series[found->second];
    line.points.emplace_back(row.stored_bytes, Find(row, "auroc").value);
    line.labels.emplace_back(EncodingName(row.encoding));
  }
  if (const std::error_code failure = ReplaceFile(path, PlotToSvg(plot))) {
    throw Error(Fault::kApi, ErrorCode::kIo,
                Text("plot '", path, "' cannot be written: ", failure.message(),
                     ": expected a path in a folder that exists"));
  }
}

}  // namespace vigil
