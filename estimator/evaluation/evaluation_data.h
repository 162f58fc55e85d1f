// Which images an evaluation may use for what, so that nothing leaks into its figures.
#ifndef VIGIL_ESTIMATOR_EVALUATION_EVALUATION_DATA_H_
#define VIGIL_ESTIMATOR_EVALUATION_EVALUATION_DATA_H_

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "estimator/data/dataset.h"

namespace vigil {

struct EvaluationData {
  std::string kind;                            // "cifar10", "rendered", "headpose"
  std::string cluster;                         // what the intervals resample: "image", "person"
  std::shared_ptr<const Dataset> test;         // figures alone
  std::shared_ptr<const Dataset> windows;      // figures of windows alone
  std::shared_ptr<const Dataset> calibration;  // PE's own; everything fitted comes from here, and
  std::shared_ptr<const Dataset> training;     // from images that T learned from
  std::shared_ptr<const Dataset> lossless;     // a shifted set, or null
};

// `limit` caps the test images (0: all that the evaluation has), and the others in proportion.
//
// CIFAR-10: the test batch; calibration is batch 5, training batch 1. `pixels` qualifies their
// names ("JPEG q75"), `lossless` is a file of batch 5's original pixels, or empty. Errors as
// OpenCifar10.
EvaluationData OpenCifarEvaluation(const std::filesystem::path& root, const std::string& pixels,
                                   const std::filesystem::path& lossless, std::int64_t limit);

// Rendered heads: 4,000 of the test's people, calibration's 5,000, and 2,000 that the T that ships
// learned from.
EvaluationData OpenHeadsEvaluation(std::int64_t limit);

// Pointing'04: all fifteen people, of whom nothing was learned: T, PE, thresholds, calibration and
// whatever is fitted come from rendered heads, as above, so there is nobody to leave out. Test and
// windows are the same photographs; `limit` takes the first. Errors as ReadHeadPoseLabels; rows
// that are left out are logged.
EvaluationData OpenHeadPoseEvaluation(const std::filesystem::path& root, std::int64_t limit);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_EVALUATION_EVALUATION_DATA_H_
