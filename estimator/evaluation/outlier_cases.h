// What a monitor should tell from what T knows: sets of images, each strange in one way.
#ifndef VIGIL_ESTIMATOR_EVALUATION_OUTLIER_CASES_H_
#define VIGIL_ESTIMATOR_EVALUATION_OUTLIER_CASES_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "estimator/evaluation/judged_models.h"

namespace vigil {

enum class OutlierGroup { kModerate, kPaper, kUnseen, kOtherData, kAdversarial };
inline constexpr std::array<OutlierGroup, 5> kOutlierGroups = {
    OutlierGroup::kModerate, OutlierGroup::kPaper, OutlierGroup::kUnseen, OutlierGroup::kOtherData,
    OutlierGroup::kAdversarial};
std::string_view OutlierGroupName(OutlierGroup group);  // "causes, moderate", ...

struct OutlierCase {
  OutlierGroup group = OutlierGroup::kModerate;
  std::string name;                    // "blur", "Gaussian noise", "PGD-10, 2/255"
  std::shared_ptr<const Dataset> set;  // crops of T's input size
  // Image i is made from the untouched set's image i; there may be fewer.
  bool aligned = true;
};

// Crops of T's input size, nothing done to them.
std::shared_ptr<const Dataset> UntouchedCrops(const JudgedModels& models,
                                              std::shared_ptr<const Dataset> base);

// Each of the task's causes alone at both severities, and each perturbation that no PE was trained
// on (perturbed.h), on every image of `base`.
std::vector<OutlierCase> ShiftCases(const JudgedModels& models,
                                    const std::shared_ptr<const Dataset>& base, std::uint64_t seed);

// The crops as JPEG files of this quality would bring them. Throws Error (Api, kUnavailable) from
// Get where this build has no image library.
std::shared_ptr<const Dataset> JpegCrops(std::shared_ptr<const Dataset> crops, int quality);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_EVALUATION_OUTLIER_CASES_H_
