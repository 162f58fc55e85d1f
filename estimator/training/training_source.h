// Where a trainer's batches come from.
#ifndef VIGIL_ESTIMATOR_TRAINING_TRAINING_SOURCE_H_
#define VIGIL_ESTIMATOR_TRAINING_TRAINING_SOURCE_H_

#include <vector>

#include "engine/tensor/tensor.h"

namespace vigil {

// Inputs in the graph's order, all of one batch size N, float32. What `targets` holds follows from
// the loss (losses.h).
struct TrainingBatch {
  std::vector<Tensor> inputs;
  Tensor targets;
  Tensor
      auxiliary_targets;  // of the graph's second output; read where TrainOptions::auxiliary is set
};

// Batches are a function of epoch and step alone, so that a resumed run sees what an uninterrupted
// one would. Get is called from background threads, ahead of time: it must be thread-safe where
// TrainOptions::source_threads is more than 1.
class TrainingSource {
 public:
  virtual ~TrainingSource() = default;
  virtual int steps_per_epoch() const = 0;  // at least 1, the same in all epochs
  // REQUIRES: 0 <= epoch, 0 <= step < steps_per_epoch(). Any Error passes to the caller of Train.
  virtual TrainingBatch Get(int epoch, int step) = 0;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_TRAINING_TRAINING_SOURCE_H_
