// Batches of labelled images for training T.
#ifndef VIGIL_ESTIMATOR_TRAINING_IMAGE_SOURCE_H_
#define VIGIL_ESTIMATOR_TRAINING_IMAGE_SOURCE_H_

#include <functional>
#include <memory>

#include "estimator/data/dataset.h"
#include "estimator/training/training_source.h"

namespace vigil {

struct ImageSourceOptions {
  Task task;
  Normalisation normalisation;
  int side = 32;  // of the crop
  int batch = 64;
  int steps = 0;      // an epoch; 0: as many as the data fill
  bool flip = false;  // mirror every other image; its yaw and roll change sign with it
  double jitter =
      0.0;  // the box moves and resizes by up to this share: what a good detector does too
  std::uint64_t seed = 1;
};

// Targets: int32 [N] classes, or float32 [N, 3] pitch, yaw, roll in units of kPoseUnit degrees.
// Samples are taken in a random order without repetition, another one each epoch. Thread-safe.
class ImageSource final : public TrainingSource {
 public:
  // `data_of_epoch` gives the data of an epoch (the same every time, or fresh draws); all of one
  // size.
  ImageSource(std::function<std::shared_ptr<const Dataset>(int epoch)> data_of_epoch,
              ImageSourceOptions options);

  int steps_per_epoch() const override { return steps_; }
  TrainingBatch Get(int epoch, int step) override;

 private:
  std::function<std::shared_ptr<const Dataset>(int)> data_of_epoch_;
  ImageSourceOptions options_;
  int steps_ = 0;
};

// Index of the sample in place `place` of epoch `epoch`'s random order of 0 .. size - 1: a
// permutation computed point by point, so that threads need share nothing. REQUIRES: 0 <= place <
// size.
std::int64_t ShuffledIndex(std::int64_t place, std::int64_t size, std::uint64_t seed);

// Mirrors left and right.
void FlipImage(Image& image);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_TRAINING_IMAGE_SOURCE_H_
