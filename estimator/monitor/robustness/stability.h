// How T's answer to one record bears small changes of its features, without the image.
#ifndef VIGIL_ESTIMATOR_MONITOR_ROBUSTNESS_STABILITY_H_
#define VIGIL_ESTIMATOR_MONITOR_ROBUSTNESS_STABILITY_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/session/session.h"
#include "estimator/models/task.h"
#include "estimator/monitor/robustness/disturbance.h"
#include "estimator/monitor/robustness/tail.h"

namespace vigil {

struct StabilityOptions {
  std::vector<Disturbance> disturbances = {{DisturbanceKind::kGaussian, 0.5, 3},
                                           {DisturbanceKind::kDropout, 0.2, 3},
                                           {DisturbanceKind::kQuantisation, 0.4, 2},
                                           {DisturbanceKind::kWorst, 0.2, 1}};
  // Pairs of runs, one on either side, from which the worst direction is found (Spall 1992, SPSA):
  // each shifts every channel at random up or down by `probe_size` of its deviation. The step then
  // goes along the sum of the directions, each by how much it hurt.
  int probe_pairs = 2;
  double probe_size = 0.05;
  std::uint64_t seed = 1;
};

// What came of one draw.
struct StabilityTrial {
  int disturbance = 0;    // index into the options'
  int decision = 0;       // of T's tail
  double margin = 0.0;    // DecisionMargin for T's recorded decision: negative is a flip
  double movement = 0.0;  // of the output, Euclidean, from that to the undisturbed features
  double size = 0.0;      // of the change of the features, a share of FeatureScale::norm()
};

struct Stability {
  int decision = 0;     // of T's recorded output
  double margin = 0.0;  // of the tail's output to the undisturbed features, for that decision
  // Of the tail's output to the undisturbed features, from T's recorded one: what encoding did.
  double encoding_movement = 0.0;
  std::vector<StabilityTrial> trials;  // in the order of the options' disturbances
};

// Share of trials whose decision is not T's: each disturbance's own, then their mean, so that none
// counts for more because it was drawn more often. 0 without trials.
double CountedFlips(const Stability& stability);
// The same share as the trials' margins say it: of each disturbance the probability that a normal
// margin of their mean, whose deviation is how far they went from the undisturbed one, is negative.
// A few draws count to a few numbers; their margins say more (`vigil evaluate --robustness`).
double FlipRate(const Stability& stability);
// How far the output moves (Euclidean, in its units) for a change of the features of the size of
// their own deviation, by the trials of the random kinds: root of the mean square. 0 without any.
double Sensitivity(const Stability& stability, std::span<const Disturbance> disturbances);
// The size of change at which T's answer is at stake: the margin over how fast random changes move
// it (root of the mean square), a share of the features' deviation; 0 where it has flipped already,
// at most kMostFlipSize. Without random trials that.
double FlipSize(const Stability& stability, std::span<const Disturbance> disturbances);
inline constexpr double kMostFlipSize = 100.0;

// Runs T's tail over one record's features and their disturbances: all but the worst in one run of
// the executable, the worst, whose direction that run shows, in a second. The same id, features
// and seed give the same draws. Not thread-safe.
class StabilityProbe {
 public:
  // `task` is T's. The session is made with these arguments (Session). Throws Error (Api,
  // kInvalidValue) for a size outside (0, 1], a count under 1, or no disturbance; (Model,
  // kInvalidShape) where the tail's output is not the task's; as Session.
  StabilityProbe(Tail tail, Task task, std::shared_ptr<Backend> backend, CompileOptions compile,
                 StabilityOptions options = {},
                 std::function<std::shared_ptr<Backend>()> fallback = nullptr);

  const std::string& tap() const { return tap_; }
  Shape shape() const { return features_.shape(); }  // of the tap, batch 1
  const Task& task() const { return task_; }
  const StabilityOptions& options() const { return options_; }
  std::int64_t rows() const { return rows_; }  // that the tail runs for a record, both runs
  double MacsARecord() const;

  // Compiles now what Measure would compile.
  void Prepare();
  // `output` is T's recorded one. Throws Error (Input, kInvalidValue) where the tail's output is
  // not finite; as Session::Run. REQUIRES: features are float32 of shape(), output of the task's
  // size.
  Stability Measure(std::int64_t id, ConstTensorView features, std::span<const float> output);
  // The device's in the last Measure, which recovered from it (RunReport).
  const std::optional<Error>& failure() const { return failure_; }

 private:
  std::span<float> Row(Tensor& batch, std::int64_t row) const;
  void FillRandom(std::int64_t id, const FeatureScale& scale);
  void FillWorst(const FeatureScale& scale, int decision);
  void Run(Tensor& batch, Tensor& outputs);
  void Read(Tensor& outputs, const Tensor& batch, std::int64_t row, int disturbance, double norm,
            Stability& stability);

  const std::string tap_;
  const Task task_;
  const StabilityOptions options_;
  Session session_;
  std::optional<Error> failure_;
  std::int64_t random_rows_ = 0, worst_rows_ = 0, rows_ = 0;
  Tensor features_;                 // batch 1
  Tensor random_, random_outputs_;  // undisturbed, the random kinds, then the probes
  Tensor worst_, worst_outputs_;
  std::vector<std::vector<double>> directions_;  // of the probes' pairs
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_ROBUSTNESS_STABILITY_H_
