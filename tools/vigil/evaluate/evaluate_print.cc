#include <algorithm>
#include <cmath>

#include "engine/base/text.h"
#include "tools/vigil/evaluate/evaluate.h"

namespace vigil {
namespace {

// Ranking figures are ratios, the others shares.
bool IsRatio(const std::string& key) {
  return key == "auroc" || key == "aupr_error" || key == "aurc";
}

void PrintSeverity(const EstimatorTable& table, const SeverityFigures& figures, std::ostream& out) {
  out << "\nSeverity " << figures.severity << ": " << figures.data << ", " << figures.images
      << " images, intervals over " << figures.clusters << " " << table.cluster << "s\n";
  Table rows({"figure", "ours", "95 % interval", "paper"});
  const auto beside = figures.severity == "paper" ? PaperEstimatorFigures(table.table)
                                                  : std::span<const PaperFigure>{};
  for (const NamedFigure& figure : figures.ours) AddFigure(rows, figure, beside);
  rows.Print(out, 2);
  PrintScores(figures.scores, out);
}

void PrintWindows(const std::vector<WindowFigures>& windows, std::ostream& out) {
  if (windows.empty() || windows.front().errors.empty()) return;
  out << "\nThe accuracy of whole windows (" << windows.front().images << " images each)\n";
  Table rows({"conditions", "windows", "T's accuracy", "PE's interval holds it", "95 % interval",
              "mean width", "marked outside calibration", "error by chance alone"});
  for (const WindowFigures& window : windows) {
    rows.Add(
        {window.condition, std::to_string(window.windows),
         Text(PercentText(window.least_accuracy, 0), " to ", PercentText(window.most_accuracy, 0)),
         PercentText(window.coverage.value, 1), RangeText(window.coverage, false),
         FormatFixed(100.0 * window.mean_width, 1), PercentText(window.outside, 0),
         FormatFixed(100.0 * window.chance, 2)});
  }
  rows.Print(out, 2);
  out << "\n  Mean absolute error of the estimate, in points (95 % interval over windows)\n";
  Table errors({"method", "conditions", "error", "95 % interval", "bias"}, {0, 1});
  for (std::size_t m = 0; m < windows.front().errors.size(); ++m) {
    for (const WindowFigures& window : windows) {
      if (m >= window.errors.size()) continue;
      const WindowError& error = window.errors[m];
      errors.Add({error.name, window.condition, FormatFixed(100.0 * error.mae.value, 2),
                  RangeText(error.mae, false), FormatFixed(100.0 * error.bias, 2)});
    }
  }
  errors.Print(out, 4);
}

// T's angles beside the labels', where T answers with a pose.
void PrintPoses(const std::vector<TargetRow>& rows, std::ostream& out) {
  if (rows.empty() || !rows.front().pose) return;
  out << "\nT's pose against the labels\n";
  Table table({"images", "severity", "pitch: error", "r", "slope", "yaw: error", "r", "slope",
               "facing by T", "by the labels"},
              {0, 1});
  for (const TargetRow& row : rows) {
    std::vector<std::string> cells = {row.variant, row.severity};
    for (const AngleFigures* angle : {&row.pose->pitch, &row.pose->yaw}) {
      cells.push_back(FormatFixed(angle->mean_error, 1) + "\u00b0");
      cells.push_back(FormatFixed(angle->correlation, 2));
      cells.push_back(FormatFixed(angle->slope, 2));
    }
    cells.push_back(PercentText(row.pose->called_facing));
    cells.push_back(PercentText(row.pose->facing));
    table.Add(cells);
  }
  table.Print(out, 2);
}

}  // namespace

std::string RatioText(double value) { return std::isfinite(value) ? FormatFixed(value, 3) : "-"; }

std::string RangeText(const Interval& interval, bool ratio) {
  if (!std::isfinite(interval.low)) return "-";
  return ratio ? RatioText(interval.low) + " to " + RatioText(interval.high)
               : FormatFixed(100.0 * interval.low, 2) + " to " +
                     FormatFixed(100.0 * interval.high, 2);
}

void PrintScores(std::span<const ScoreFigures> scores, std::ostream& out) {
  for (std::size_t p = 0; p < kPartNames.size(); ++p) {
    out << "\n  Who ranks T's right above its wrong, "
        << (p == 0 ? "all images" : Text("within ", kPartNames[p], " images")) << "\n";
    Table table({"score", "AUROC", "95 % interval", "PE's lead", "95 % interval", "AUPR-error",
                 "FPR at 95 % TPR", "AURC", "balanced accuracy"});
    for (const ScoreFigures& score : scores) {
      const RankingFigures& part = score.parts[p];
      const bool own = &score == &scores[0];
      table.Add({score.name, RatioText(part.figure[0].value), RangeText(part.figure[0], true),
                 own ? "" : RatioText(part.lead[0].value), own ? "" : RangeText(part.lead[0], true),
                 RatioText(part.figure[1].value), PercentText(part.figure[2].value, 1),
                 RatioText(part.figure[3].value),
                 p == 0 ? PercentText(score.balanced_accuracy, 1) : ""});
    }
    table.Print(out, 4);
  }
}

std::string PercentText(double share, int decimals) {
  return std::isfinite(share) ? FormatFixed(share * 100.0, decimals) + " %" : "-";
}

std::string PaperText(std::span<const PaperFigure> paper, std::string_view key) {
  const auto found = std::ranges::find(paper, key, &PaperFigure::key);
  return found == paper.end() ? "" : PercentText(found->value);
}

void AddFigure(Table& table, const NamedFigure& figure, std::span<const PaperFigure> paper) {
  const bool ratio = IsRatio(figure.key);
  table.Add({figure.key,
             ratio ? RatioText(figure.interval.value) : PercentText(figure.interval.value),
             RangeText(figure.interval, ratio), PaperText(paper, figure.key)});
}

void PrintEstimatorTable(const EstimatorTable& table, std::ostream& out) {
  const std::string data = table.table == 6 ? "cifar10" : "rendered";
  out << "\nTable " << table.table << " of PERF, PE on 2-cause images (the paper's data: "
      << (table.table == 6 ? "lossless CIFAR-10" : "ETH-XGaze") << ")\n"
      << "  T on untouched test images: " << PercentText(table.clean_accuracy.value) << " ("
      << RangeText(table.clean_accuracy, false) << "), paper "
      << PercentText(PaperTargetAccuracy(data, "clean")) << "\n";
  for (const SeverityFigures& severity : table.severities) PrintSeverity(table, severity, out);
  PrintWindows(table.windows, out);
  out << "\nWhere PE is behind\n";
  for (const std::string& line : table.behind) out << "  " << line << "\n";
  if (table.behind.empty()) out << "  nowhere in the figures above\n";
}

void PrintReport(const EvaluateReport& report, std::ostream& out) {
  out << "  data        " << report.data << "\n"
      << "  models      T " << report.target_file << ", PE " << report.estimator_file << "\n"
      << "  backend     " << report.backend << ", " << report.device << ", " << report.precision
      << "\n"
      << "  intervals   95 %, bootstrap of " << report.draws << " draws\n";
  if (report.estimator) {
    out << "  fitted on   " << report.estimator->fitted_on << "\n";
    PrintEstimatorTable(*report.estimator, out);
  } else if (!report.variants.empty()) {
    PrintVariants(report.variants, out);
  } else if (report.taps) {
    PrintTaps(*report.taps, out);
  } else if (report.robustness) {
    out << "  fitted on   " << report.robustness->fitted_on << "\n";
    PrintRobustness(*report.robustness, report.labels, out);
  } else {
    out << "\nTable 1 of PERF, T's accuracy\n";
    Table rows({"images", "severity", "accuracy", "95 % interval", "paper", "on augmented ones",
                "majority class"},
               {0, 1});
    for (const TargetRow& row : report.targets) {
      rows.Add({row.variant, row.severity, PercentText(row.accuracy.value),
                RangeText(row.accuracy, false),
                std::isfinite(row.paper) ? PercentText(row.paper) : "",
                PercentText(row.augmented_accuracy), PercentText(row.majority)});
    }
    rows.Print(out, 2);
    PrintPoses(report.targets, out);
  }
  out << "\n  wall time   " << FormatFixed(report.seconds, 1) << " s\n";
}

}  // namespace vigil
