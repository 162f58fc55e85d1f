// Batches for training PE: what T keeps of augmented images, and whether it was right.
#ifndef VIGIL_ESTIMATOR_TRAINING_ESTIMATOR_SOURCE_H_
#define VIGIL_ESTIMATOR_TRAINING_ESTIMATOR_SOURCE_H_

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "estimator/data/dataset.h"
#include "estimator/taps/target_runner.h"
#include "estimator/training/training_source.h"

namespace vigil {

struct EstimatorSourceOptions {
  Task task;
  Normalisation normalisation;
  int side = 32;
  int steps = 0;  // an epoch; 0: as many as the data fill
  int distinct_epochs =
      0;  // draws of augmentation: epochs repeat after these, kept in memory; 0: always fresh
  std::uint64_t seed = 1;
};

// Inputs: T's taps and output. Targets: float32 [N, 1 + causes] of 0 and 1 (SOURCES.md P9): T was
// right; T was wrong and the cause was applied; T was wrong and nothing was (other). Auxiliary
// targets: the truth as ImageSource gives it. Thread-safe.
class EstimatorSource final : public TrainingSource {
 public:
  // `data_of_epoch` gives crops of T's input size with `applied` set.
  EstimatorSource(std::function<std::shared_ptr<const Dataset>(int epoch)> data_of_epoch,
                  std::shared_ptr<TargetRunner> target, EstimatorSourceOptions options);

  int steps_per_epoch() const override { return steps_; }
  TrainingBatch Get(int epoch, int step) override;

 private:
  // What a batch leaves behind in memory: taps as encoded, so that a large set fits.
  struct Kept {
    TargetRunner::Kept target;
    Tensor targets, auxiliary;
  };
  Kept Make(int epoch, int step);

  std::function<std::shared_ptr<const Dataset>(int)> data_of_epoch_;
  std::shared_ptr<TargetRunner> target_;
  EstimatorSourceOptions options_;
  int steps_ = 0;
  std::mutex mutex_;
  std::map<std::pair<int, int>, std::shared_ptr<const Kept>>
      kept_;  // guarded by mutex_; by epoch and step
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_TRAINING_ESTIMATOR_SOURCE_H_
