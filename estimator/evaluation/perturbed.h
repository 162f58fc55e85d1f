// Harm that no PE was trained on: what a window's estimate is worth under shifts nobody foresaw.
#ifndef VIGIL_ESTIMATOR_EVALUATION_PERTURBED_H_
#define VIGIL_ESTIMATOR_EVALUATION_PERTURBED_H_

#include <cstdint>
#include <memory>
#include <string>

#include "estimator/data/dataset.h"

namespace vigil {

enum class Perturbation {
  kNoise,       // Gaussian, standard deviation 10 to 45 of 255, every pixel and channel alone
  kBlocks,      // each square block (an eighth of the side) moves 50 to 95 % of the way to its mean
  kColourCast,  // each channel times a factor of its own, 0.4 to 1.4
};
const char* PerturbationName(Perturbation perturbation);

// Crops of the base, of which `share` (drawn an image) are perturbed on top of what was done to
// them; `applied` stays the base's. Each image depends on (seed, index) alone. Thread-safe.
class PerturbedDataset final : public Dataset {
 public:
  PerturbedDataset(std::shared_ptr<const Dataset> base, Perturbation perturbation, double share,
                   std::uint64_t seed);
  std::string name() const override;
  std::int64_t size() const override { return base_->size(); }
  Sample Get(std::int64_t index) const override;

 private:
  std::shared_ptr<const Dataset> base_;
  Perturbation perturbation_;
  double share_;
  std::uint64_t seed_;
};

// The block's mean replaces `strength` of each pixel; blocks at the right and lower edge may be
// smaller. REQUIRES: block > 0.
void BlendBlocks(Image& image, int block, double strength);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_EVALUATION_PERTURBED_H_
