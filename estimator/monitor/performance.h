// T's performance over a window, without labels (DESIGN.md contract 8).
#ifndef VIGIL_ESTIMATOR_MONITOR_PERFORMANCE_H_
#define VIGIL_ESTIMATOR_MONITOR_PERFORMANCE_H_

#include <string>
#include <vector>

#include "estimator/monitor/blocks.h"
#include "estimator/verdict/calibration.h"

namespace vigil {

struct PerformanceOptions {
  double level = 0.95;
  BlockOptions blocks;
  // The verdicts are a part of what their epochs have (those of a window, of a tag): what an epoch
  // saw and lost is then theirs in proportion. Weights are the same either way.
  bool parts_of_epochs = false;
};

struct Interval {
  double value = 0.0, low = 0.0, high = 0.0;
};

// What PE says of a cause. Shares of verdicts, not of the truth: PE's own errors are not in the
// intervals.
struct CauseShare {
  Cause cause = Cause::kOther;
  Interval of_all;       // of all inferences
  Interval of_failures;  // of those judged wrong
};

struct Estimate {
  bool available = false;
  std::string reason_if_none;      // why there is no accuracy
  Interval accuracy;               // of T, on the inferences of this window
  double raw_mean = 0.0;           // weighted mean of PE's own p(correct), for comparison
  double level = 0.0;              // of every interval here
  double effective_samples = 0.0;  // independent records that would say as much
  std::int64_t records = 0;        // verdicts
  int blocks = 0;
  double inferences = 0.0;   // that the verdicts stand for
  double represented = 1.0;  // share of the epochs' inferences that the verdicts can speak for
  std::int64_t dropped = 0, expired = 0, unjudged = 0;  // unjudged: of epochs without a verdict
  bool outside_calibrated_conditions = false;
  std::vector<CauseShare> causes;
};

// The accuracy is the weighted mean of calibrated p(correct); the interval is meant to hold the
// share of this window's inferences on which T was right, as it came out. It adds up
//   outcomes   the chance of right and wrong given the rates, over all inferences
//   sampling   for judging a random part of each epoch
//   bursts     errors that come together. Blocks are the unit: where the calibrated scores vary
//              more between blocks than independent records would, the outcomes vary with them.
//              With d the calibration's discrimination, outcomes that hang together in bursts, seen
//              through scores that do not, leave (1 - d)^2 / d^2 times the scores' excess unseen;
//              scores that repeat themselves too, (1 - d) / d times. The larger is taken.
//   rates      for a finite calibration
//   mix        for this window being a mix of its own
// with Student's t, its degrees of freedom by Satterthwaite from blocks and mixes.
//
// Without `independent`, records within one block say nothing of how blocks differ: with one block
// there is no estimate, with few the interval is wide. A stream of a few seconds thus needs a tag,
// shorter blocks, or the caller's word that its records are independent draws; nothing here guesses
// it. No estimate either where calibration's AUROC is under 0.6. Errors as WeighRecords; (Api,
// kMisuse) for a level outside (0, 1).
Estimate EstimatePerformance(std::span<const Verdict> verdicts, std::span<const EpochCounts> counts,
                             const Calibration& calibration,
                             const PerformanceOptions& options = {});

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_PERFORMANCE_H_
