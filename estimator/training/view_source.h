// Batches for training autoencoders: views of what T keeps of images (estimator/models/
// autoencoder.h).
#ifndef VIGIL_ESTIMATOR_TRAINING_VIEW_SOURCE_H_
#define VIGIL_ESTIMATOR_TRAINING_VIEW_SOURCE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "estimator/data/dataset.h"
#include "estimator/models/autoencoder.h"
#include "estimator/taps/target_runner.h"
#include "estimator/training/training_source.h"

namespace vigil {

// The views of a data set as 16-bit floats: 512 bytes an image for CIFAR-10.
struct Views {
  Shape shape;  // of one, batch 1
  std::vector<std::uint16_t> values;
  std::vector<std::int32_t> decisions;  // Task::TrueDecision of each

  std::int64_t size() const { return static_cast<std::int64_t>(decisions.size()); }
};

// T's taps of every image of `data` that fills a whole batch (crops of T's input size), through
// BuildView. `on_image` hears how many are done. Errors as Dataset::Get and Session::Run.
Views CollectViews(const Dataset& data, TargetRunner& target, const Task& task,
                   const Normalisation& normalisation,
                   const std::function<void(std::int64_t)>& on_image = {});

// From the views of `taps`: each group's channels at deviation 1, then the symmetric square root of
// the inverse of their correlations. A channel that hardly ever fires counts as one with a
// hundredth of the channels' mean deviation, and a direction of next to no variance is enlarged
// tenfold at most, so that neither one stray value nor the taps' rounding outweighs the rest.
// Throws Error (Training, kInvalidValue) where no channel varies.
ViewNormalisation NormalisationOfViews(const Views& views, const std::vector<Shape>& taps);

// The views whitened, their channels in the order of ViewGroups.
Views Whitened(const Views& views, const std::vector<Shape>& taps,
               const ViewNormalisation& normalisation);

struct ViewSourceOptions {
  std::int64_t batch = 64;
  int steps = 0;           // an epoch; 0: as many as the views fill
  std::int64_t noise = 0;  // numbers of standard normal noise a sample, a second input; 0: none
  std::uint64_t seed = 1;
};

// Inputs: whitened views, noise. Auxiliary targets: the true decisions, int32 [N]. There are no
// other targets. Another random order each epoch, without repetition. Thread-safe.
class ViewSource final : public TrainingSource {
 public:
  // Throws Error (Training, kInvalidValue) where the views do not fill the steps.
  ViewSource(std::shared_ptr<const Views> views, ViewSourceOptions options);

  int steps_per_epoch() const override { return steps_; }
  TrainingBatch Get(int epoch, int step) override;

 private:
  std::shared_ptr<const Views> views_;
  ViewSourceOptions options_;
  int steps_ = 0;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_TRAINING_VIEW_SOURCE_H_
