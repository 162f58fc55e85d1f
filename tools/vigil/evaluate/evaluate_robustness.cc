// --robustness as people and programs read it, and its plot.
#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "estimator/report/svg_plot.h"
#include "tools/vigil/evaluate/evaluate.h"

namespace vigil {
namespace {

using nlohmann::json;

constexpr std::size_t kPlottedPoints = 40;

std::string NameOf(std::span<const std::string> labels, int decision) {
  const auto index = static_cast<std::size_t>(decision);
  return index < labels.size() ? labels[index] : std::to_string(decision);
}

void PrintDisturbances(const RobustnessFigures& figures, std::ostream& out) {
  out << "\n  Who flips, by what is done to the features, and how its flip rate ranks T's right "
         "above its wrong\n";
  Table rows({"disturbance", "size", "change", "flips where right", "where wrong", "AUROC",
              "95 % interval", "augmented", "untouched"});
  for (const DisturbanceFigures& each : figures.disturbances) {
    const auto auroc = [&](Part part) {
      return each.score.parts[static_cast<std::size_t>(part)].figure[0];
    };
    rows.Add({std::string(DisturbanceName(each.disturbance.kind)),
              FormatFixed(each.disturbance.size, 2), FormatFixed(each.change, 2),
              PercentText(each.flips_right, 1), PercentText(each.flips_wrong, 1),
              RatioText(auroc(Part::kAll).value), RangeText(auroc(Part::kAll), true),
              RatioText(auroc(Part::kAugmented).value), RatioText(auroc(Part::kUntouched).value)});
  }
  rows.Print(out, 4);
}

void PrintBins(const char* title, const std::vector<FlipBin>& bins, std::ostream& out) {
  if (bins.empty()) return;
  out << "\n  " << title << "\n";
  Table rows({"T's answer", "records", "flip rate", "95 % interval", "T wrong"});
  for (const FlipBin& bin : bins) {
    rows.Add({bin.name, std::to_string(bin.records), PercentText(bin.flip_rate.value, 1),
              RangeText(bin.flip_rate, false), PercentText(bin.error_rate, 1)});
  }
  rows.Print(out, 4);
}

void PrintPairs(const RobustnessFigures& figures, std::span<const std::string> labels,
                std::ostream& out) {
  if (figures.pairs.empty()) return;
  out << "\n  Classes that flip into each other\n";
  Table rows({"from", "to", "records of it", "share of their disturbed answers"}, {0, 1});
  for (const FlipPair& pair : figures.pairs) {
    rows.Add({NameOf(labels, pair.from), NameOf(labels, pair.to), std::to_string(pair.records),
              PercentText(pair.rate, 1)});
  }
  rows.Print(out, 4);
}

void PrintFlagged(const CompetenceFigures& figures, double budget, std::ostream& out) {
  out << "\n  Beyond competence: a budget of " << PercentText(budget, 1) << " on calibration flags "
      << PercentText(figures.flagged.value, 1) << " here (" << RangeText(figures.flagged, false)
      << ")\n    T is wrong on " << PercentText(figures.wrong_of_flagged.value, 1)
      << " of the flagged (" << RangeText(figures.wrong_of_flagged, false) << "), on "
      << PercentText(figures.error_rate, 1) << " of all; "
      << PercentText(figures.flagged_of_wrong.value, 1) << " of its errors are flagged\n"
      << "    the score as a probability is off by "
      << FormatFixed(100.0 * figures.calibration_error, 1) << " points (ten bands)\n"
      << "    AURC of the combined score and of each alone:\n";
  Table rows({"score", "AURC", "95 % interval", "combined leads by", "95 % interval", "AUROC"});
  constexpr std::size_t kAurc = 3;
  for (const ScoreFigures& score : figures.scores) {
    const RankingFigures& all = score.parts[0];
    const bool own = &score == &figures.scores[0];
    rows.Add({score.name, RatioText(all.figure[kAurc].value), RangeText(all.figure[kAurc], true),
              own ? "" : RatioText(all.lead[kAurc].value),
              own ? "" : RangeText(all.lead[kAurc], true), RatioText(all.figure[0].value)});
  }
  rows.Print(out, 6);
}

// The plot tells six series apart; these hang too close to others to add to the picture.
bool IsPlotted(const std::string& score) {
  return score != "flips, counted" && score != "flip size" && score != "sensitivity";
}

json BinsToJson(const std::vector<FlipBin>& bins) {
  json list = json::array();
  for (const FlipBin& bin : bins) {
    list.push_back({{"name", bin.name},
                    {"records", bin.records},
                    {"flip_rate", IntervalToJson(bin.flip_rate)},
                    {"error_rate", bin.error_rate}});
  }
  return list;
}

json FiguresToJson(const RobustnessFigures& figures, std::span<const std::string> labels) {
  json scores = json::array(), disturbances = json::array(), pairs = json::array();
  for (const ScoreFigures& score : figures.scores) scores.push_back(ScoreToJson(score));
  for (const DisturbanceFigures& each : figures.disturbances) {
    disturbances.push_back({{"kind", DisturbanceName(each.disturbance.kind)},
                            {"size", each.disturbance.size},
                            {"draws", each.disturbance.count},
                            {"change", each.change},
                            {"flip_rate_where_right", each.flips_right},
                            {"flip_rate_where_wrong", each.flips_wrong},
                            {"score", ScoreToJson(each.score)}});
  }
  for (const FlipPair& pair : figures.pairs) {
    pairs.push_back({{"from", NameOf(labels, pair.from)},
                     {"to", NameOf(labels, pair.to)},
                     {"records", pair.records},
                     {"rate", pair.rate}});
  }
  return {{"severity", figures.severity},
          {"data", figures.data},
          {"images", figures.images},
          {"clusters", figures.clusters},
          {"encoding_flips", figures.encoding_flips},
          {"scores", std::move(scores)},
          {"disturbances", std::move(disturbances)},
          {"by_distance", BinsToJson(figures.by_distance)},
          {"by_direction", BinsToJson(figures.by_direction)},
          {"pairs", std::move(pairs)}};
}

json FlaggedToJson(const CompetenceFigures& figures) {
  json scores = json::array(), curves = json::array();
  for (const ScoreFigures& score : figures.scores) scores.push_back(ScoreToJson(score));
  for (const RiskCoverage& curve : figures.curves)
    curves.push_back({{"name", curve.name}, {"coverage_risk", curve.points}});
  return {{"severity", figures.severity},
          {"data", figures.data},
          {"images", figures.images},
          {"error_rate", figures.error_rate},
          {"flagged", IntervalToJson(figures.flagged)},
          {"wrong_of_flagged", IntervalToJson(figures.wrong_of_flagged)},
          {"flagged_of_wrong", IntervalToJson(figures.flagged_of_wrong)},
          {"calibration_error", figures.calibration_error},
          {"scores", std::move(scores)},
          {"curves", std::move(curves)}};
}

}  // namespace

void PrintRobustness(const RobustnessTable& table, std::span<const std::string> labels,
                     std::ostream& out) {
  out << "  T's tail    from " << table.tap << ", " << FormatFixed(table.tail_macs / 1e6, 1)
      << " M multiply-adds of " << FormatFixed(table.target_macs / 1e6, 1) << ", " << table.rows
      << " rows a record: "
      << FormatFixed(table.tail_macs * static_cast<double>(table.rows) / table.estimator_macs, 1)
      << " times PE's\n";
  for (std::size_t s = 0; s < table.severities.size(); ++s) {
    const RobustnessFigures& figures = table.severities[s];
    out << "\nSeverity " << figures.severity << ": " << figures.data << ", " << figures.images
        << " images, intervals over " << figures.clusters << " " << table.cluster << "s; the taps' "
        << "encoding turns " << PercentText(figures.encoding_flips, 2) << " of answers\n";
    PrintScores(figures.scores, out);
    PrintDisturbances(figures, out);
    PrintBins("Flips over the distance from the border between decisions", figures.by_distance,
              out);
    PrintBins("Flips over the direction of the head, degrees", figures.by_direction, out);
    PrintPairs(figures, labels, out);
    PrintFlagged(table.flagged[s], table.competence.budget(), out);
  }
}

json RobustnessToJson(const RobustnessTable& table, std::span<const std::string> labels) {
  json sets = json::array(), flagged = json::array();
  for (const RobustnessFigures& figures : table.severities)
    sets.push_back(FiguresToJson(figures, labels));
  for (const CompetenceFigures& figures : table.flagged) flagged.push_back(FlaggedToJson(figures));
  return {{"tap", table.tap},
          {"rows", table.rows},
          {"tail_macs", table.tail_macs},
          {"target_macs", table.target_macs},
          {"estimator_macs", table.estimator_macs},
          {"cluster", table.cluster},
          {"fitted_on", table.fitted_on},
          {"sets", std::move(sets)},
          {"beyond", json::parse(CompetenceToJson(table.competence))},
          {"flagged", std::move(flagged)}};
}

void WriteRiskPlot(const RobustnessTable& table, const std::string& path) {
  const CompetenceFigures& figures = table.flagged.front();
  Plot plot{.title = Text("T's errors among the records that a score trusts most, severity ",
                          figures.severity),
            .x_label = "share of records kept",
            .y_label = "T's error rate among them"};
  for (const RiskCoverage& curve : figures.curves) {
    if (!IsPlotted(curve.name)) continue;
    PlotSeries line{.name = curve.name};
    const std::size_t step = std::max<std::size_t>(1, curve.points.size() / kPlottedPoints);
    for (std::size_t i = step - 1; i < curve.points.size(); i += step)
      line.points.push_back(curve.points[i]);
    plot.series.push_back(std::move(line));
  }
  if (const std::error_code failure = ReplaceFile(path, PlotToSvg(plot))) {
    throw Error(Fault::kApi, ErrorCode::kIo,
                Text("plot '", path, "' cannot be written: ", failure.message(),
                     ": expected a path in a folder that exists"));
  }
}

}  // namespace vigil
