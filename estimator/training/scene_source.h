// Batches of pictures with boxes for training the face detector.
#ifndef VIGIL_ESTIMATOR_TRAINING_SCENE_SOURCE_H_
#define VIGIL_ESTIMATOR_TRAINING_SCENE_SOURCE_H_

#include <memory>

#include "estimator/data/dataset.h"
#include "estimator/training/training_source.h"

namespace vigil {

// The targets [1, 5, rows, columns] of one picture for LossKind::kFaceGrid: the cells whose centres
// lie within 3/4 of a cell of the face's (at least one, at most four) have the face, with its box
// as estimator/models/face_detector.h has it. A box of size 0 is no face. `out` has 5 * rows *
// columns elements, and `side` is that of the picture in pixels.
void FillFaceGrid(const Box& box, int side, int rows, int columns, std::span<float> out);

// Pictures that are as large as the detector's input. Epoch e uses samples e * steps * batch to (e
// + 1) * steps * batch - 1, modulo the data's size. Thread-safe.
class SceneSource final : public TrainingSource {
 public:
  SceneSource(std::shared_ptr<const Dataset> scenes, int batch, int steps);

  int steps_per_epoch() const override { return steps_; }
  TrainingBatch Get(int epoch, int step) override;

 private:
  std::shared_ptr<const Dataset> scenes_;
  int batch_, steps_;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_TRAINING_SCENE_SOURCE_H_
