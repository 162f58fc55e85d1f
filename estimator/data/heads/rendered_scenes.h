// Pictures in which a face has to be found first: a person anywhere, near or far, or nobody.
#ifndef VIGIL_ESTIMATOR_DATA_HEADS_RENDERED_SCENES_H_
#define VIGIL_ESTIMATOR_DATA_HEADS_RENDERED_SCENES_H_

#include <cstdint>

#include "estimator/data/heads/rendered_heads.h"

namespace vigil {

struct RenderedScenesOptions {
  std::uint64_t seed = 1;
  std::int64_t count = 1000;
  int side = 128;               // of the pictures
  double smallest_face = 0.12;  // side of the face's box, in sides of the picture
  double largest_face = 0.75;
  double empty = 0.1;  // fraction of pictures without a person
};

// The people and poses of RenderedHeads, placed so that the centre of the face's box lies in the
// picture. Sample.box has size 0 where nobody is there. Each sample depends on (seed, index) and
// the other options alone. Get renders and is thread-safe.
class RenderedScenes final : public Dataset {
 public:
  // Throws Error (Api, kMisuse) naming an option that is out of range.
  explicit RenderedScenes(const RenderedScenesOptions& options);

  std::string name() const override;
  std::int64_t size() const override { return options_.count; }
  Sample Get(std::int64_t index) const override;

 private:
  RenderedScenesOptions options_;
  RenderedHeads people_;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_HEADS_RENDERED_SCENES_H_
