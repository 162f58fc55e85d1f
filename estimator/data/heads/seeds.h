// Seeds of the rendered heads, so that no two uses share a picture or a person.
#ifndef VIGIL_ESTIMATOR_DATA_HEADS_SEEDS_H_
#define VIGIL_ESTIMATOR_DATA_HEADS_SEEDS_H_

#include <cstdint>

namespace vigil {

// Training adds 1000 times its own seed, and a stage or an epoch.
inline constexpr std::uint64_t kHeadsTrainTarget = 100;
inline constexpr std::uint64_t kHeadsTrainEstimator = 200;
// Thresholds, calibration, and T's own figure (one more).
inline constexpr std::uint64_t kHeadsCalibration = 300;
// For figures alone: nothing is fitted or chosen on these.
inline constexpr std::uint64_t kHeadsTest = 500;
inline constexpr std::uint64_t kHeadsTestWindows = 501;
// The detector's scenes.
inline constexpr std::uint64_t kScenesTrainDetector = 400;
inline constexpr std::uint64_t kScenesTestDetector = 600;

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_HEADS_SEEDS_H_
