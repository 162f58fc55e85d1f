// A data set with failure causes put into it: what T sees in the wild, with the truth known.
#ifndef VIGIL_ESTIMATOR_DATA_AUGMENT_AUGMENTED_H_
#define VIGIL_ESTIMATOR_DATA_AUGMENT_AUGMENTED_H_

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "estimator/data/augment/occlusion.h"
#include "estimator/data/augment/severity.h"
#include "estimator/data/dataset.h"

namespace vigil {

// How often which operation is drawn (SOURCES.md P9). Fractions are probabilities: a set of n
// images has about, not exactly, n * untouched untouched ones.
struct AugmentMix {
  double untouched = 0.2;
  double two_operations = 1.0;  // of the touched: this fraction gets two different operations
  // Relative weight of each operation, in the order of Cause; those that the task does not know
  // count as zero. A second operation is drawn from the ones that are left.
  std::array<double, kCauseCount> weight{1.0, 1.0, 1.0, 1.0, 0.0};

  static AugmentMix Clean() { return {.untouched = 1.0}; }
  static AugmentMix OneCause() { return {.two_operations = 0.0}; }
  static AugmentMix TwoCause() { return {}; }
};

// "clean", "1-cause" or "2-cause". Throws Error (Api, kNotFound) that lists them.
AugmentMix MixFromName(std::string_view name);

struct AugmentOptions {
  Task task;
  AugmentMix mix;
  AugmentSeverity severity;
  int side = 0;  // of the crop, which is T's input
  std::uint64_t seed = 1;
  std::uint64_t epoch = 0;  // another epoch draws everything anew
};

// Each sample is the base's, with the operations drawn from (seed, epoch, index) applied in the
// order in which they happen in the world: an object before the face, light, a box that is off,
// motion. The image is the final side x side crop, the box the whole of it, `applied` the
// operations beside what the base says; truth and group are the base's. Shares the base; Get is
// thread-safe.
class AugmentedDataset final : public Dataset {
 public:
  // Throws Error (Api, kMisuse) where the mix is no mix of the task's causes or side is not
  // positive.
  AugmentedDataset(std::shared_ptr<const Dataset> base, AugmentOptions options);

  std::string name() const override;
  std::int64_t size() const override { return base_->size(); }
  Sample Get(std::int64_t index) const override;

  // What Get(index) applies, without making the image.
  CauseSet CausesOf(std::int64_t index) const;

  // The same set with other draws.
  std::shared_ptr<const AugmentedDataset> WithEpoch(std::uint64_t epoch) const;

  const AugmentOptions& options() const { return options_; }

 private:
  std::shared_ptr<const Dataset> base_;
  AugmentOptions options_;
  std::shared_ptr<const Occlusion> occlusion_;  // null where the task knows no occlusion
  std::array<double, kCauseCount> weight_{};    // options_.mix.weight of the task's operations
  int operations_ = 0;                          // how many weights are positive
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_AUGMENT_AUGMENTED_H_
