// vigil evaluate: the paper's tables on data at hand, beside baselines.
#ifndef VIGIL_TOOLS_VIGIL_EVALUATE_EVALUATE_H_
#define VIGIL_TOOLS_VIGIL_EVALUATE_EVALUATE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/App.hpp>
#include <nlohmann/json_fwd.hpp>

#include "estimator/evaluation/estimator_table.h"
#include "estimator/evaluation/outlier_table.h"
#include "estimator/evaluation/paper_figures.h"
#include "estimator/evaluation/replay_table.h"
#include "estimator/evaluation/robustness_table.h"
#include "estimator/evaluation/tap_table.h"
#include "estimator/evaluation/target_table.h"
#include "estimator/evaluation/variant_table.h"
#include "tools/vigil/backend_options.h"
#include "tools/vigil/dataset_detector.h"
#include "tools/vigil/format.h"

namespace vigil {

// Of `evaluate --monitors`.
struct MonitorEvaluation {
  bool wanted = false;
  bool replay = false;             // `evaluate --replay`, with these options too
  std::string task;                // "cifar10", "directness"
  std::vector<std::string> files;  // autoencoders' ONNX files; empty: the one that ships
  std::int64_t attacked = 0;       // images of each adversarial case; 0: the usual number
};

struct EvaluateOptions {
  int table = 0;
  MonitorEvaluation monitors;
  std::string data;            // "rendered", "cifar10"; empty: the table's own
  std::string root, lossless;  // of CIFAR-10
  std::string pixels;          // what root's pixels are
  std::string target, estimator;
  std::vector<std::string> estimators;  // of tables 4 and 5
  bool robustness = false;              // in place of a table
  std::string tail = "deepest";         // robustness: where T is cut
  double budget = 0.05;                 // robustness: share of records that is flagged
  std::string plot;                     // table 5, robustness: an SVG file to write; empty: none
  DetectorOption detector;              // of rendered heads
  BackendOptions backend;
  std::int64_t limit = 0;   // of test images; 0: none
  std::int64_t window = 0;  // images a window; 0: the usual size
  int windows = 0;          // of mixes as in calibration; 0: the usual number
  std::uint64_t seed = 1;
  bool json = false;
};

// The rows of one table, by its number, and what they were made with.
struct EvaluateReport {
  int table = 0;
  std::string data, target_file, estimator_file, backend, device, precision;
  int draws = 0;  // of the bootstrap
  double seconds = 0.0;
  std::vector<TargetRow> targets;
  std::optional<EstimatorTable> estimator;
  std::vector<VariantRow> variants;
  std::optional<TapTable> taps;
  std::optional<RobustnessTable> robustness;
  std::vector<std::string> labels;  // of the task, for robustness
};

EvaluateReport RunEvaluation(const EvaluateOptions& options);

void PrintReport(const EvaluateReport& report, std::ostream& out);
nlohmann::json ReportToJson(const EvaluateReport& report);

// --monitors and its options; then what they ask for, printed on standard output.
void AddMonitorOptions(CLI::App& command, EvaluateOptions& options);
void EvaluateMonitors(EvaluateOptions& options);
// Adversarial cases from untouched crops; null where the training component is not built.
std::function<std::vector<OutlierCase>(const std::shared_ptr<const Dataset>&)> AttacksOn(
    const JudgedModels& models, std::int64_t images, std::uint64_t seed);
void PrintOutlierTable(const OutlierTable& table, std::ostream& out);
nlohmann::json OutlierTableToJson(const OutlierTable& table);

// --replay, printed on standard output.
void AddReplayOptions(CLI::App& command, EvaluateOptions& options);
void EvaluateReplay(const EvaluateOptions& options);
void PrintReplayTable(const ReplayTable& table, std::ostream& out);
nlohmann::json ReplayTableToJson(const ReplayTable& table);

// Tables 4 and 5.
void PrintVariants(const std::vector<VariantRow>& rows, std::ostream& out);
nlohmann::json VariantsToJson(const std::vector<VariantRow>& rows);
void PrintTaps(const TapTable& table, std::ostream& out);
nlohmann::json TapsToJson(const TapTable& table);
// AUROC over the stored bytes a record. Throws Error (Api, kIo).
void WriteTapPlot(const TapTable& table, const std::string& path);

// Where answers flip, and what flagging is worth.
void PrintRobustness(const RobustnessTable& table, std::span<const std::string> labels,
                     std::ostream& out);
nlohmann::json RobustnessToJson(const RobustnessTable& table, std::span<const std::string> labels);
// T's error rate over coverage, at the first severity. Throws Error (Api, kIo).
void WriteRiskPlot(const RobustnessTable& table, const std::string& path);

// As tables and JSON show them.
std::string PercentText(double share, int decimals = 2);  // "12.35 %", "-" for NaN
std::string PaperText(std::span<const PaperFigure> paper, std::string_view key);  // "": no figure
// A row of "figure", "ours", "95 % interval", "paper".
void AddFigure(Table& table, const NamedFigure& figure, std::span<const PaperFigure> paper);
std::string RatioText(double value);                          // "0.912", "-" for NaN
std::string RangeText(const Interval& interval, bool ratio);  // "0.90 to 0.92"
nlohmann::json ScoreToJson(const ScoreFigures& score);
void PrintScores(std::span<const ScoreFigures> scores, std::ostream& out);
nlohmann::json IntervalToJson(const Interval& interval);  // JSON has no NaN: null
nlohmann::json FiguresToJson(std::span<const NamedFigure> figures);
nlohmann::json PaperToJson(std::span<const PaperFigure> paper);

// The part that `vigil demo` shows too.
void PrintEstimatorTable(const EstimatorTable& table, std::ostream& out);
nlohmann::json EstimatorTableToJson(const EstimatorTable& table);

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_EVALUATE_EVALUATE_H_
