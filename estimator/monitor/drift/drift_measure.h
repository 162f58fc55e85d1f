// What blocks of time show against the baseline, signal by signal.
#ifndef VIGIL_ESTIMATOR_MONITOR_DRIFT_DRIFT_MEASURE_H_
#define VIGIL_ESTIMATOR_MONITOR_DRIFT_DRIFT_MEASURE_H_

#include <cstdint>
#include <span>
#include <vector>

#include "estimator/monitor/drift/attribution.h"
#include "estimator/monitor/drift/drift_baseline.h"
#include "estimator/monitor/drift/drift_scale.h"

namespace vigil {

inline constexpr double kLeastEffect = 0.1;  // deviations of a record; less does not matter to T

// The newest blocks that were compared with the baseline, at most two days of them.
using RecentBlocks = std::vector<BlockResiduals>;

// The newest `count`, none before the block `from`.
std::span<const BlockResiduals> Last(const RecentBlocks& recent, std::size_t count,
                                     std::int64_t from);
std::vector<float> MeanResiduals(std::span<const BlockResiduals> blocks);
// Of the length of the blocks' mean in the vector's features. REQUIRES: blocks.
double MeanFeatureSquare(std::span<const BlockResiduals> blocks);
double Dot(std::span<const float> a, std::span<const float> b);  // over what both have

// Effects, scores and corrected p-values of every signal over these blocks. REQUIRES: blocks.
std::vector<MeasuredSignal> Measure(std::span<const BlockResiduals> blocks,
                                    const DriftBaseline& baseline, const DriftScale& scale,
                                    std::span<const SignalInfo> signals);
// Of what moved, else 0.
std::vector<float> EffectsOf(std::span<const MeasuredSignal> measured);
// The signals that moved, the furthest first.
void Describe(std::span<const MeasuredSignal> measured, DriftEvent& event);

// Where the blocks' mean along a direction most likely changed: from its level to another one, with
// the least squares. Not before the run that gave the alarm began. The vector counts where no
// signal moved: its effect is never negative, so that its score says it.
std::int64_t ChangePoint(const RecentBlocks& recent, std::span<const float> direction,
                         std::int64_t since);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_DRIFT_DRIFT_MEASURE_H_
