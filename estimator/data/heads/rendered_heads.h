// The face-directness data set that needs no download: rendered people in exactly known poses.
#ifndef VIGIL_ESTIMATOR_DATA_HEADS_RENDERED_HEADS_H_
#define VIGIL_ESTIMATOR_DATA_HEADS_RENDERED_HEADS_H_

#include <cstdint>
#include <memory>

#include "estimator/data/dataset.h"
#include "estimator/data/heads/renderer.h"

namespace vigil {

struct RenderedHeadsOptions {
  std::uint64_t seed = 1;
  std::int64_t count = 1000;
  int side = 256;        // of the pictures; the face fills about 0.45 to 0.7 of it
  int identities = 400;  // people; Sample.group numbers them, and another seed has other people
  double facing = 0.45;  // fraction that faces the camera by the angle rule
};

// Pitch within 60, yaw within 75, roll within 20 degrees. Each sample depends on (seed, index,
// identities, facing) and the side only, so a longer set begins with a shorter one. Get renders
// (a few milliseconds) and is thread-safe.
class RenderedHeads final : public Dataset {
 public:
  // Throws Error (Api, kMisuse) naming an option that is out of range.
  explicit RenderedHeads(const RenderedHeadsOptions& options);

  std::string name() const override;
  std::int64_t size() const override { return options_.count; }
  Sample Get(std::int64_t index) const override;

  // What Get(index) draws.
  HeadScene SceneOf(std::int64_t index) const;
  int IdentityOf(std::int64_t index) const;  // whom it draws: Sample::group

 private:
  RenderedHeadsOptions options_;
};

// The usual set: default people, facing fraction and picture size.
std::shared_ptr<const Dataset> OpenRenderedHeads(std::uint64_t seed, std::int64_t count);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_HEADS_RENDERED_HEADS_H_
