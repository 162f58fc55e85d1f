// vigil evaluate: the paper's tables on data at hand, beside baselines.
#ifndef VIGIL_TOOLS_VIGIL_EVALUATE_EVALUATE_H_
#define VIGIL_TOOLS_VIGIL_EVALUATE_EVALUATE_H_

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "estimator/evaluation/estimator_table.h"
#include "estimator/evaluation/target_table.h"
#include "tools/vigil/backend_options.h"

namespace vigil {

struct EvaluateOptions {
  int table = 0;
  std::string data;            // "rendered", "cifar10"; empty: the table's own
  std::string root, lossless;  // of CIFAR-10
  std::string pixels;          // what root's pixels are
  std::string target, estimator;
  BackendOptions backend;
  std::int64_t limit = 0;   // of test images; 0: none
  std::int64_t window = 0;  // images a window; 0: the usual size
  std::uint64_t seed = 1;
  bool json = false;
};

// Either table 1's rows or the table of an estimator, and what they were made with.
struct EvaluateReport {
  int table = 0;
  std::string data, target_file, estimator_file, backend, device, precision;
  int draws = 0;  // of the bootstrap
  double seconds = 0.0;
  std::vector<TargetRow> targets;
  std::optional<EstimatorTable> estimator;
};

EvaluateReport RunEvaluation(const EvaluateOptions& options);

void PrintReport(const EvaluateReport& report, std::ostream& out);
nlohmann::json ReportToJson(const EvaluateReport& report);

// The part that `vigil demo` shows too.
void PrintEstimatorTable(const EstimatorTable& table, std::ostream& out);
nlohmann::json EstimatorTableToJson(const EstimatorTable& table);

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_EVALUATE_EVALUATE_H_
