#include <cmath>

#include <nlohmann/json.hpp>

#include "tools/vigil/evaluate/evaluate.h"

namespace vigil {
namespace {

using nlohmann::json;

// JSON has no NaN.
json Finite(double value) { return std::isfinite(value) ? json(value) : json(); }

json SeverityToJson(const SeverityFigures& figures, int table) {
  json ours = FiguresToJson(figures.ours), baselines = json::array();
  // PE's own ranking within the parts goes with ours; the rest are the baselines.
  const json own = ScoreToJson(figures.scores[0]);
  for (const char* part : kPartNames) ours[part] = own[part];
  for (std::size_t i = 1; i < figures.scores.size(); ++i)
    baselines.push_back(ScoreToJson(figures.scores[i]));
  json paper = PaperToJson(figures.severity == "paper" ? PaperEstimatorFigures(table)
                                                       : std::span<const PaperFigure>{});
  return {{"severity", figures.severity},     {"data", figures.data},
          {"images", figures.images},         {"clusters", figures.clusters},
          {"ours", std::move(ours)},          {"paper", std::move(paper)},
          {"baselines", std::move(baselines)}};
}

json WindowsToJson(const WindowFigures& figures) {
  json methods = json::array();
  for (const WindowError& error : figures.errors) {
    methods.push_back({{"name", error.name},
                       {"source", error.source},
                       {"mae", IntervalToJson(error.mae)},
                       {"bias", error.bias}});
  }
  return {{"condition", figures.condition},
          {"calibrated", figures.calibrated},
          {"windows", figures.windows},
          {"images", figures.images},
          {"estimated", figures.estimated},
          {"least_accuracy", figures.least_accuracy},
          {"most_accuracy", figures.most_accuracy},
          {"coverage", IntervalToJson(figures.coverage)},
          {"mean_width", figures.mean_width},
          {"chance_mae", figures.chance},
          {"outside_calibrated_conditions", figures.outside},
          {"methods", std::move(methods)}};
}

}  // namespace

json ScoreToJson(const ScoreFigures& score) {
  json result = {{"name", score.name},
                 {"source", score.source},
                 {"accuracy", Finite(score.accuracy)},
                 {"balanced_accuracy", Finite(score.balanced_accuracy)}};
  for (std::size_t p = 0; p < kPartNames.size(); ++p) {
    json& part = result[kPartNames[p]];
    for (std::size_t k = 0; k < kRankingKeys.size(); ++k) {
      part[kRankingKeys[k]] = IntervalToJson(score.parts[p].figure[k]);
      part[std::string("lead_") + kRankingKeys[k]] = IntervalToJson(score.parts[p].lead[k]);
    }
  }
  return result;
}

json IntervalToJson(const Interval& interval) {
  return {{"value", Finite(interval.value)},
          {"low", Finite(interval.low)},
          {"high", Finite(interval.high)}};
}

json FiguresToJson(std::span<const NamedFigure> figures) {
  json object = json::object();
  for (const NamedFigure& figure : figures) object[figure.key] = IntervalToJson(figure.interval);
  return object;
}

json PaperToJson(std::span<const PaperFigure> paper) {
  json object = json::object();
  for (const PaperFigure& figure : paper) object[figure.key] = figure.value;
  return object;
}

json EstimatorTableToJson(const EstimatorTable& table) {
  json sets = json::array(), windows = json::array();
  for (const SeverityFigures& severity : table.severities)
    sets.push_back(SeverityToJson(severity, table.table));
  for (const WindowFigures& window : table.windows) windows.push_back(WindowsToJson(window));
  return {{"clean_accuracy", IntervalToJson(table.clean_accuracy)},
          {"cluster", table.cluster},
          {"fitted_on", table.fitted_on},
          {"sets", std::move(sets)},
          {"windows", std::move(windows)},
          {"behind", table.behind}};
}

json ReportToJson(const EvaluateReport& report) {
  json result = report.estimator ? EstimatorTableToJson(*report.estimator) : json::object();
  if (report.table > 0) result["table"] = report.table;
  result["data"] = report.data;
  result["target"] = report.target_file;
  result["estimator"] = report.estimator_file;
  result["backend"] = report.backend;
  result["device"] = report.device;
  result["precision"] = report.precision;
  result["bootstrap_draws"] = report.draws;
  result["seconds"] = report.seconds;
  if (!report.variants.empty()) result["sets"] = VariantsToJson(report.variants);
  if (report.taps) result["taps"] = TapsToJson(*report.taps);
  const auto angle = [](const AngleFigures& figures) {
    return json{{"mean_error_degrees", figures.mean_error},
                {"correlation", Finite(figures.correlation)},
                {"slope", Finite(figures.slope)}};
  };
  if (report.robustness) result["robustness"] = RobustnessToJson(*report.robustness, report.labels);
  for (const TargetRow& row : report.targets) {
    json paper = json::object();
    if (std::isfinite(row.paper)) paper["accuracy"] = row.paper;
    result["sets"].push_back({{"variant", row.variant},
                              {"severity", row.severity},
                              {"data", row.data},
                              {"images", row.images},
                              {"ours",
                               {{"accuracy", IntervalToJson(row.accuracy)},
                                {"accuracy_augmented", Finite(row.augmented_accuracy)}}},
                              {"paper", std::move(paper)},
                              {"baselines", {{"majority_class", row.majority}}}});
    if (row.pose) {
      result["sets"].back()["pose"] = {{"pitch", angle(row.pose->pitch)},
                                       {"yaw", angle(row.pose->yaw)},
                                       {"called_facing", row.pose->called_facing},
                                       {"facing", row.pose->facing}};
    }
  }
  return result;
}

}  // namespace vigil
