// Robustness failures (SOURCES.md F3): does T fail where its answer is easily turned, and where in
// the space of its outputs is that?
#ifndef VIGIL_ESTIMATOR_EVALUATION_ROBUSTNESS_TABLE_H_
#define VIGIL_ESTIMATOR_EVALUATION_ROBUSTNESS_TABLE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "estimator/evaluation/competence_table.h"
#include "estimator/evaluation/evaluation_data.h"
#include "estimator/evaluation/stability_set.h"
#include "estimator/evaluation/steps.h"

namespace vigil {

// Every kind at three sizes, four draws of each of the random ones.
std::vector<Disturbance> DisturbanceGrid();

struct RobustnessOptions {
  std::string tail = "deepest";  // ChooseTail's choice
  StabilityOptions stability;    // as a device runs it
  std::vector<Disturbance> grid = DisturbanceGrid();
  CompetenceOptions competence;
  int draws = 400;  // of the bootstrap
  std::uint64_t seed = 1;
  OnProgress on_progress;
};

// One kind and size.
struct DisturbanceFigures {
  Disturbance disturbance;
  double change = 0.0;                          // mean size of the change of the features
  double flips_right = 0.0, flips_wrong = 0.0;  // flip rate where T was right, and wrong
  ScoreFigures score;                           // of the flip rate, negated
};

// Records with something in common.
struct FlipBin {
  std::string name;
  std::int64_t records = 0;
  Interval flip_rate;
  double error_rate = 0.0;  // of T
};

// Records that T gave one class, and what their answers flipped into.
struct FlipPair {
  int from = 0, to = 0;
  std::int64_t records = 0;  // that T gave `from`
  double rate = 0.0;         // share of their disturbed answers that are `to`
};

struct RobustnessFigures {
  std::string severity, data;
  std::int64_t images = 0;
  int clusters = 0;
  double encoding_flips = 0.0;       // share of records whose answer the taps' encoding turns
  std::vector<ScoreFigures> scores;  // PE, T's own confidence, flip rate, flip size, sensitivity
  std::vector<DisturbanceFigures> disturbances;
  std::vector<FlipBin> by_distance;   // from the border between decisions
  std::vector<FlipBin> by_direction;  // of directness: yaw and pitch of T's answer
  std::vector<FlipPair> pairs;        // of classes, the most frequent first, at most kMostPairs
};
inline constexpr std::size_t kMostPairs = 12;

struct RobustnessTable {
  std::string tap, cluster, fitted_on;
  std::int64_t rows = 0;  // of T's tail a record, as a device runs it
  double tail_macs = 0.0, estimator_macs = 0.0, target_macs = 0.0;  // of one row
  std::vector<RobustnessFigures> severities;                        // 2-cause test images
  Competence competence;                                            // fitted on calibration images
  std::vector<CompetenceFigures> flagged;                           // by severity
};

// Throws as StabilityRunner, FitCompetence and JudgedRunner::Run; Error (Model, kInvalidValue) for
// a PE without calibration.
RobustnessTable MakeRobustnessTable(const JudgedModels& models,
                                    const std::shared_ptr<Backend>& backend,
                                    const EvaluationData& data, const RobustnessOptions& options);

// Where answers flip, of stabilities that were measured under options with these disturbances.
std::vector<FlipBin> FlipsByDistance(const Task& task, std::span<const JudgedSample> samples,
                                     std::span<const Stability> stability, int draws,
                                     std::uint64_t seed);
std::vector<FlipBin> FlipsByDirection(std::span<const JudgedSample> samples,
                                      std::span<const Stability> stability, int draws,
                                      std::uint64_t seed);
std::vector<FlipPair> FlipPairs(std::span<const Stability> stability, int classes);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_EVALUATION_ROBUSTNESS_TABLE_H_
